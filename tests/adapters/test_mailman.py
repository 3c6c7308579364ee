"""The adapter on a real Mailman, with our plugin and without it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from publisher.lists import names
from publisher.lists.texts import TEMPLATES
from publisher.model.chain import Announcement
from tests.adapters.contract_lists import ListsContract, Stage, another
from tests.keys import Key
from tests.mailman_plugin import hosts

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]


@pytest.fixture(scope="module", params=[True, False], ids=["with plugin", "without"])
def running_server(
    request: pytest.FixtureRequest, team_key: Key
) -> Iterator[hosts.Server]:
    with hosts.running(team_key, plugin=request.param) as running:
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

    def mail(revision: int) -> Announcement:
        key = hosts.edition_key(advisory, "ja", revision)
        data = server.key.clearsign(hosts.text(key))
        return hosts.announcement(mailing_list, key, data)

    return Stage(server.lists, mailing_list, server.settings, server.plugin, mail)


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

    found = {each.setting for each in stage.differences()}
    stage.apply()

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

    own = {"preferred_language", "display_name", "description", "info", names.OWNERS}
    texts = {names.notice(name) for name in TEMPLATES}
    assert (found <= own | texts) == server.plugin
