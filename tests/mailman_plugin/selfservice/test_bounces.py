"""Addresses that are dead leave by themselves, and nobody is asked; real Mailman."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError

import pytest
from sqlalchemy import text

from publisher.model.settings import MailingList
from tests.mailman_plugin import crowd, hosts, returned
from tests.mailman_plugin.hosts import EN, JA, Server
from tests.mailman_plugin.selfservice.people import Person, members

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]
MALLORY = "mallory@evil.example"


@pytest.fixture
def strict(server: Server) -> Iterator[Server]:
    """Three bounces, each on a day of its own, one warning, and then the end."""
    settings = {
        "bounce_score_threshold": 3,
        "bounce_info_stale_after": "90d",
        "bounce_you_are_disabled_warnings": 1,
        "bounce_you_are_disabled_warnings_interval": "7d",
    }
    path = f"lists/{EN.list_id}/config"
    _, before = server.rest.call(path)
    server.rest.call(path, settings, "PATCH")
    yield server
    server.rest.call(path, {name: before[name] for name in settings}, "PATCH")


def send(server: Server, mail: bytes, recipient: str, sender: str = "") -> None:
    server.host.deliver(mail, sender, recipient)


def bounce(server: Server, email: str, ago: int = 0) -> None:
    """Send a report as MTAs do, to the address that a copy came from."""
    recipient = returned.sender(server, EN, email, ago)
    send(server, returned.report(recipient, email), recipient)
    server.host.settle()


def bounce_probe(server: Server, email: str) -> None:
    """Let the probe that was the last mail to an address come back."""
    until(lambda: server.count(email) > 0)
    recipient = str(server.host.messages(email)[-1]["return-path"]).strip("<>")
    send(server, returned.report(recipient, email), recipient)
    server.host.settle()


def later(server: Server, days: int, email: str = "%") -> None:
    """Let days pass: put back what Mailman remembers of an address."""
    with returned.database(server) as connection:
        for column in ("last_bounce_received", "last_warning_sent"):
            # A warning that was never sent is of the year 1.
            connection.execute(
                text(
                    f"UPDATE member SET {column} = datetime({column}, :back)"
                    f" || '.000000' WHERE {column} > '1970-01-01' AND address_id IN"
                    " (SELECT id FROM address WHERE email LIKE :email)"
                ),
                {"email": email, "back": f"-{days} days"},
            )


def member(
    server: Server, email: str, mailing_list: MailingList = EN
) -> Mapping[str, Any]:
    """Return what Mailman tells of a subscription; nothing if there is none."""
    found = {"subscriber": email, "list_id": mailing_list.list_id}
    _, told = server.rest.call("members/find", found)
    [entry] = told.get("entries", [{}])
    return dict(entry)


def status(server: Server, email: str) -> str:
    path = f"members/{member(server, email)['member_id']}/preferences"
    _, told = server.rest.call(path)
    return str(told.get("delivery_status", "enabled"))


def until(condition: Callable[[], bool]) -> None:
    """Wait for Mailman's runner for bounces, which comes round every second."""
    for _ in range(400):
        try:
            if condition():
                return
        except HTTPError as error:
            # So Mailman answers if a subscription ends while it writes of it.
            if error.code != HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
        time.sleep(0.05)
    pytest.fail("nothing came of it")


def die(server: Server, address: str) -> None:
    """Let mail to an address come back on three days, and then a probe."""
    for _ in range(3):
        bounce(server, address)
        later(server, 1, address)
    bounce_probe(server, address)


def scores(server: Server) -> tuple[int, int]:
    """Return how many members have a score, and how many get no mail any more."""
    told = server.rest.call(f"plugins/publisher/bounces/{EN.list_id}")[1]
    return told["bouncing"], told["disabled"]


def test_a_dead_address_is_asked_warned_and_removed_and_no_person_is_asked(
    strict: Server,
) -> None:
    dead = "dead@gone.example"
    strict.subscribe(EN, dead)
    asked = strict.asked()

    die(strict, dead)
    assert status(strict, dead) == "by_bounces"
    until(lambda: strict.count(dead) == 2)
    assert dead in members(strict, EN)
    later(strict, 8, dead)
    until(lambda: not member(strict, dead))

    assert strict.asked() == asked


def test_what_three_mails_name_in_three_days_stays(strict: Server) -> None:
    victims = [f"victim-{number:03d}@home.example" for number in range(200)]
    with returned.database(strict) as connection, warnings.catch_warnings():
        # Mailman's tables are declared in an old way.
        warnings.simplefilter("ignore")
        crowd.subscribe(connection, EN.list_id, victims)
    bare = EN.sub_address("bounces")
    named = EN.sub_address("bounces+victim-000=home.example")
    strict.subscribe(JA, victims[0])
    elsewhere = returned.sender(strict, JA, victims[0])
    made_up = (
        elsewhere.replace("announce-ja", "announce-en"),
        EN.sub_address(f"bounces+{'a' * 26}"),
        EN.sub_address(f"bounces+{'0' * 40}"),
    )
    before = len(members(strict, EN))

    for _ in range(3):
        send(strict, returned.report(bare, *victims), bare, MALLORY)
        for recipient in (named, *made_up):
            send(strict, returned.report(recipient, victims[0]), recipient)
        strict.host.settle()
        later(strict, 1)

    assert scores(strict) == (0, 0)
    assert len(members(strict, EN)) == before
    assert not any(map(strict.count, victims))


