"""From a post to the end of a subscription, on a real Mailman and by real HTTP."""

from __future__ import annotations

import http.client
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from publisher.adapters.leaving import Leaving
from publisher.errors import MailmanError
from publisher.leave import Application
from publisher.leave import server as web
from publisher.leave.pages import Pages
from publisher.lists import names
from publisher.mailman_plugin.ledger import digest
from tests import builders
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hosts import EN, Server, edition_key

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]

PUBLIC = "https://lists.cert.example/leave"
ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture
def english(server: Server) -> Iterator[Server]:
    """Mailman, whose English list is left as it was found."""
    before = members(server)
    yield server
    server.host.settle()
    for address in members(server) - before:
        server.rest.call(f"lists/{EN.list_id}/member/{address}", method="DELETE")


@pytest.fixture
def clicking(english: Server) -> Iterator[Server]:
    """Mailman, with a list that one leaves with one click."""
    english.lists.update(EN, {names.LEAVE_URL: PUBLIC})
    yield english
    english.lists.update(EN, {names.LEAVE_URL: ""})


@pytest.fixture
def page(clicking: Server) -> Iterator[str]:
    """Where the page is served on this machine."""
    leaving = Leaving(clicking.mailman, clicking.host.rest_password)
    application = Application("/leave", Pages(builders.presentation()), leaving.leave)
    with web.serving(application) as url:
        yield url


def post(server: Server) -> tuple[bytes, str]:
    """Post a signed text; return it and its Message-ID."""
    key = edition_key(server.new_id(), "en")
    data = server.key.clearsign(hosts.text(key))
    mail = hosts.announcement(EN, key, data)
    server.lists.post(mail)
    return data, mail.message_id


def copy(server: Server, reader: str, message_id: str) -> EmailMessage:
    return server.host.wait_for(
        reader, matching=lambda mail: mail["message-id"] == message_id, timeout=20
    )


def target(mail: EmailMessage) -> str:
    """Return the path and the query by which the reader of a mail leaves."""
    [url] = re.findall(r"<(https:[^>]+)>", str(mail["List-Unsubscribe"]))
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == PUBLIC
    return f"{parts.path}?{parts.query}"


def call(page: str, method: str, target: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(page).netloc, timeout=20)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = ONE_CLICK if method == "POST" else None
    with closing(connection):
        connection.request(method, target, body, form)
        return connection.getresponse().status


def members(server: Server) -> set[str]:
    told = server.rest.call(f"lists/{EN.list_id}/roster/member")[1]
    return {entry["email"] for entry in told.get("entries", [])}


def test_one_click_ends_one_subscription_and_no_other(
    clicking: Server, page: str
) -> None:
    leaver, stays = "leaver@home.example", "stays@home.example"
    for reader in (leaver, stays):
        clicking.subscribe(EN, reader)
    data, message_id = post(clicking)
    mail = copy(clicking, leaver, message_id)
    where = target(mail)

    assert mail.get_payload(decode=True) == data
    assert mail["List-Unsubscribe-Post"] == ONE_CLICK
    assert where != target(copy(clicking, stays, message_id))

    assert call(page, "GET", where) == 200
    assert leaver in members(clicking)

    assert call(page, "POST", where) == 200
    assert leaver not in members(clicking)
    assert stays in members(clicking)
    goodbye = clicking.host.wait_for(
        leaver, matching=lambda mail: mail["message-id"] != message_id
    )
    assert "one-click unsubscribe link" in " ".join(goodbye.get_content().split())

    # Whether somebody subscribes, or is gone, nobody learns.
    assert call(page, "POST", where) == 200
    clicking.subscribe(EN, leaver)
    assert call(page, "POST", where) == 200
    assert leaver in members(clicking)


