"""The adapter on a real Mailman, with our plugin and without it."""

from __future__ import annotations

import dataclasses
import functools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from publisher.adapters.mailman import MailmanLists
from publisher.errors import MailmanError
from publisher.lists import names
from publisher.lists.texts import TEMPLATES
from publisher.model.chain import Announcement
from publisher.pipeline import importing
from tests.adapters.contract_lists import ListsContract, Stage, another
from tests.keys import Key
from tests.mailman_plugin import hosts

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]


@pytest.fixture(scope="module", params=[True, False], ids=["with plugin", "without"])
def running_server(
    request: pytest.FixtureRequest, team_key: Key
) -> Iterator[hosts.Server]:
    with hosts.running(team_key, plugin=request.param) as running:
        running.canary = hosts.CANARY
        yield running


@pytest.fixture
def server(running_server: hosts.Server) -> Iterator[hosts.Server]:
    yield running_server
    # Its mail comes to this process, which has no sockets during other tests.
    running_server.host.settle()


@pytest.fixture
def stage(server: hosts.Server) -> Stage:
    advisory = server.new_id()
    mailing_list = another(hosts.JA, advisory.number)

    @functools.cache
    def made(revision: int, extra: str = "") -> Announcement:
        key = hosts.edition_key(advisory, "ja", revision)
        data = server.key.clearsign(hosts.text(key, extra))
        return hosts.announcement(mailing_list, key, data)

    return Stage(
        server.lists,
        mailing_list,
        server.settings,
        server.plugin,
        mail=made,
        other=lambda revision: made(revision, "Signed by a colleague, too.\n"),
    )


class TestMailmanLists(ListsContract):
    """The contract, on the real thing."""


def test_a_posted_mail_arrives_and_nobody_is_asked(
    stage: Stage, server: hosts.Server
) -> None:
    stage.apply()
    server.subscribe(stage.mailing_list, "reader@home.example")
    before = server.asked()
    mail = stage.mail(1)

    stage.lists.post(mail)

    got = server.host.wait_for(
        "reader@home.example",
        matching=lambda message: message["message-id"] == mail.message_id,
    )
    server.host.settle()
    body = got.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert f"{mail.key.id}, revision 1, language ja" in body.decode()
    assert body.decode().endswith("-----END PGP SIGNATURE-----\n")
    assert server.asked() == before
    assert server.held(stage.mailing_list) == 0


def test_mail_from_outside_reaches_nobody(stage: Stage, server: hosts.Server) -> None:
    stage.apply()
    server.subscribe(stage.mailing_list, "quiet@home.example")
    senders = (hosts.OWNER, "quiet@home.example", "mallory@evil.example")
    before = [server.count(address) for address in (*senders, hosts.SITE_OWNER)]

    for number, sender in enumerate(senders):
        mail = hosts.message(
            stage.mailing_list, b"Hello\n", f"<{number}@evil.example>", sender=sender
        )
        server.mail(stage.mailing_list, mail, sender)

    after = [server.count(address) for address in (*senders, hosts.SITE_OWNER)]
    assert after == before
    assert server.held(stage.mailing_list) == 0


def members(server: hosts.Server, stage: Stage, **like: str) -> list[str]:
    query = urlencode({"list_id": stage.mailing_list.list_id, **like})
    entries = server.rest.call(f"members/find?{query}")[1].get("entries", [])
    return [entry["self_link"] for entry in entries]


def test_a_member_with_an_action_of_his_own_is_found_and_mended(
    stage: Stage, server: hosts.Server
) -> None:
    stage.apply()
    server.subscribe(stage.mailing_list, "trusted@home.example")
    [link] = members(server, stage, subscriber="trusted@home.example")
    server.rest.call(link, {"moderation_action": "accept"}, "PATCH")

    [found] = stage.differences()
    stage.apply()

    assert (found.setting, found.live) == (names.OPEN_MEMBERS, 1)
    assert stage.differences() == ()
    assert members(server, stage, moderation_action="accept", role="member") == []


def test_a_member_who_asked_for_digests_gets_mail(
    stage: Stage, server: hosts.Server
) -> None:
    stage.apply()
    server.subscribe(stage.mailing_list, "digest@home.example")
    [link] = members(server, stage, subscriber="digest@home.example")
    server.rest.call(link, {"delivery_mode": "mime_digests"}, "PATCH")
    mail = stage.mail(1)

    stage.lists.post(mail)

    server.host.wait_for(
        "digest@home.example",
        matching=lambda message: message["message-id"] == mail.message_id,
    )
    assert stage.differences() == ()


