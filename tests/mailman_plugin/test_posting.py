"""What the plugin lets pass on a real Mailman, and how it arrives."""

from __future__ import annotations

import dataclasses
from email.message import EmailMessage

import pytest

from publisher.model.settings import MailingList
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hosts import EN, JA, Server, edition_key

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]


def reader(mailing_list: MailingList) -> str:
    return f"reader-{mailing_list.language}@home.example"


def arrived(server: Server, mailing_list: MailingList, message_id: str) -> EmailMessage:
    return server.host.wait_for(
        reader(mailing_list), matching=lambda mail: mail["message-id"] == message_id
    )


def body(mail: EmailMessage) -> bytes:
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


@pytest.mark.parametrize("mailing_list", [JA, EN], ids=["ja", "en"])
def test_a_signed_text_arrives_byte_for_byte(
    server: Server, mailing_list: MailingList
) -> None:
    key = edition_key(server.new_id(), mailing_list.language)
    extra = "From here on:\n- --dashes\n-----BEGIN PGP\n"
    data = server.key.clearsign(hosts.text(key, extra))
    mail = hosts.announcement(mailing_list, key, data)

    server.lists.post(mail)

    assert body(arrived(server, mailing_list, mail.message_id)) == data


def test_the_headers_are_the_teams_and_name_the_list(server: Server) -> None:
    key = edition_key(server.new_id(), "ja")
    data = server.key.clearsign(hosts.text(key))
    sent = hosts.announcement(JA, key, data)
    thread = b"References: <a@cert.example> <b@cert.example>\n"
    message = sent.message.replace(b"Subject:", thread + b"Subject:")
    server.lists.post(dataclasses.replace(sent, message=message))

    mail = arrived(server, JA, sent.message_id)

    assert mail["references"] == "<a@cert.example> <b@cert.example>"
    assert mail["subject"] == hosts.TITLES["ja"]
    assert mail["from"] == "Example CERT <csirt@cert.example>"
    assert mail["to"] == JA.address
    assert mail["reply-to"] is None
    assert mail["date"] == "Fri, 20 Nov 2026 10:00:00 +0900"
    assert mail["list-id"] == f"{JA.description} <announce-ja.lists.cert.example>"
    assert mail["list-unsubscribe"] == f"<mailto:{JA.sub_address('leave')}>"
    assert mail["list-subscribe"] == f"<mailto:{JA.sub_address('join')}>"
    assert mail["list-help"] == f"<mailto:{JA.sub_address('request')}?subject=help>"
    assert mail["list-post"] == "NO"
    assert mail["precedence"] == "list"
    assert mail["content-type"] == 'text/plain; charset="utf-8"'
    assert mail["x-mailman-rule-hits"] is None


def test_a_later_revision_is_posted_too(server: Server) -> None:
    advisory = server.new_id()
    for revision in (1, 2, 4):
        key = edition_key(advisory, "en", revision)
        data = server.key.clearsign(hosts.text(key))
        mail = hosts.announcement(EN, key, data)
        server.lists.post(mail)

        assert body(arrived(server, EN, mail.message_id)) == data


def test_posting_twice_posts_once(server: Server) -> None:
    key = edition_key(server.new_id(), "en")
    mail = hosts.announcement(EN, key, server.key.clearsign(hosts.text(key)))
    before = server.lists.taken(mail)

    server.lists.post(mail)
    server.lists.post(mail)
    server.host.settle()

    got = [m["message-id"] for m in server.host.messages(reader(EN))]
    assert before is False
    assert server.lists.taken(mail) is True
    assert got.count(mail.message_id) == 1