def test_a_token_ends_nothing_but_what_it_was_made_for(strict: Server) -> None:
    own, other = "own@gone.example", "other@gone.example"
    for mailing_list in (EN, JA):
        for reader in (own, other):
            strict.subscribe(mailing_list, reader)
    token = returned.sender(strict, EN, own)
    elsewhere = token.replace("announce-en", "announce-ja")

    # Whoever knows a token of his own names whom he likes.
    for recipient in (token, elsewhere):
        send(strict, returned.report(recipient, other, own), recipient, own)
    strict.host.settle()

    assert member(strict, own)["bounce_score"] == 1
    assert member(strict, other)["bounce_score"] == 0
    assert not any(member(strict, each, JA)["bounce_score"] for each in (own, other))


def test_a_bounce_that_is_repeated_counts_once(strict: Server) -> None:
    full = "full@gone.example"
    strict.subscribe(EN, full)

    for _ in range(3):
        bounce(strict, full)
    assert member(strict, full)["bounce_score"] == 1

    # The days after, it is an older mail's; and one of long ago is void.
    for day in (1, 2):
        later(strict, 1, full)
        bounce(strict, full, ago=day)
    bounce(strict, full, ago=31)
    assert member(strict, full)["bounce_score"] == 1
    bounce(strict, full)
    assert member(strict, full)["bounce_score"] == 2
    assert status(strict, full) == "enabled"


def test_what_does_not_say_that_an_address_is_dead_counts_nothing(
    strict: Server,
) -> None:
    reader = Person(strict, "away@gone.example")
    strict.subscribe(EN, reader.address)
    address = returned.sender(strict, EN, reader.address)
    late = {"status": "4.2.2", "action": "delayed"}
    report = returned.report(address, reader.address)
    complaint = report.replace(b"message/delivery-status", b"message/feedback-report")

    send(strict, returned.report(address, reader.address, **late), address)
    send(strict, complaint, address)
    reader.write(address, "Out of office", auto_submitted="auto-replied")
    send(strict, returned.plain("I am away. No such user here.\n"), address)
    strict.host.settle()

    assert member(strict, reader.address)["bounce_score"] == 0


def test_an_answer_to_a_probe_is_no_bounce_of_it(strict: Server) -> None:
    reader = Person(strict, "living@gone.example")
    strict.subscribe(EN, reader.address)
    for _ in range(3):
        bounce(strict, reader.address)
        later(strict, 1, reader.address)
    until(lambda: len(reader.inbox) == 1)
    probe = str(reader.inbox[-1]["return-path"]).strip("<>")

    reader.write(probe, "Re: A test", auto_submitted="auto-replied")
    late = {"status": "4.4.1", "action": "delayed"}
    send(strict, returned.report(probe, reader.address, **late), probe)
    other = probe.replace("announce-en", "announce-ja")
    send(strict, returned.report(other, reader.address), other)
    strict.host.settle()
    assert status(strict, reader.address) == "enabled"
    assert member(strict, reader.address)["bounce_score"] == 0

    bounce_probe(strict, reader.address)
    assert status(strict, reader.address) == "by_bounces"


def test_the_canary_is_not_ended_by_bounces(strict: Server) -> None:
    canary = hosts.CANARY
    strict.canary = canary
    strict.lists.update(EN, {"canary": canary})
    live = strict.lists.live(EN)
    assert live is not None
    assert live["canary"] == canary
    path = f"plugins/publisher/lists/{EN.list_id}"

    bounce(strict, canary)

    assert member(strict, canary)["bounce_score"] == 0
    assert "mail to the canary" in strict.log()
    assert strict.status("PATCH", path, '{"canary": "no address"}') == 400
    strict.rest.call(path, {"canary": ""}, "PATCH")
    unguarded = strict.lists.live(EN)
    assert unguarded is not None
    assert unguarded["canary"] == f"{canary} (a bounce can end it)"


def test_a_living_address_that_was_taken_for_dead_joins_and_is_back(
    strict: Server,
) -> None:
    reader = Person(strict, "back@gone.example")
    strict.subscribe(EN, reader.address)
    die(strict, reader.address)
    until(lambda: len(reader.inbox) == 2)

    [join] = reader.write(EN.sub_address("join"))
    reader.reply(join)

    assert status(strict, reader.address) == "enabled"
    later(strict, 8, reader.address)
    # Mailman's runner for bounces comes round every second.
    time.sleep(1.5)
    assert reader.address in members(strict, EN)


def test_a_dead_address_that_moves_is_alive_at_the_new_one(strict: Server) -> None:
    old, new = Person(strict, "old@gone.example"), Person(strict, "new@gone.example")
    strict.subscribe(EN, old.address)
    die(strict, old.address)

    old.ask(EN, f"change {new.address}")
    new.reply(new.inbox[-1])

    assert status(strict, new.address) == "enabled"