def test_header_matches_are_found_and_removed(
    stage: Stage, server: hosts.Server
) -> None:
    stage.apply()
    path = f"lists/{stage.mailing_list.list_id}/header-matches"
    match = {"header": "Subject", "pattern": ".*", "action": "accept"}
    server.rest.call(path, match)
    server.rest.call(path, {"header": "X-Spam", "pattern": "yes"})

    [found] = stage.differences()
    stage.apply()

    assert found.setting == names.HEADER_MATCHES
    assert found.live == ("subject: .* -> accept", "x-spam: yes -> default")
    assert stage.differences() == ()


def test_a_moderator_password_is_found_and_removed(
    stage: Stage, server: hosts.Server
) -> None:
    stage.apply()
    path = f"lists/{stage.mailing_list.list_id}/config"
    server.rest.call(path, {"moderator_password": "secret"}, "PATCH")

    [found] = stage.differences()
    stage.apply()

    assert (found.setting, found.live) == ("moderator_password", "(set)")
    assert stage.differences() == ()


def test_a_list_that_somebody_else_made_becomes_ours(
    stage: Stage, server: hosts.Server
) -> None:
    lists = stage.lists
    lists.create(another(stage.mailing_list, server.new_id().number))
    stock = {
        "fqdn_listname": stage.mailing_list.address,
        "style_name": "legacy-default",
    }
    server.rest.call("lists", stock)

    [declared] = importing.declarations(
        dataclasses.replace(stage.settings, lists=()),
        lists,
        [stage.mailing_list.address],
        language=stage.mailing_list.language,
    )

    found = {each.setting for each in stage.differences()}
    stage.apply()

    assert declared.address == stage.mailing_list.address
    assert declared.title == stage.mailing_list.name.capitalize()
    assert {"subject_prefix", "default_nonmember_action", "digests_enabled"} <= found
    assert (names.POSTING_CHAIN in found) == stage.plugin
    assert names.DECORATION not in found
    assert stage.differences() == ()


def test_a_text_from_a_template_of_the_host_is_found_by_the_plugin(
    stage: Stage, server: hosts.Server
) -> None:
    stage.apply()
    folder = server.host.settings.directory / "templates/site/en"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "list:member:digest:header.txt"
    file.write_text("Our motto\n")

    found = stage.differences()
    file.unlink()

    if server.plugin:
        assert [(each.setting, each.live) for each in found] == [
            (names.DECORATION, "Our motto\nOur motto\n")
        ]
        assert "template folder of Mailman's host" in found[0].by_hand
    assert stage.differences() == ()


def test_a_list_of_our_style_lets_nothing_pass_from_its_first_moment(
    stage: Stage, server: hosts.Server
) -> None:
    stage.lists.create(stage.mailing_list)

    found = {each.setting for each in stage.differences()}

    own = {"preferred_language", "display_name", "description", "info"}
    own |= {names.OWNERS, names.CANARY}
    texts = {names.notice(name) for name in TEMPLATES}
    assert (found <= own | texts) == server.plugin


def test_a_canary_that_gets_no_mail_is_found_and_gets_it_again(
    stage: Stage, server: hosts.Server
) -> None:
    stage.apply()
    [link] = members(server, stage, subscriber=hosts.CANARY)
    off = {"delivery_status": "by_user", "delivery_mode": "mime_digests"}
    server.rest.call(f"{link}/preferences", off, "PATCH")

    [found] = stage.differences()
    stage.apply()

    live = f"{hosts.CANARY} (by_user, mime_digests)"
    assert (found.setting, found.live) == (names.CANARY, live)
    assert stage.differences() == ()
    server.host.settle()
    # Neither a welcome nor a question.
    got = [message.as_string() for message in server.host.messages(hosts.CANARY)]
    assert [text for text in got if f"<{stage.mailing_list.list_id}>" in text] == []


def test_a_template_that_somebody_gave_the_list_is_found_and_taken_away(
    stage: Stage, server: hosts.Server
) -> None:
    stage.apply()
    template = {"list:admin:notice:subscribe": "https://web.example/motto.txt"}
    server.rest.call(f"lists/{stage.mailing_list.list_id}/uris", template, "PATCH")

    found = stage.differences()
    stage.apply()

    expected = [(names.OTHER_TEMPLATES, ("list:admin:notice:subscribe",))]
    assert [(each.setting, each.live) for each in found] == (
        expected if stage.plugin else []
    )
    assert stage.differences() == ()


