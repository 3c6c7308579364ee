"""What the plugin serves by REST, on a real Mailman."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest

from publisher.lists.texts import TEMPLATES
from publisher.mailman_plugin.ledger import digest
from publisher.model.chain import Announcement
from publisher.render.mail import body
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hosts import EN, JA, Server

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]


def test_texts_are_written_below_the_lists_own_folder_only(
    server: Server,
) -> None:
    folder = server.host.settings.directory / "templates/lists" / JA.list_id / "ja"

    assert {file.name for file in folder.iterdir()} == {f"{n}.txt" for n in TEMPLATES}


@pytest.mark.parametrize(
    "value",
    ['{"notices": {"../../evil": "x"}}', '{"notices": "x"}', '{"notices": {"x": 1}}'],
)
def test_other_texts_than_those_are_refused(server: Server, value: str) -> None:
    assert server.status("PATCH", f"plugins/publisher/lists/{JA.list_id}", value) == 400


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "version", 200),
        ("GET", "lists/nowhere.cert.example", 404),
        ("PATCH", "lists/nowhere.cert.example", 404),
        ("GET", "lists", 404),
        ("GET", "posts/x", 404),
        ("GET", f"posts/{JA.list_id}/ADV-2026-0001/ja/999", 200),
        ("GET", f"posts/{JA.list_id}/adv/ja/1", 400),
        ("GET", f"posts/{JA.list_id}/ADV-2026-0001/japanese/1", 400),
        ("GET", f"posts/{JA.list_id}/ADV-2026-0001/ja/x", 400),
        ("GET", "refusals/x", 404),
        ("GET", f"refusals/{JA.list_id}/{'0' * 64}", 404),
        ("DELETE", f"refusals/{JA.list_id}/{'0' * 64}", 204),
        ("GET", f"messages/{JA.list_id}/{'0' * 64}", 200),
        ("GET", f"messages/{JA.list_id}", 404),
        ("GET", "queues", 200),
        ("GET", f"bounces/{JA.list_id}", 200),
        ("GET", "bounces/nowhere.cert.example", 404),
        ("GET", "bounces", 404),
        ("DELETE", "digests/nowhere.cert.example", 204),
        ("DELETE", "digests", 404),
        ("GET", "nothing", 404),
    ],
)
def test_the_plugins_resources_answer_as_rest_does(
    server: Server, method: str, path: str, expected: int
) -> None:
    assert server.status(method, f"plugins/publisher/{path}", "{}") == expected


def test_the_plugins_resources_are_the_administrators_alone(server: Server) -> None:
    assert server.status("GET", "plugins/publisher/version", "", password="x") == 401


def told(server: Server, message_id: str, list_id: str = EN.list_id) -> dict[str, Any]:
    path = f"plugins/publisher/messages/{list_id}/{digest(message_id)}"
    answer: dict[str, Any] = server.rest.call(path)[1]
    del answer["http_etag"]
    return answer


def post(server: Server) -> Announcement:
    key = hosts.edition_key(server.new_id(), "en")
    return hosts.announcement(EN, key, server.key.clearsign(hosts.text(key)))


def test_of_a_message_that_nobody_sent_nothing_is_known(server: Server) -> None:
    assert told(server, "<nobody@cert.example>") == {
        "list_id": EN.list_id,
        "state": "unknown",
        "at": "",
        "reason": "",
        "queues": [],
    }


def test_a_message_is_queued_then_accepted_and_delivered_to_so_many(
    server: Server,
) -> None:
    mail = post(server)
    # Other tests share the server, and leave subscribers on it.
    roster = server.rest.call(f"lists/{EN.list_id}/roster/member")[1]
    values = {"list_id": EN.list_id, "text": mail.message.decode("ascii")}
    with server.paused("in"):
        server.rest.call("queues/in", values)
        queued = told(server, mail.message_id)
        elsewhere = told(server, mail.message_id, JA.list_id)
    server.host.settle()

    after = told(server, mail.message_id)

    assert (queued["state"], queued["queues"]) == ("queued", ["in"])
    assert elsewhere["state"] == "unknown"
    assert (after["state"], after["queues"]) == ("accepted", [])
    assert after["text"] == str(mail.key)
    assert (after["delivered"], after["deferred"]) == (roster["total_size"], 0)


def test_a_message_that_is_not_delivered_yet_is_in_a_queue(server: Server) -> None:
    mail = post(server)
    with server.paused("pipeline"):
        server.lists.post(mail)
        waiting = told(server, mail.message_id)
    server.host.settle()

    assert (waiting["state"], waiting["queues"]) == ("accepted", ["pipeline"])
    assert "delivered" not in waiting


def test_a_message_that_is_refused_has_a_reason(server: Server) -> None:
    key = hosts.edition_key(server.new_id(), "en")
    unsigned = hosts.announcement(EN, key, b"Hello\n")

    server.inject(EN, unsigned.message)

    refused = told(server, unsigned.message_id)
    assert refused["state"] == "refused"
    assert refused["reason"]
    assert refused["queues"] == []


def test_a_text_that_is_about_to_be_posted_is_claimed(server: Server) -> None:
    mail = post(server)
    values = {"list_id": EN.list_id, "text": mail.message.decode("ascii")}
    digest = sha256(body(mail.message)).hexdigest()
    row = (EN.list_id, str(mail.key.id), "en", 1, mail.message_id, "claimed", "x")
    with database(server) as tables:
        tables.execute(
            "INSERT INTO publisher_post"
            " (list_id, advisory, language, revision, message_id, state, at, sha256)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, digest),
        )

    lost = told(server, mail.message_id)
    with server.paused("in"):
        server.rest.call("queues/in", values)
        claimed = told(server, mail.message_id)
    server.host.settle()
    posted = told(server, mail.message_id)

    assert (lost["state"], lost["queues"]) == ("unknown", [])
    assert (claimed["state"], claimed["text"]) == ("claimed", str(mail.key))
    assert (posted["state"], posted["sha256"]) == ("accepted", digest)


def test_a_damaged_or_strange_file_in_a_queue_is_passed_over(server: Server) -> None:
    queue = server.host.settings.directory / "queue" / "shunt"
    files = [
        queue / f"1600000000.0+{'a' * 40}.pck",
        queue / f"1600000001.0+{'b' * 40}.pck",
        queue / "strange.pck",
    ]
    files[0].write_bytes(b"no pickle")
    files[1].write_bytes(pickle.dumps("Message-ID: <a@b>\n\n") + pickle.dumps(7))
    files[2].write_bytes(b"")

    unknown = told(server, "<a@b>")
    queues = server.rest.call("plugins/publisher/queues")[1]["queues"]
    for file in files:
        file.unlink()

    assert unknown["state"] == "unknown"
    assert queues["shunt"] == {"count": 2, "oldest": "2020-09-13T12:26:40+00:00"}
    assert queues["bad"] == {"count": 0, "oldest": ""}


def test_a_message_that_mailman_put_aside_is_found_there(server: Server) -> None:
    file = server.host.settings.directory / f"queue/shunt/1.0+{'c' * 40}.pck"
    text = pickle.dumps("Message-ID: <lost@cert.example>\n\nHi\n")
    file.write_bytes(text + pickle.dumps({"listid": EN.list_id}))

    lost = told(server, "<lost@cert.example>")
    file.unlink()

    assert (lost["state"], lost["queues"]) == ("queued", ["shunt"])


def test_all_who_chose_digests_get_mail_again(server: Server) -> None:
    numbers = range(4)
    for number in numbers:
        server.subscribe(JA, f"digest-{number}@home.example")
    modes = ("mime_digests", "plaintext_digests", "summary_digests")
    for number, mode in zip(numbers, modes, strict=False):
        link = member(server, f"digest-{number}@home.example")
        server.rest.call(link, {"delivery_mode": mode}, "PATCH")
    # This one says it of the address, for all lists.
    address = "addresses/digest-3@home.example/preferences"
    server.rest.call(address, {"delivery_mode": "mime_digests"}, "PATCH")

    server.rest.call(f"plugins/publisher/digests/{JA.list_id}", method="DELETE")

    for number in numbers:
        link = member(server, f"digest-{number}@home.example")
        found = server.rest.call(f"{link}/all/preferences")[1]
        assert found["delivery_mode"] == "regular"


def test_members_whose_mail_bounces_are_counted(server: Server) -> None:
    before = server.rest.call(f"plugins/publisher/bounces/{JA.list_id}")[1]
    server.subscribe(JA, "bouncing@home.example")
    link = member(server, "bouncing@home.example")
    off = {"delivery_status": "by_bounces"}
    server.rest.call(f"{link}/preferences", off, "PATCH")
    with database(server) as tables:
        tables.execute(
            "UPDATE member SET bounce_score = 2 WHERE address_id ="
            " (SELECT id FROM address WHERE email = 'bouncing@home.example')"
        )

    after = server.rest.call(f"plugins/publisher/bounces/{JA.list_id}")[1]

    assert after["disabled"] == before["disabled"] + 1
    assert after["bouncing"] == before["bouncing"] + 1


def member(server: Server, address: str) -> str:
    query = urlencode({"list_id": JA.list_id, "subscriber": address})
    [entry] = server.rest.call(f"members/find?{query}")[1]["entries"]
    return str(entry["self_link"])


@contextmanager
def database(server: Server) -> Iterator[sqlite3.Connection]:
    file = server.host.settings.directory / "data" / "mailman.db"
    with closing(sqlite3.connect(file, timeout=30)) as opened, opened:
        yield opened
