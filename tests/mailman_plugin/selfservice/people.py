"""Somebody who writes to a list's program, and reads what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage

from publisher.model.settings import MailingList
from tests.mailman_plugin.hosts import Server
from tests.mailman_plugin.walks import sender


@dataclass
class Person:
    """Who has a mailbox, and nothing but mail."""

    server: Server
    address: str

    @property
    def inbox(self) -> list[EmailMessage]:
        return self.server.host.messages(self.address)

    def write(
        self, recipient: str, subject: str = "", text: str = "", **headers: str
    ) -> list[EmailMessage]:
        """Send a mail and return what came of it to this mailbox."""
        mail = EmailMessage()
        mail["From"] = headers.pop("sender", f"読者 太郎 <{self.address}>")
        mail["To"] = recipient
        mail["Subject"] = subject
        number = self.server.new_id()
        mail["Message-ID"] = headers.pop("message_id", f"<{number}@home.example>")
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text or "\n")
        return self.send(mail, recipient)

    def send(self, mail: EmailMessage | bytes, recipient: str) -> list[EmailMessage]:
        """Send a mail as it is."""
        before = len(self.inbox)
        self.server.host.deliver(mail, self.address, recipient)
        self.server.host.settle()
        return self.inbox[before:]

    def ask(
        self, mailing_list: MailingList, subject: str, text: str = ""
    ) -> list[EmailMessage]:
        """Write to the list's program."""
        return self.write(mailing_list.sub_address("request"), subject, text)

    def reply(self, mail: EmailMessage) -> list[EmailMessage]:
        """Reply as mail programs do."""
        quoted = "".join(f"> {line}\n" for line in mail.get_content().splitlines())
        return self.write(sender(mail), f"Re: {mail['subject']}", f"はい。\n\n{quoted}")


def members(server: Server, mailing_list: MailingList) -> set[str]:
    """Return the addresses on a list."""
    _, told = server.rest.call(f"lists/{mailing_list.list_id}/roster/member")
    return {entry["email"] for entry in told.get("entries", [])}


def token(mail: EmailMessage) -> str:
    """Return the token that a mail asks to send back."""
    return sender(mail).partition("+")[2].partition("@")[0]


def wide(text: str) -> str:
    """Return ASCII letters in the full width of Japanese ones."""
    return "".join(chr(ord(each) + 0xFEE0) for each in text)
