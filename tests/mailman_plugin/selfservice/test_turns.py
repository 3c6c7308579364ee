"""Whose turn is next among those who were put off, in both databases."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from publisher.mailman_plugin import schema
from publisher.mailman_plugin.selfservice import tables, turns
from publisher.mailman_plugin.selfservice.limits import Bound, Counted, Full
from publisher.mailman_plugin.selfservice.origin import Source

NOW = datetime(2026, 11, 20, 10, 0, 30, tzinfo=UTC)
LIST = "announce.lists.cert.example"
JOIN = "join"
_ticks = itertools.count()


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    schema.prepare(database)
    with Session(database) as made:
        yield made


def asked(name: str, network: str, host: str = "", kind: str = JOIN) -> Counted:
    return Counted(kind, f"{name}@home.example", Source(host or network, network), LIST)


def put(
    session: Session, name: str, network: str, *, room: int = 100, **more: str
) -> bool:
    counted = asked(name, network, **more)
    at = NOW + timedelta(microseconds=next(_ticks))
    return turns.put(session, counted, f"ask {name}", at, room=room)


def following(session: Session, most: int = 100, now: datetime = NOW) -> list[str]:
    found = turns.following(session, LIST, JOIN, now, most)
    return [each.answer.removeprefix("ask ") for each in found]


def served(session: Session, number: int) -> list[str]:
    """Serve as many as one minute's limit permits."""
    found = turns.following(session, LIST, JOIN, NOW, number)
    for each in found:
        turns.take(session, each.name)
    session.commit()
    return [each.answer.removeprefix("ask ") for each in found]


def test_networks_take_turns(session: Session) -> None:
    for name in ("x1", "x2", "x3", "y1", "y2", "z1"):
        put(session, name, name[0])

    assert following(session) == ["x1", "y1", "z1", "x2", "y2", "x3"]
    assert following(session, 2) == ["x1", "y1"]


def test_who_comes_last_waits_for_one_of_each_other_network(session: Session) -> None:
    for number in range(30):
        put(session, f"bomb{number}", f"net{number % 3}")

    put(session, "honest", "home")

    assert following(session).index("honest") == 3


def test_who_was_served_does_not_push_in_again_and_again(session: Session) -> None:
    for number in range(5):
        put(session, f"first{number}", f"net{number}")
    put(session, "honest", "home")

    for minute in range(5):
        assert "honest" not in served(session, 1)
        put(session, f"more{minute}", f"net{minute}")

    assert served(session, 1) == ["honest"]


def test_a_bombing_that_goes_on_does_not_keep_an_honest_one_out(
    session: Session,
) -> None:
    for number in range(40):
        put(session, f"bomb{number}", f"net{number % 10}")

    assert put(session, "honest", "home")
    for minute in range(3):
        for number in range(10):
            put(session, f"wave{minute}-{number}", f"net{number % 10}")
        if "honest" in served(session, 6):
            break

    assert minute == 1


def test_a_full_room_drops_of_who_waits_for_most(session: Session) -> None:
    for number in range(9):
        assert put(session, f"bomb{number}", "bomber", room=10)
    assert put(session, "other", "else", room=10)

    assert not put(session, "bomb9", "bomber", room=10)
    assert put(session, "honest", "home", room=10)

    left = following(session)
    assert len(left) == 10
    assert "bomb8" not in left
    assert {"bomb0", "other", "honest"} <= set(left)


def test_a_room_full_of_equals_takes_no_more(session: Session) -> None:
    for number in range(10):
        put(session, f"bomb{number}", f"net{number}", room=10)

    assert not put(session, "late", "home", room=10)
    assert put(session, "leave", "home", room=10, kind="leave")


