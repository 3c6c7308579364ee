"""What is answered now, what later and what never, with a clock in hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from publisher.mailman_plugin.selfservice.limits import Limits, Rate
from publisher.mailman_plugin.selfservice.origin import Source
from tests.mailman_plugin import inside
from tests.mailman_plugin.inside import Mailman

pytestmark = [pytest.mark.mailman, pytest.mark.enable_socket]

TEN = datetime(2026, 11, 20, 10, 0, 5, tzinfo=UTC)
FEW = Limits(address=Rate(1, 86400), source=Rate(3, 3600), mailing_list=Rate(9, 60))
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def mailman() -> Iterator[Mailman]:
    with inside.mailman() as running:
        yield running


class Desk:
    """A list whose answers are written down and not sent; for what runs in there."""

    def __init__(self, name: str, broken: str = "") -> None:
        from mailman.config import config

        from publisher.errors import SettingsError
        from publisher.mailman_plugin import schema
        from publisher.mailman_plugin.selfservice import pacing, sending, waiting

        def note(_mlist: Any, answer: Any, now: datetime) -> None:
            name = str(answer.email).partition("@")[0]
            if name == broken:
                raise SettingsError("no text")
            waiting.add(config.db.store, answer.request, now)
            self.sent.append(name)

        schema.prepare(config.db.engine)
        self.mlist = inside.new_list(name)
        self.sent: list[str] = []
        self._pacing = pacing
        vars(sending)["send"] = note

    def ask(self, name: str, host: str, at: datetime = TEN) -> None:
        from publisher.mailman_plugin.selfservice.sending import Answer
        from publisher.mailman_plugin.selfservice.waiting import Kind, Request

        # Hosts and addresses are counted for all lists together.
        own = f"{self.mlist.list_name}.example"
        request = Request(Kind.JOIN, self.mlist.list_id, f"{name}@{own}")
        answer = Answer(request.kind, request.email, request)
        source = Source(f"{host}.{own}", f"{host}.{own}")
        self._pacing.admit(self.mlist, answer, source, FEW, at)

    def release(self, at: datetime) -> list[str]:
        """Return what is sent at a time."""
        before = len(self.sent)
        self._pacing.release(FEW, at)
        return self.sent[before:]


def bombed() -> dict[str, list[str]]:
    desk = Desk("bombed")
    for number in range(5):
        desk.ask(f"a{number}", "a")
    first = list(desk.sent)
    # What is over its own limit keeps nobody else waiting.
    desk.ask("other", "o")
    for network in "bcdef":
        for number in range(3):
            desk.ask(f"{network}{number}", network)
    full = list(desk.sent)
    desk.ask("honest", "h")
    return {
        "first": first,
        "full": full,
        "soon": desk.release(TEN + timedelta(seconds=20)),
        "next minute": desk.release(TEN + MINUTE),
        "the one after": desk.release(TEN + 2 * MINUTE),
        "next hour": desk.release(TEN + 60 * MINUTE),
        "later": desk.release(TEN + 61 * MINUTE),
    }


def test_what_is_over_a_limit_is_answered_when_it_permits(mailman: Mailman) -> None:
    told = mailman.run(bombed)

    assert told["first"] == ["a0", "a1", "a2"]
    assert told["full"] == ["a0", "a1", "a2", "other", "b0", "b1", "b2", "c0", "c1"]
    assert told["soon"] == []
    # The honest one goes before the second of any other.
    assert told["next minute"][:5] == ["c2", "d0", "e0", "f0", "honest"]
    assert sorted(told["next minute"][5:]) == ["d1", "d2", "e1", "f1"]
    assert told["the one after"] == ["e2", "f2"]
    assert told["next hour"] == ["a3", "a4"]
    assert told["later"] == []


def asked_again() -> tuple[list[str], list[str], list[str]]:
    desk = Desk("again")
    for number in range(3):
        desk.ask(f"x{number}", "a")
    # Somebody of a network that has had its share asks for a reader; so does he.
    desk.ask("reader", "a")
    desk.ask("reader", "b")
    now = list(desk.sent)
    desk.ask("reader", "b", TEN + timedelta(hours=2))
    dropped = desk.release(TEN + timedelta(hours=1))
    return now, desk.sent, dropped


def test_who_was_asked_by_another_way_is_not_asked_again(mailman: Mailman) -> None:
    now, sent, dropped = mailman.run(asked_again)

    assert now == ["x0", "x1", "x2", "reader"]
    assert sent == now
    assert dropped == []


def broken() -> tuple[list[str], list[str], list[str]]:
    from mailman.app.lifecycle import remove_list

    desk = Desk("broken", broken="x9")
    for number in range(3):
        for network in "abc":
            desk.ask(f"{network}{number}", network)
    for name in ("x9", "y9", "z9"):
        desk.ask(name, name)
    sent = desk.release(TEN + MINUTE)
    again = desk.release(TEN + 2 * MINUTE)
    for number in range(4):
        desk.ask(f"late{number}", "late", TEN + 2 * MINUTE)
    remove_list(desk.mlist)
    return sent, again, desk.release(TEN + timedelta(hours=2))


def test_what_cannot_be_sent_is_dropped_and_the_others_go(mailman: Mailman) -> None:
    sent, again, gone = mailman.run(broken)

    assert sent == ["y9", "z9"]
    assert again == []
    assert gone == []


def remembered() -> list[bool]:
    from publisher.mailman_plugin.selfservice.sending import Answer
    from publisher.mailman_plugin.selfservice.waiting import Kind, Request

    list_id = "remembered.lists.cert.example"
    answers = [
        Answer("join", "a@b.example", Request(Kind.JOIN, list_id, "a@b.example")),
        Answer(
            "change",
            "a@b.example",
            Request(Kind.CHANGE, list_id, "a@b.example", "c@d.example", True),
        ),
        Answer("publisher:results", "a@b.example", None, "publisher:help"),
        Answer("x", "a@b.example", text="publisher:x", values={"line": "3"}),
    ]
    return [Answer.load(list_id, each.dump()) == each for each in answers]


def test_what_is_put_off_is_what_was_asked(mailman: Mailman) -> None:
    assert mailman.run(remembered) == [True] * 4


def failing() -> tuple[list[datetime], bool]:
    """Run the periodic work at some times, while the database fails, and after."""
    from mailman.config import config

    from publisher.mailman_plugin.runners import command

    tried: list[datetime] = []
    clock = [TEN]

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            assert tz is UTC
            return clock[0]

    def release(now: datetime) -> None:
        tried.append(now)
        if now < TEN + MINUTE:
            raise OSError("the database is away")

    vars(command).update(datetime=Clock, _release=release)
    runner = command.Commands("command")
    for seconds in (0, 1, 2, 30, 61, 62, 62.5, 63, 10):
        clock[0] = TEN + timedelta(seconds=seconds)
        runner._do_periodic()
    return tried, config.db.store.in_transaction()


def test_a_failure_stops_nothing_and_is_not_tried_each_second(mailman: Mailman) -> None:
    tried, is_open = mailman.run(failing)

    assert [(each - TEN).total_seconds() for each in tried] == [0, 61, 62, 63, 10]
    assert not is_open