def test_a_changed_address_ends_no_subscription(clicking: Server, page: str) -> None:
    first, second = "first@home.example", "second@home.example"
    for reader in (first, second):
        clicking.subscribe(EN, reader)
    _, message_id = post(clicking)
    one, two = (target(copy(clicking, r, message_id)) for r in (first, second))
    member = re.findall("member=([0-9a-f]+)", two)[0]

    stolen = re.sub("member=[0-9a-f]+", f"member={member}", one)
    other_list = one.replace("announce-en.", "announce-ja.")

    assert call(page, "POST", stolen) == 403
    assert call(page, "POST", other_list) == 403
    assert {first, second} <= members(clicking)


def test_the_rest_interface_says_no_more_than_the_page(clicking: Server) -> None:
    leaving = Leaving(clicking.mailman, clicking.host.rest_password)
    stranger = Leaving(clicking.mailman, "wrong")

    assert leaving.leave("no-such.lists.cert.example", "0" * 32, "A" * 43) is False
    assert leaving.leave(EN.list_id, "0" * 32, "A" * 43) is False
    assert leaving.leave(EN.list_id, "not hex", "ア") is False
    with pytest.raises(MailmanError, match="answers 401"):
        stranger.leave(EN.list_id, "0" * 32, "A" * 43)
    assert clicking.status("POST", "plugins/publisher/leave", "{}") == 400


def test_the_page_of_a_list_is_a_setting_like_others(clicking: Server) -> None:
    live = clicking.lists.live(EN)
    assert live is not None
    path = f"plugins/publisher/lists/{EN.list_id}"

    assert live[names.LEAVE_URL] == PUBLIC
    assert [
        each.setting
        for each in clicking.differences(EN)
        if each.setting == names.LEAVE_URL
    ] == [names.LEAVE_URL]
    assert clicking.status("PATCH", path, '{"leave_url": "http://x.example"}') == 400


def test_a_list_without_the_setting_has_no_such_header(english: Server) -> None:
    server = english
    server.lists.update(EN, {names.LEAVE_URL: ""})
    reader = "plain@home.example"
    server.subscribe(EN, reader)
    _, message_id = post(server)
    mail = copy(server, reader, message_id)

    assert mail["List-Unsubscribe"] == f"<mailto:{EN.sub_address('leave')}>"
    assert mail["List-Unsubscribe-Post"] is None


def test_what_fails_for_a_while_arrives_later(clicking: Server) -> None:
    reader = "full@home.example"
    clicking.subscribe(EN, reader)
    # Where the mailbox would be: the MTA answers 451.
    mailbox: Path = clicking.host.settings.directory / "mailboxes" / reader
    mailbox.parent.mkdir(exist_ok=True)
    mailbox.write_text("in the way")
    data, message_id = post(clicking)
    clicking.host.settle()
    told = clicking.rest.call(state_path(message_id))[1]
    assert (told["deferred"], told["refused_recipients"]) == (1, 0)

    mailbox.unlink()

    assert copy(clicking, reader, message_id).get_payload(decode=True) == data
    clicking.host.settle()
    told = clicking.rest.call(state_path(message_id))[1]
    assert (told["deferred"], told["delivered"]) == (0, len(members(clicking)))


def test_what_is_refused_for_good_counts_as_a_bounce(clicking: Server) -> None:
    # The MTA asks Mailman, which knows no such list.
    dead = f"nobody@{hosts.DOMAIN}"
    clicking.subscribe(EN, dead)
    _, message_id = post(clicking)
    clicking.host.settle()

    told = clicking.rest.call(state_path(message_id))[1]

    assert (told["deferred"], told["refused_recipients"]) == (0, 1)
    assert bounces(clicking, dead) == 1


def state_path(message_id: str) -> str:
    return f"plugins/publisher/messages/{EN.list_id}/{digest(message_id)}"


def bounces(server: Server, address: str) -> int:
    file = server.host.settings.directory / "data" / "mailman.db"
    query = "SELECT count(*) FROM bounceevent WHERE email = ?"
    with closing(sqlite3.connect(file, timeout=20)) as connection:
        return int(connection.execute(query, (address,)).fetchone()[0])
