"""The runner where posts go out without tokens: one copy for many."""

from __future__ import annotations

import random
from collections.abc import Iterator
from email import message_from_bytes
from typing import Any

import pytest

from tests.mailman_plugin import crowd, inside, returned
from tests.mailman_plugin.inside import Mailman

pytestmark = [pytest.mark.mailman, pytest.mark.enable_socket]

READERS = [f"reader-{number:03d}@home.example" for number in range(16)]
MOST = 8
BULK = "[mta]\nverp_delivery_interval: 0\nverp_probes: {probes}\n"


@pytest.fixture(scope="module")
def mailman() -> Iterator[Mailman]:
    with inside.mailman() as running:
        yield running


def a_list(name: str) -> Any:
    from mailman.config import config

    made = inside.new_list(name)
    made.process_bounces = True
    made.bounce_score_threshold = 3
    config.db.commit()
    with config.db.engine.begin() as connection:
        crowd.subscribe(
            connection, made.list_id, [f"{name}-{each}" for each in READERS]
        )
    return made


def process(mlist: Any, *mails: bytes, days: int = 1) -> None:
    """Have the runner process mails on so many days."""
    from mailman.config import config
    from mailman.email.message import Message
    from sqlalchemy import text

    from publisher.mailman_plugin.runners import bounces

    bounces.MOST_NAMED = MOST
    back = "UPDATE member SET last_bounce_received = datetime(last_bounce_received,"
    runner = bounces.Bounces("bounces")
    for _ in range(days):
        for mail in mails:
            told = {"listid": mlist.list_id, "original_size": len(mail)}
            runner._process_one_file(message_from_bytes(mail, Message), told)
        config.db.commit()
        config.db.store.execute(text(f"{back} '-1 days') || '.000000'"))
        config.db.commit()
        # A new day begins with a new count.
        runner._named.clear()


def state(mlist: Any) -> tuple[int, int, int]:
    """Return how many have a score, how many get no mail, and the probes sent."""
    from mailman.config import config

    from publisher.mailman_plugin import members

    queue = config.switchboards["virgin"]
    probes = 0
    for file in queue.files:
        _, metadata = queue.dequeue(file)
        queue.finish(file)
        probes += "probe_token" in metadata
    config.db.store.expire_all()
    found = config.db.store, mlist.list_id
    return members.bouncing(*found), members.disabled(*found), probes


def forged(name: str, probes: str) -> list[tuple[int, int, int]]:
    """Name all readers in reports of three days, and then of three more."""
    from mailman.config import config

    mlist = a_list(name)
    report = returned.report(
        mlist.bounces_address, *(f"{name}-{each}" for each in READERS)
    )
    found = []
    config.push("bulk", BULK.format(probes=probes))
    try:
        for days in (1, 1, 1, 3):
            process(mlist, report, days=days)
            found.append(state(mlist))
    finally:
        config.pop("bulk")
    return found


def test_what_reports_name_is_asked_by_probes_and_stays(mailman: Mailman) -> None:
    found = mailman.run(forged, "forged", "yes")

    # So many are named in a day at most; then each of them gets one mail.
    assert found == [(MOST, 0, 0), (MOST, 0, 0), (0, 0, MOST), (0, 0, MOST)]


def test_without_probes_reports_without_a_token_are_nothing(mailman: Mailman) -> None:
    assert mailman.run(forged, "noprobes", "no") == [(0, 0, 0)] * 4


def strangers(count: int) -> tuple[int, int]:
    """Name strangers; return how many statements that took, and what is noted."""
    from mailman.config import config
    from sqlalchemy import event, text

    mlist = a_list(f"strangers{count}")
    names = (f"stranger-{number}@home.example" for number in range(count))
    report = returned.report(mlist.bounces_address, *names)
    statements: list[str] = []

    def note(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    config.push("bulk", BULK.format(probes="yes"))
    event.listen(config.db.engine, "before_cursor_execute", note)
    try:
        process(mlist, report)
    finally:
        event.remove(config.db.engine, "before_cursor_execute", note)
        config.pop("bulk")
    noted = config.db.store.execute(text("SELECT count(*) FROM bounceevent"))
    return len(statements), noted.scalar_one()


def test_strangers_cost_nothing_however_many_a_report_names(mailman: Mailman) -> None:
    before = mailman.run(events)
    few, _ = mailman.run(strangers, 5)
    many, noted = mailman.run(strangers, 2000)

    assert many <= few
    assert noted == before


def events() -> int:
    from mailman.config import config
    from sqlalchemy import text

    query = text("SELECT count(*) FROM bounceevent")
    return int(config.db.store.execute(query).scalar_one())


def whatever(seeds: range) -> list[str]:
    """Give the runner broken mails; return what its log would say of errors."""
    import logging

    mlist = a_list("whatever")
    chosen = random.Random(1)
    errors: list[str] = []

    class Noted(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.ERROR:
                errors.append(record.getMessage())

    handler = Noted()
    logging.getLogger("mailman.bounce").addHandler(handler)
    address = mlist.bounces_address.replace("@", f"+{'a' * 26}@")
    for _ in seeds:
        data = bytearray(returned.report(address, "x@y.example"))
        for _ in range(20):
            at = chosen.randrange(len(data))
            data[at : at + chosen.randrange(4)] = chosen.randbytes(chosen.randrange(4))
        process(mlist, bytes(data))
    logging.getLogger("mailman.bounce").removeHandler(handler)
    return errors


def test_no_mail_stops_the_runner(mailman: Mailman) -> None:
    assert mailman.run(whatever, range(30)) == []


def large(sizes: tuple[int, ...]) -> list[int]:
    """Return who has a score after reports of some sizes, with a good token."""
    from mailman.config import config

    from publisher.mailman_plugin import envelopes

    mlist = a_list("large")
    reader = f"large-{READERS[0]}"
    sender = envelopes.senders(mlist, {}, [reader])(reader)
    report = returned.report(sender, reader)
    found = []
    for size in sizes:
        process(mlist, report + b"\n" * (size - len(report)))
        found.append(state(mlist)[0])
        config.db.commit()
    return found


def test_what_is_larger_than_any_report_is_not_read(mailman: Mailman) -> None:
    assert mailman.run(large, ((1 << 20) + 1, 1 << 20)) == [0, 1]


def missing(settings: str) -> list[str]:
    from mailman.config import config

    from publisher.mailman_plugin import configuration

    config.push("missing", settings)
    try:
        return list(configuration.foreign())
    finally:
        config.pop("missing")


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ("", []),
        ("[mta]\nverp_probes: on\n", []),
        ("[mta]\nverp_probes: no\n", ["[mta] verp_probes"]),
        ("[mta]\nverp_probes: perhaps\n", ["[mta] verp_probes"]),
        (
            "[runner.bounces]\nclass: mailman.runners.bounce.BounceRunner\n",
            ["[runner.bounces] class"],
        ),
    ],
)
def test_a_server_that_believes_every_report_is_found_by_the_check(
    mailman: Mailman, settings: str, found: list[str]
) -> None:
    assert mailman.run(missing, settings) == found
