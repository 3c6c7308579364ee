"""Subjects through a real Mailman: what was announced is what readers' programs see."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header

import pytest

from publisher.lists import names
from publisher.mailhost.maildir import Mailboxes
from publisher.model.chain import (
    Announcement,
    Edition,
    Signature,
    SignedFile,
    SignedText,
)
from publisher.model.ids import Language
from publisher.model.settings import MailingList
from publisher.render import mail
from tests import builders
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hosts import EN, JA, Server, edition_key
from tests.render import samples

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]

PAGE = "https://lists.cert.example/leave"
TITLES = (
    "x",
    "Remote code execution in Example Server " * 5,
    "unbroken" * 25,
    "任意のコード実行の脆弱性に関する注意喚起" * 5,
    "Example Server 「Suite」 🔒 の脆弱性",
    "=?utf-8?B?W0FsZXJ0XQ==?= in a title",
)


@pytest.fixture(params=["", PAGE], ids=["one copy for all", "a copy for each"])
def delivering(request: pytest.FixtureRequest, server: Server) -> Iterator[Server]:
    """Mailman, which sends one copy to all, or each reader a copy of his own."""
    for each in (JA, EN):
        server.lists.update(each, {names.LEAVE_URL: request.param})
    yield server
    for each in (JA, EN):
        server.lists.update(each, {names.LEAVE_URL: ""})


def announcement(
    server: Server, mailing_list: MailingList, title: str, message_id: str
) -> tuple[Announcement, str]:
    """Return the mail about a signed text, and its subject."""
    language = Language(mailing_list.language)
    key = edition_key(server.new_id(), language)
    data = server.key.clearsign(hosts.text(key))
    made = Signature(server.key.fingerprint, datetime(2026, 11, 20, tzinfo=UTC))
    signed = SignedText(
        Edition(key, hosts.text(key)), (SignedFile(key.filename, data, (made,)),)
    )
    summary = samples.summary(key.id.number)
    texts = tuple(replace(text, title=title.strip()) for text in summary.texts)
    look = builders.presentation()
    sent = mail.announcement(
        replace(summary, texts=texts),
        signed,
        mailing_list,
        look,
        message_id=message_id.format(key.id),
        thread=(),
        update=False,
    )
    own = replace(summary, texts=texts)
    return sent, mail.subject(own, key, look, update=False)


def received(server: Server, mailing_list: MailingList, message_id: str) -> bytes:
    """Return a mail as it lies in the reader's mailbox, by its bytes."""
    reader = f"reader-{mailing_list.language}@home.example"
    server.host.wait_for(reader, matching=lambda got: got["message-id"] == message_id)
    mailboxes = Mailboxes(server.host.settings.directory / "mailboxes")
    found = [file.read_bytes() for file in mailboxes.files(reader)]
    [wire] = [each for each in found if message_id.encode() in each]
    return wire


def subjects(wire: bytes) -> set[str]:
    """Return the subject as Python's old and new way of reading mail have it."""
    raw = str(email.message_from_bytes(wire)["Subject"])
    # A line end is no part of a header, and the blank behind it is.
    old = make_header(decode_header(re.sub(r"\r?\n", "", raw)))
    return {
        str(old),
        str(email.message_from_bytes(wire, policy=policy.default)["Subject"]),
    }


@pytest.mark.parametrize("title", TITLES, ids=range(len(TITLES)))
@pytest.mark.parametrize("mailing_list", [JA, EN], ids=["ja", "en"])
def test_a_subject_arrives_as_it_was_announced(
    delivering: Server,
    mailing_list: MailingList,
    title: str,
    request: pytest.FixtureRequest,
) -> None:
    long = f"<{{}}.{'a' * 90}@lists.cert.example>"
    sent, subject = announcement(delivering, mailing_list, title, long)

    delivering.lists.post(sent)

    wire = received(delivering, mailing_list, sent.message_id)
    assert wire.isascii()
    assert subjects(wire) == {subject}
    head = wire.partition(b"\n\n")[0]
    is_personal = "a copy for each" in request.node.callspec.id
    assert (b"List-Unsubscribe-Post: " in head) is is_personal
    # No name stands alone: neither before what is long, nor where Mailman adds it.
    assert re.findall(rb"(?m)^[!-9;-~]+:[ \t]*\r?$", head) == []
    assert re.findall(rb"(?m)^Message-ID: <", head) != []
    assert all(len(line) <= 998 for line in head.split(b"\n"))
    first = re.findall(rb"(?m)^Subject: (\S+)", head)[0].decode()
    assert first in (subject.split(" ")[0], *re.findall(r"=\?utf-8\?.*", first))
