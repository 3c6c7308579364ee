"""The list style `publisher-announce`: a list is right from its first moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailman.interfaces.styles import IStyle
from mailman.interfaces.template import ITemplateManager
from mailman.styles.default import LegacyAnnounceOnly
from zope.component import getUtility
from zope.interface import implementer

from publisher.lists import names, policy

if TYPE_CHECKING:
    from mailman.interfaces.mailinglist import IMailingList

__all__ = ["Announce"]


@implementer(IStyle)
class Announce:
    """All that `publisher.lists.policy` wants of every list, and the posting chain."""

    name = names.CHAIN
    description = "Signed announcements: only what the team has signed is posted."

    def apply(self, mailing_list: IMailingList) -> None:
        """Give a new list its settings."""
        # Mailman loads styles before all else, and this needs all else.
        from mailman.rest.listconf import ATTRIBUTES

        LegacyAnnounceOnly().apply(mailing_list)
        template = names.template("")
        for name, rule in policy.RULES.items():
            value = list(rule.value) if isinstance(rule.value, tuple) else rule.value
            if name.startswith(template):
                getUtility(ITemplateManager).set(
                    name.removeprefix(template), mailing_list.list_id, value
                )
            elif name in ATTRIBUTES:
                setting = ATTRIBUTES[name]
                setting.put(mailing_list, name, setting(value))
        mailing_list.posting_chain = names.CHAIN
        mailing_list.posting_pipeline = names.PIPELINE
