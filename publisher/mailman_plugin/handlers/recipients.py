"""The handler `publisher-recipients`: who gets a post, found in one query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailman.config import config
from mailman.interfaces.handler import IHandler
from zope.interface import implementer

from publisher.mailman_plugin import copies, recipients

if TYPE_CHECKING:
    from email.message import Message

    from mailman.interfaces.mailinglist import IMailingList

__all__ = ["Recipients"]

ANNOUNCEMENT = "publisher_announcement"
"""Tells `delivery` that a message went through our pipeline: it is a post."""


@implementer(IHandler)
class Recipients:
    """Find the same recipients as `member-recipients`, faster.

    Not done is what the header `Urgent:` asks for: everybody, whatever they prefer. It
    takes a password that Mailman 3 does not know, and stock stops there with an error.
    """

    name = "publisher-recipients"
    description = "Find the regular recipients of a post in one query."

    def process(
        self, mlist: IMailingList, msg: Message, msgdata: dict[str, Any]
    ) -> None:
        """Name the copy, and put the recipients into the metadata if none are there."""
        msgdata[ANNOUNCEMENT] = True
        msgdata[copies.COPY] = copies.name()
        if "recipients" in msgdata:
            return
        found = recipients.regular(config.db.store, mlist.list_id)
        sender = mlist.members.get_member(getattr(msg, "sender", ""))
        if sender is not None and not sender.receive_own_postings:
            found.discard(sender.address.email)
        msgdata["recipients"] = found
