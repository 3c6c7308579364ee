"""Every flow through Postfix, OpenDKIM, Mailman and PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import dkim
import pytest

from publisher.adapters.gpg import GpgVerifier
from publisher.lists import names
from publisher.mailhost import MailRefusedError
from publisher.model.chain import Announcement
from publisher.model.settings import MailingList
from publisher.sign import trust
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hosts import EN, JA, Server, edition_key
from tests.mailman_plugin.walks import sender
from tests.postfix import dead
from tests.postfix.site import Site

pytestmark = [
    pytest.mark.mailman,
    pytest.mark.gpg,
    pytest.mark.postfix,
    pytest.mark.postgres,
    pytest.mark.enable_socket,
]

LISTS = pytest.mark.parametrize("mailing_list", [JA, EN], ids=["ja", "en"])
ALWAYS_SIGNED = {
    *("from", "to", "subject", "date", "message-id", "list-id"),
    *("mime-version", "content-type", "content-transfer-encoding"),
}
NEVER_ADDED = (
    *("From", "Subject", "Date", "Message-ID", "Content-Type"),
    *("Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post"),
)


def publish(server: Server, mailing_list: MailingList) -> tuple[Announcement, bytes]:
    """Hand a mail over; return it and the signed text in it."""
    key = edition_key(server.new_id(), mailing_list.language)
    data = server.key.clearsign(hosts.text(key))
    mail = hosts.announcement(mailing_list, key, data)
    server.lists.post(mail)
    server.host.settle()
    return mail, data


def arrived(server: Server, address: str, mail: Announcement) -> bytes:
    """Return the one copy of a mail that somebody has, as it is on the wire."""
    assert isinstance(server.host, Site)
    files = server.host.mailboxes.files(address)
    name = mail.message_id.encode()
    [found] = [data for file in files if name in (data := file.read_bytes())]
    return found


def is_dkim_good(server: Server, mail: bytes) -> bool:
    """Ask dkimpy, with the record that opendkim-genkey tells to put into DNS."""
    assert isinstance(server.host, Site)
    record = server.host.dkim_record

    def dns(name: bytes, timeout: int = 5) -> bytes:
        del timeout
        assert name == b"lists._domainkey.cert.example."
        return record

    return bool(dkim.verify(mail, dnsfunc=dns))


def signed_headers(mail: bytes) -> Sequence[str]:
    """Return the names of the headers that DKIM signs, once for each instance."""
    [tag] = re.findall(rb"\bh=([^;]+);", mail)
    return [name.lower() for name in "".join(tag.decode().split()).split(":")]


def reader(mailing_list: MailingList) -> str:
    return f"reader-{mailing_list.language}@home.example"


@LISTS
def test_a_signed_text_arrives_byte_for_byte_and_with_a_good_dkim_signature(
    server: Server, mailing_list: MailingList, tmp_path: Path
) -> None:
    mail, data = publish(server, mailing_list)
    wire = arrived(server, reader(mailing_list), mail)

    [message] = [
        each
        for each in server.host.messages(reader(mailing_list))
        if each["message-id"] == mail.message_id
    ]
    body = message.get_payload(decode=True)
    assert body == data
    assert is_dkim_good(server, wire)
    verifier = GpgVerifier((server.key.public,), tmp_path / "gpg")
    [report] = verifier.reports([data])
    policy = trust.Policy((server.key.fingerprint,), verifier.keys(), datetime.now(UTC))
    assert trust.decide(data, report, policy).text == hosts.text(mail.key)


def test_dkim_signs_as_the_domain_that_the_mail_is_from(server: Server) -> None:
    wire = arrived(server, reader(EN), publish(server, EN)[0])

    [domain] = re.findall(
        rb"^DKIM-Signature:.*?\bd=([^;]+);", wire, re.MULTILINE | re.DOTALL
    )
    assert domain == b"cert.example"
    assert b"\nFrom: Example CERT <csirt@cert.example>\n" in wire
    assert set(signed_headers(wire)) >= ALWAYS_SIGNED


@pytest.mark.parametrize("name", NEVER_ADDED)
def test_no_header_that_counts_can_be_changed_or_added_on_the_way(
    server: Server, name: str
) -> None:
    wire = arrived(server, reader(EN), publish(server, EN)[0])
    own = len(re.findall(rf"^{name}:".encode(), wire, re.MULTILINE | re.IGNORECASE))

    assert signed_headers(wire).count(name.lower()) == own + 1
    assert not is_dkim_good(server, f"{name}: forged\n".encode() + wire)


def test_a_changed_text_has_no_good_dkim_signature(server: Server) -> None:
    wire = arrived(server, reader(EN), publish(server, EN)[0])

    assert not is_dkim_good(server, wire.replace(b"beyond", b"within"))


@pytest.fixture
def clicking(server: Server) -> Iterator[Server]:
    """The English list, which one leaves with one click."""
    server.lists.update(EN, {names.LEAVE_URL: "https://lists.cert.example/leave"})
    yield server
    server.lists.update(EN, {names.LEAVE_URL: ""})


@pytest.mark.parametrize("name", ["List-Unsubscribe", "List-Unsubscribe-Post"])
def test_the_link_by_which_one_leaves_is_each_readers_own_and_signed(
    clicking: Server, name: str
) -> None:
    other = f"{name.lower()}@home.example"
    clicking.subscribe(EN, other)
    mail, _ = publish(clicking, EN)

    wires = [arrived(clicking, each, mail) for each in (reader(EN), other)]

    links = [re.findall(rb"<(https:[^>]+)>", wire)[0] for wire in wires]
    assert len(set(links)) == 2
    assert all(
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\n" in w for w in wires
    )
    assert all(is_dkim_good(clicking, wire) for wire in wires)
    for wire in wires:
        assert signed_headers(wire).count(name.lower()) == 2
        forged = re.sub(
            rf"^{name}: .".encode(), name.encode() + b": x", wire, flags=re.MULTILINE
        )
        assert not is_dkim_good(clicking, forged)


@LISTS
def test_a_reader_joins_reads_leaves_and_hears_nothing_more_by_mail_alone(
    server: Server, mailing_list: MailingList
) -> None:
    novice = f"novice-{mailing_list.language}@home.example"
    asked = server.asked()

    def send(recipient: str, subject: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = f"読者 <{novice}>"
        mail["To"] = recipient
        mail["Subject"] = subject
        mail["Message-ID"] = f"<{server.new_id()}@home.example>"
        mail.set_content("はい、お願いします。\n")
        server.host.deliver(mail, novice, recipient)
        server.host.settle()
        return server.host.messages(novice)[-1]

    join = send(mailing_list.sub_address("join"), "")
    send(sender(join), f"Re: {join['subject']}")
    first, _ = publish(server, mailing_list)
    leave = send(mailing_list.sub_address("leave"), "")
    send(sender(leave), f"Re: {leave['subject']}")
    publish(server, mailing_list)

    got = server.host.messages(novice)
    assert isinstance(server.host, Site)
    wires = [file.read_bytes() for file in server.host.mailboxes.files(novice)]
    assert len(got) == 5
    assert got[2]["message-id"] == first.message_id
    assert all(is_dkim_good(server, wire) for wire in wires)
    assert server.asked() == asked


def test_a_dead_address_ends_by_itself(server: Server) -> None:
    gone = "gone-somebody@home.example"
    asked = server.asked()
    server.subscribe(EN, gone)

    for number in (1, 2, 0):
        publish(server, EN)
        # The third has Mailman send a probe, which comes back as well.
        dead.until(server, gone, number)
        server.host.settle()
        dead.yesterday(server)
    told = server.rest.call(f"plugins/publisher/bounces/{EN.list_id}")[1]
    assert told["disabled"] == 1
    dead.yesterday(server, 8)
    dead.until(server, gone, None)

    assert dead.score(server, reader(EN)) == 0
    assert server.asked() == asked


def test_what_servers_report_of_a_copy_counts(server: Server) -> None:
    readers = {name: f"form-{name}@home.example" for name in dead.COPIES}
    for email in readers.values():
        server.subscribe(EN, email)
    publish(server, EN)

    for name, email in readers.items():
        copy = str(server.host.messages(email)[-1]["return-path"]).strip("<>")
        local, _, domain = copy.partition("@")
        # Some servers change the case of what they return mail to.
        sent_to = f"{local.upper()}@{domain}"
        server.host.deliver(dead.COPIES[name][0](sent_to), "", sent_to)
    server.host.settle()

    for name, (_, expected) in dead.COPIES.items():
        dead.until(server, readers[name], expected)


@pytest.mark.parametrize(
    ("recipient", "answer"),
    [
        ("nobody@lists.cert.example", "550 5.1.1"),
        ("announce-xx-join@lists.cert.example", "550 5.1.1"),
        ("somebody@elsewhere.example", "554 5.7.1"),
    ],
)
def test_mail_for_others_is_refused_at_the_door(
    server: Server, recipient: str, answer: str
) -> None:
    with pytest.raises(MailRefusedError, match=answer):
        server.host.deliver(b"Subject: x\n\nx\n", "mallory@evil.example", recipient)


@pytest.mark.parametrize("name", ["postmaster", "abuse"])
def test_the_addresses_that_must_exist_are_read_by_the_team(
    server: Server, name: str
) -> None:
    before = server.count(hosts.OWNER)

    server.host.deliver(
        b"Subject: your server\n\nHello\n", "x@home.example", f"{name}@{hosts.DOMAIN}"
    )
    server.host.settle()

    assert server.count(hosts.OWNER) == before + 1