def test_one_network_waits_for_so_many(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_MOST_TURNS", 8)

    results = [put(session, f"bomb{number}", "bomber") for number in range(10)]

    assert results == [True] * 8 + [False] * 2
    assert put(session, "honest", "home")


def test_who_is_asked_for_by_somebody_else_keeps_his_own_turn(session: Session) -> None:
    for number in range(5):
        put(session, f"bomb{number}", "bomber")
    put(session, "victim", "bomber")

    put(session, "victim", "home")
    put(session, "victim", "home")

    assert following(session).count("victim") == 2
    assert following(session)[1] == "victim"


@pytest.mark.parametrize(
    ("bound", "left"),
    [(Bound.HOST, ["c", "b"]), (Bound.NETWORK, ["c"])],
)
def test_who_is_over_his_own_limit_is_passed_over_until_it_begins_anew(
    session: Session, bound: Bound, left: list[str]
) -> None:
    put(session, "a", "net", host="host1")
    put(session, "b", "net", host="host2")
    put(session, "c", "home")
    until = int(NOW.timestamp()) + 60

    turns.hold(session, asked("a", "net", "host1"), Full(bound, until))

    assert following(session) == left
    assert turns.is_anybody_due(session, LIST, JOIN, NOW)
    assert turns.groups(session, NOW) == [(LIST, JOIN)]
    # The same network's second comes in its second turn.
    assert following(session, now=NOW + timedelta(minutes=1)) == ["a", "c", "b"]


def test_nobody_is_due_while_all_are_held(session: Session) -> None:
    put(session, "a", "net")
    until = int(NOW.timestamp()) + 60

    turns.hold(session, asked("a", "net"), Full(Bound.HOST, until))

    assert not turns.is_anybody_due(session, LIST, JOIN, NOW)
    assert turns.groups(session, NOW) == []


@pytest.mark.parametrize("bound", [Bound.HOST, Bound.NETWORK])
def test_nobody_waits_behind_who_is_over_his_own_limit(
    session: Session, bound: Bound
) -> None:
    until = int(NOW.timestamp()) + 60

    turns.put(session, asked("a", "net"), "ask a", NOW, Full(bound, until))

    assert not turns.is_anybody_due(session, LIST, JOIN, NOW)
    assert turns.is_anybody_due(session, LIST, JOIN, NOW + timedelta(minutes=1))
    turns.put(session, asked("b", "home"), "ask b", NOW, Full(Bound.LIST, until))
    assert following(session) == ["b"]


def test_what_waited_is_taken_once(session: Session) -> None:
    put(session, "a", "net")
    [first] = turns.following(session, LIST, JOIN, NOW, 1)

    assert first.counted == asked("a", "net")
    assert turns.take(session, first.name)
    assert not turns.take(session, first.name)


def test_nobody_waits_for_more_than_a_day(session: Session) -> None:
    put(session, "a", "net")

    assert turns.prune(session, NOW + timedelta(hours=23)) == 0
    assert turns.prune(session, NOW + timedelta(hours=25)) == 1
    assert following(session) == []


def test_what_came_while_the_clock_was_ahead_does_not_wait_until_then(
    session: Session,
) -> None:
    put(session, "a", "net")

    assert turns.prune(session, NOW - timedelta(hours=23)) == 0
    assert turns.prune(session, NOW - timedelta(days=365)) == 1


def test_putting_off_takes_no_longer_the_more_wait() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        tables.METADATA.create_all(connection)
        tables.separate(connection)
    spent = []
    with Session(engine) as session:
        for waiting in (0, 2000, 8000):
            fill(session, waiting)
            started = time.process_time()
            for number in range(40):
                put(session, f"{waiting}-{number}", f"net{number}", room=100_000)
            turns.following(session, LIST, JOIN, NOW + timedelta(seconds=1), 20)
            spent.append(time.process_time() - started)

    assert max(spent) < 4 * max(spent[0], 0.05)


def fill(session: Session, number: int) -> None:
    """Have so many wait, of as many networks."""
    one = {"list_id": LIST, "kind": JOIN, "email": "", "answer": "", "turn": 0}
    rows = [
        {**one, "name": f"{number}-{each}", "host": "", "network": f"{number}-{each}"}
        | {"asked": 0, "due": 0}
        for each in range(number)
    ]
    if rows:
        session.execute(tables.PUT_OFF.insert(), rows)
        session.commit()
