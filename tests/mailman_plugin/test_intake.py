"""What is dear to read is refused where it comes in, for good, and holds nobody up."""

from __future__ import annotations

import smtplib
import time

import pytest

from publisher.mailhost import MailRefusedError
from publisher.mime.limits import LIST
from tests.mailman_plugin import hostile
from tests.mailman_plugin.hosts import EN, Server
from tests.mailman_plugin.selfservice.people import Person, token
from tests.mime import costly

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]

JOIN, OWNER = EN.sub_address("join"), EN.sub_address("owner")
HEAD = b"From: %s\r\nMessage-ID: <1@evil.example>\r\n"
TOP = HEAD % b"mallory@evil.example"
ODD = HEAD % b"=?x-odd?q?m?= <mallory@evil.example>" + b"\r\njoin\r\n"
CROWD = HEAD % b"a0@x.example,\r\n " + b"Reply-To: " + b",\r\n ".join(
    b"a%d@evil.example" % number for number in range(51)
)  # fmt: skip

REFUSED = {
    "800 levels": (costly.levels(800), 554),
    "5,000 levels": (costly.levels(5000), 554),
    "much too large": (TOP + b"\r\n" + b"x\r\n" * (LIST.size // 2), 552),
    "a line that is too long": (TOP + b"\r\n" + b"x" * 2000 + b"\r\n", 500),
    "a charset of host names": (TOP + b"Subject: =?idna?q?a-b?=\r\n\r\n", 554),
    "a Message-ID of bytes": (TOP.replace(b"<1", b"<\xff") + b"\r\n", 554),
    "a defect": (TOP + b"Content-Type: multipart/mixed\r\n\r\njoin\r\n", 501),
}
"""Mails, and how each recipient of each is answered."""


def answers(server: Server, recipients: list[str], content: bytes) -> list[int]:
    """Return the codes with which a mail to several is answered (RFC 2033)."""
    with smtplib.LMTP("127.0.0.1", server.host.lmtp_port, timeout=20) as client:
        client.ehlo_or_helo_if_needed()
        client.docmd("MAIL FROM:<mallory@evil.example>")
        for recipient in recipients:
            assert client.docmd(f"RCPT TO:<{recipient}>")[0] == 250
        first, _ = client.data(content)
        others = [client.getreply()[0] for _ in recipients[1:]]
        assert client.noop()[0] == 250
        return [first, *others]


def is_answered(server: Server, address: str) -> bool:
    """Tell whether somebody who asks to join is asked to confirm."""
    found = Person(server, address).write(JOIN)
    return len(found) == 1 and token(found[0]) != ""


def test_each_recipient_is_told_that_a_mail_is_refused(server: Server) -> None:
    with hostile.nobody_hears_of_it(server):
        for name, (content, code) in REFUSED.items():
            for recipients in ([JOIN], [EN.address, JOIN, OWNER]):
                wanted = [code] * len(recipients)
                assert answers(server, recipients, content) == wanted, name


def test_senders_that_mailman_cannot_read_reach_only_our_own_program(
    server: Server,
) -> None:
    with hostile.nobody_hears_of_it(server):
        for content in (ODD, CROWD + b"\r\n\r\njoin\r\n"):
            assert answers(server, [EN.address], content) == [554]
            assert answers(server, [OWNER], content) == [554]
    assert answers(server, [JOIN], ODD) == [250]


def test_an_honest_reader_is_answered_after_all_that(server: Server) -> None:
    mallory = Person(server, "mallory@evil.example")
    request = EN.sub_address("request")
    begun = time.monotonic()

    for content in (costly.levels(800), costly.levels(5000)):
        with pytest.raises(MailRefusedError, match="554"):
            mallory.send(content, request)
    told = mallory.send(costly.markup(b"<a " * 300 + b"\n")(99_000), request)

    assert is_answered(server, "honest@home.example")
    assert len(told) == 1
    # It took minutes, and is told apart from seconds on any machine.
    assert time.monotonic() - begun < 60
    folder = server.host.settings.directory / "queue"
    left = [
        str(file)
        for name in ("command", "in", "shunt", "bad", "bounces")
        for file in folder.glob(f"{name}/*")
    ]
    assert left == []
