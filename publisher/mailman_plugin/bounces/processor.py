"""Mailman's own count of bounces, but for the canary.

All that counts passes here: what comes in by mail, and what the MTA refuses while posts
are handed over.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from mailman.config import config
from mailman.interfaces.bounce import IBounceProcessor
from mailman.model.bounce import BounceProcessor
from zope.component import getGlobalSiteManager, getUtility
from zope.interface import implementer

from publisher.mailman_plugin.bounces import canaries

if TYPE_CHECKING:
    from email.message import Message

    from mailman.interfaces.bounce import IBounceEvent
    from mailman.interfaces.mailinglist import IMailingList

logger = logging.getLogger("mailman.bounce")


@implementer(IBounceProcessor)
class Processor(BounceProcessor):  # type: ignore[misc]  # Mailman has no types.
    """Mailman's processor of bounces; against the canary nothing is registered."""

    def register(
        self, mlist: IMailingList, email: str, msg: Message, where: Any = None
    ) -> IBounceEvent | None:
        """Note a bounce as Mailman does; return None if it does not count."""
        if canaries.is_canary(config.db.store, mlist.list_id, email):
            list_id = mlist.list_id
            logger.warning("publisher: mail to the canary of %s came back", list_id)
            return None
        return super().register(mlist, email, msg, where)


def install() -> None:
    """Put `Processor` in the place of Mailman's own."""
    if not isinstance(getUtility(IBounceProcessor), Processor):
        getGlobalSiteManager().registerUtility(Processor(), IBounceProcessor)
