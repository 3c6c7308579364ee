"""A reader: somebody outside who has nothing but a mail program."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.mailhost import MailHost
    from publisher.model.settings import MailingList

_PATIENCE = 30.0
"""Seconds to wait for a mail; it comes within one or two."""


@dataclass(frozen=True)
class Reader:
    """A mail address with its mailbox on the mail host."""

    address: str
    host: MailHost

    def join(self, mailing_list: MailingList) -> EmailMessage:
        """Join a list by mail alone and return the welcome mail."""
        return self._confirmed(mailing_list, "join")

    def leave(self, mailing_list: MailingList) -> EmailMessage:
        """Leave a list by mail alone and return the farewell mail."""
        return self._confirmed(mailing_list, "leave")

    def inbox(self) -> list[EmailMessage]:
        """Return all mail, oldest first."""
        return self.host.messages(self.address)

    def advisories(self, mailing_list: MailingList) -> list[EmailMessage]:
        """Return the advisories that came over a list, oldest first."""
        return [
            message
            for message in self.inbox()
            if mailing_list.list_id in message.get("List-Id", "")
            and _is_advisory(message)
        ]

    def wait_for_advisory(self, message_id: str) -> EmailMessage:
        """Return the mail with this Message-ID once it is there."""
        return self.host.wait_for(
            self.address,
            matching=lambda message: message.get("Message-ID") == message_id,
            timeout=_PATIENCE,
        )

    def _confirmed(self, mailing_list: MailingList, command: str) -> EmailMessage:
        before = len(self.inbox())
        self._write(mailing_list.sub_address(command), command)
        asked = self._next(before, confirming=True)
        _, address = parseaddr(str(asked["Reply-To"] or asked["From"]))
        self._write(address, f"Re: {asked['Subject']}")
        return self._next(before, confirming=False)

    def _next(self, before: int, *, confirming: bool) -> EmailMessage:
        old = {message["Message-ID"] for message in self.inbox()[:before]}

        def matching(message: EmailMessage) -> bool:
            sender = f"{message['Reply-To']} {message['From']}"
            return (
                message["Message-ID"] not in old
                and not _is_advisory(message)
                and ("-confirm+" in sender) == confirming
            )

        return self.host.wait_for(self.address, matching=matching, timeout=_PATIENCE)

    def _write(self, recipient: str, subject: str) -> None:
        message = EmailMessage()
        message["From"] = self.address
        message["To"] = recipient
        message["Subject"] = subject
        message["Message-ID"] = make_msgid(domain=self.address.partition("@")[2])
        message.set_content("\n")
        self.host.deliver(message, self.address, recipient)


def _is_advisory(message: EmailMessage) -> bool:
    return str(message["Message-ID"]).startswith("<ADV-")
