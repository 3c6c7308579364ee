"""Addresses that are dead leave by themselves, and nobody is asked; real Mailman."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.mailman_plugin.hosts import EN, Server
from tests.mailman_plugin.selfservice.people import Person, members

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]
_numbers = itertools.count()
DSN = """\
From: MAILER-DAEMON@mx.example
To: {recipient}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{number}.{status}@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

Your mail could not be delivered.

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Fri, 20 Nov 2026 10:00:00 +0900

Final-Recipient: rfc822; {email}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such user

--x
Content-Type: text/rfc822-headers

From: csirt@cert.example
Subject: [Alert]

--x--
"""


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


def bounce(
    server: Server, email: str, status: str = "5.1.1", action: str = "failed"
) -> None:
    """Send a report as MTAs do, to the address that the mail came from."""
    local, _, domain = email.partition("@")
    recipient = EN.sub_address(f"bounces+{local}={domain}")
    report = DSN.format(
        recipient=recipient,
        email=email,
        status=status,
        action=action,
        number=next(_numbers),
    )
    server.host.deliver(report.encode(), "", recipient)
    server.host.settle()


def later(server: Server, email: str, days: int) -> None:
    """Let days pass: put back what Mailman remembers of an address."""
    file = server.host.settings.directory / "data" / "mailman.db"
    engine = create_engine(f"sqlite:///{file}?timeout=60", poolclass=NullPool)
    with engine.begin() as connection:
        for column in ("last_bounce_received", "last_warning_sent"):
            # A warning that was never sent is of the year 1.
            connection.execute(
                text(
                    f"UPDATE member SET {column} = datetime({column}, :back)"
                    f" || '.000000' WHERE {column} > '1970-01-01' AND address_id ="
                    " (SELECT id FROM address WHERE email = :email)"
                ),
                {"email": email, "back": f"-{days} days"},
            )
    engine.dispose()


def member(server: Server, email: str) -> Mapping[str, Any]:
    """Return what Mailman tells of a subscription; nothing if there is none."""
    found = {"subscriber": email, "list_id": EN.list_id}
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


def processed(server: Server) -> None:
    """Wait until all bounces that came in are dealt with."""
    file = server.host.settings.directory / "data" / "mailman.db"
    engine = create_engine(f"sqlite:///{file}?timeout=60", poolclass=NullPool)

    def is_done() -> bool:
        with engine.connect() as connection:
            query = "SELECT count(*) FROM bounceevent WHERE NOT processed"
            return connection.execute(text(query)).scalar() == 0

    until(is_done)
    engine.dispose()


def die(server: Server, address: str) -> None:
    """Let mail to an address bounce on three days."""
    for _ in range(3):
        bounce(server, address)
        processed(server)
        later(server, address, 1)


def test_a_dead_address_is_warned_and_removed_and_nobody_is_asked(
    strict: Server,
) -> None:
    dead = "dead@gone.example"
    strict.subscribe(EN, dead)
    asked = strict.asked()

    die(strict, dead)
    assert status(strict, dead) == "by_bounces"
    until(lambda: strict.count(dead) == 1)
    assert dead in members(strict, EN)
    later(strict, dead, 8)
    until(lambda: not member(strict, dead))

    assert strict.asked() == asked


def test_many_bounces_of_one_day_count_once(strict: Server) -> None:
    full = "full@gone.example"
    strict.subscribe(EN, full)

    for _ in range(5):
        bounce(strict, full)
    processed(strict)

    assert member(strict, full)["bounce_score"] == 1
    assert status(strict, full) == "enabled"


def test_mail_that_is_late_or_answered_by_a_machine_counts_nothing(
    strict: Server,
) -> None:
    reader = Person(strict, "away@gone.example")
    strict.subscribe(EN, reader.address)
    address = EN.sub_address("bounces+away=gone.example")

    bounce(strict, reader.address, "4.2.2", "delayed")
    reader.write(address, "Out of office", auto_submitted="auto-replied")
    processed(strict)

    assert member(strict, reader.address)["bounce_score"] == 0


def test_a_living_address_that_was_taken_for_dead_joins_and_is_back(
    strict: Server,
) -> None:
    reader = Person(strict, "back@gone.example")
    strict.subscribe(EN, reader.address)
    die(strict, reader.address)
    until(lambda: len(reader.inbox) == 1)

    [join] = reader.write(EN.sub_address("join"))
    reader.reply(join)

    assert status(strict, reader.address) == "enabled"
    later(strict, reader.address, 8)
    bounce(strict, "nobody@gone.example")
    processed(strict)
    assert reader.address in members(strict, EN)


def test_a_dead_address_that_moves_is_alive_at_the_new_one(strict: Server) -> None:
    old, new = Person(strict, "old@gone.example"), Person(strict, "new@gone.example")
    strict.subscribe(EN, old.address)
    die(strict, old.address)

    old.ask(EN, f"change {new.address}")
    new.reply(new.inbox[-1])

    assert status(strict, new.address) == "enabled"