def test_what_is_held_and_bouncing_is_counted(
    stage: Stage, server: hosts.Server
) -> None:
    stage.apply()
    address = stage.mailing_list
    for name in ("a", "b", "c"):
        server.subscribe(address, f"{name}@home.example")
    [link] = members(server, stage, subscriber="a@home.example")
    off = {"delivery_status": "by_bounces"}
    server.rest.call(f"{link}/preferences", off, "PATCH")
    moderate = {"default_nonmember_action": "hold"}
    stage.lists.update(address, moderate)
    if stage.plugin:
        stage.lists.update(address, {names.POSTING_CHAIN: "default-posting-chain"})
    mail = hosts.message(address, b"Hi\n", "<x@evil.example>", sender="x@evil.example")
    server.mail(address, mail, "x@evil.example")
    config = f"lists/{address.list_id}/config"
    server.rest.call(config, {"subscription_policy": "moderate"}, "PATCH")
    asked = {"list_id": address.list_id, "subscriber": "d@home.example"}
    server.rest.call("members", {**asked, "pre_verified": "yes"})

    [found] = stage.lists.backlog([address]).lists

    counted = (found.held, found.requests, found.disabled, found.bouncing)
    assert counted == (1, 1, 1, 0)


def test_a_queue_that_is_not_empty_is_told_with_its_age(
    stage: Stage, server: hosts.Server
) -> None:
    queue = server.host.settings.directory / "queue"
    file = queue / "shunt" / f"1600000000.5+{'0' * 40}.pck"
    file.write_bytes(b"not read")
    bad = queue / "bad" / f"1600000000.5+{'1' * 40}.psv"
    bad.write_bytes(b"not read")

    found = stage.lists.backlog([]).queues
    file.unlink()
    bad.unlink()

    told = {each.name: (each.count, each.oldest) for each in found}
    since = (1, datetime(2020, 9, 13, 12, 26, 40, tzinfo=UTC))
    assert told["shunt"][0] == since[0]
    assert told["shunt"][1] is not None
    assert told["shunt"][1].replace(microsecond=0) == since[1]
    # Only the plugin sees what Mailman put there.
    assert ("bad" in told) == stage.plugin


def test_a_post_that_is_held_is_told_at_once_and_is_in_doubt(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.apply()
    if not stage.plugin:
        # Posts go past moderation.
        return
    # Somebody changes it while the mail is handed over.
    monkeypatch.setattr(MailmanLists, "_require_chain", lambda *_: None)
    changes = {names.POSTING_CHAIN: "default-posting-chain", "emergency": True}
    stage.lists.update(stage.mailing_list, changes)

    with pytest.raises(MailmanError) as caught:
        stage.lists.post(stage.mail(1))

    assert not caught.value.certain
    assert "holds" in str(caught.value)
    assert "for a moderator (" in str(caught.value)
    assert "run `publisher lists apply`, then push again" in str(caught.value)


def test_a_post_that_is_put_aside_is_told_at_once_and_is_in_doubt(
    stage: Stage, server: hosts.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.apply()
    queue = server.host.settings.directory / "queue"
    if stage.plugin:
        # A chain that is gone: what a plugin that cannot be loaded any more leaves.
        setting, value = "posting_chain", "no-such-chain"
    else:
        setting, value = "posting_pipeline", "no-such-pipeline"
    spoil(server, stage, setting, value)

    monkeypatch.setattr(MailmanLists, "_require_chain", lambda *_: None)
    with pytest.raises(MailmanError) as caught:
        stage.lists.post(stage.mail(1))

    for file in (queue / "shunt").iterdir():
        file.unlink()
    assert not caught.value.certain
    assert "aside" in str(caught.value)


def spoil(server: hosts.Server, stage: Stage, column: str, value: str) -> None:
    """Give the list what REST does not take."""
    file = server.host.settings.directory / "data" / "mailman.db"
    with closing(sqlite3.connect(file, timeout=30)) as database, database:
        database.execute(
            f"UPDATE mailinglist SET {column} = ? WHERE list_id = ?",
            (value, stage.mailing_list.list_id),
        )
