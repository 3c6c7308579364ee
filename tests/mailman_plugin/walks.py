"""Somebody who goes through all that a list can answer, by mail alone."""

from __future__ import annotations

import dataclasses
import re
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import parseaddr

from publisher.mailhost.maildir import Mailboxes
from publisher.model.settings import MailingList
from tests.mailman_plugin import returned
from tests.mailman_plugin.hosts import Server

EVIL = "evil.example"
"""It stands in all that is sent to the lists from here."""


def reader(mailing_list: MailingList) -> str:
    return f"reader-{mailing_list.language}@home.example"


@dataclasses.dataclass
class Walk:
    """Somebody who goes through all that a list can answer, one mail at a time."""

    server: Server
    mailing_list: MailingList

    @property
    def address(self) -> str:
        return reader(self.mailing_list)

    def next(self, seen: int, address: str = "") -> bytes:
        """Return the one mail that came after the first `seen`."""
        address = address or self.address
        self.server.host.settle()
        self.server.host.wait_for(
            address, matching=lambda _: self.server.count(address) > seen
        )
        self.server.host.settle()
        assert self.server.count(address) == seen + 1
        mailboxes = Mailboxes(self.server.host.settings.directory / "mailboxes")
        return mailboxes.files(address)[-1].read_bytes()

    def send(
        self, recipient: str, subject: str = f"Visit {EVIL}", text: str = ""
    ) -> bytes:
        """Send a mail, and return the one that comes back."""
        seen = self.server.count(self.address)
        mail = written(self.server, self.address, recipient, subject)
        if text:
            mail.set_content(text)
        self.server.host.deliver(mail, self.address, recipient)
        return self.next(seen)

    def reply(self, wire: bytes) -> bytes:
        mail = parsed(wire)
        return self.send(sender(mail), f"Re: {mail['subject']}")

    def bounce(self, recipient: str = "") -> bytes:
        """Let mail to the reader come back; return the next one."""
        seen = self.server.count(self.address)
        recipient = recipient or self.mailing_list.sub_address("bounces")
        config = f"lists/{self.mailing_list.list_id}/config"
        self.server.rest.call(config, {"bounce_score_threshold": 1}, method="PATCH")
        report = returned.report(recipient, self.address)
        self.server.host.deliver(report, "", recipient)
        return self.next(seen)

    def die(self) -> bytes:
        """Let a copy come back, and the probe; return the warning."""
        copy = returned.sender(self.server, self.mailing_list, self.address)
        probe = parsed(self.bounce(copy))
        return self.bounce(str(probe["return-path"]).strip("<>"))

    def invite(self, guest: str) -> bytes:
        self.server.rest.call(
            "members",
            {
                "list_id": self.mailing_list.list_id,
                "subscriber": guest,
                "display_name": EVIL,
                "invitation": "yes",
            },
        )
        return self.next(0, guest)


def written(
    server: Server, address: str, recipient: str, subject: str, **headers: str
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f'"{EVIL}" <{address}>'
    mail["To"] = recipient
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{server.new_id()}@{EVIL}>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(f"https://{EVIL}/ を御覧ください。\n")
    return mail


def prefer(
    server: Server, mailing_list: MailingList, address: str, language: str
) -> None:
    query = {"subscriber": address, "list_id": mailing_list.list_id}
    [found] = server.rest.call("members/find", query)[1]["entries"]
    path = f"members/{found['member_id']}/preferences"
    server.rest.call(path, {"preferred_language": language}, method="PATCH")


def parsed(wire: bytes) -> EmailMessage:
    return BytesParser(policy=default).parsebytes(wire)


def sender(mail: EmailMessage) -> str:
    """Return the address that a mail is from."""
    return parseaddr(str(mail["from"]))[1]


def shown(mail: EmailMessage) -> str:
    """Write a mail for people, without what differs from run to run."""
    head = [f"{name}: {value}" for name, value in mail.items()]
    text = "\n".join([*head, "", str(mail.get_content())])
    for pattern, stand_in in (
        (r"\b[0-9a-f]{40}\b", "TOKEN"),
        (r"(?m)^(Message-ID|Date|X-Mailman-Version): .*$", r"\1: …"),
        (r"(?m)^Received: .*\n", ""),
        (r"(?m)^X-(Peer|MailFrom|RcptTo): .*\n", ""),
    ):
        text = re.sub(pattern, stand_in, text)
    return text
