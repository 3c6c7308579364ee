"""A text is posted once, and nothing older after it; on a real Mailman."""

from __future__ import annotations

import pytest

from publisher.errors import MailmanError
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hosts import EN, JA, Server, edition_key

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]

READER = "reader-en@home.example"


def test_the_same_text_under_another_message_id_is_refused(server: Server) -> None:
    key = edition_key(server.new_id(), "en")
    data = server.key.clearsign(hosts.text(key))
    server.lists.post(hosts.announcement(EN, key, data))
    server.host.settle()
    before = server.count(READER)

    server.inject(EN, hosts.message(EN, data, "<again@cert.example>"))

    assert server.count(READER) == before
    assert f"{key} was posted at" in server.log()


def test_the_same_text_signed_again_is_refused(server: Server) -> None:
    key = edition_key(server.new_id(), "en")
    data = [
        server.key.clearsign(hosts.text(key), "--digest-algo", digest)
        for digest in ("SHA256", "SHA512")
    ]

    for each in data:
        server.inject(EN, hosts.announcement(EN, key, each).message)

    message_id = hosts.announcement(EN, key, data[0]).message_id
    got = [m["message-id"] for m in server.host.messages(READER)]
    assert data[0] != data[1]
    assert got.count(message_id) == 1


def test_an_older_revision_after_a_newer_one_is_refused(server: Server) -> None:
    advisory = server.new_id()
    newer, older = (edition_key(advisory, "en", revision) for revision in (2, 1))
    server.lists.post(
        hosts.announcement(EN, newer, server.key.clearsign(hosts.text(newer)))
    )
    late = hosts.announcement(EN, older, server.key.clearsign(hosts.text(older)))
    server.host.settle()
    before = server.count(READER)

    with pytest.raises(MailmanError, match=r"r2 en was posted at .* r1 en is older"):
        server.lists.post(late)

    server.host.settle()
    assert server.count(READER) == before
    assert server.lists.taken(late) is False


def test_each_list_and_language_is_counted_by_itself(server: Server) -> None:
    advisory = server.new_id()
    for mailing_list in (JA, EN):
        key = edition_key(advisory, mailing_list.language)
        data = server.key.clearsign(hosts.text(key))
        mail = hosts.announcement(mailing_list, key, data)

        server.lists.post(mail)

        assert server.lists.taken(mail) is True
