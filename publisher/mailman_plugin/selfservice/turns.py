"""What is put off, and whose turn is next.

What is over a limit now is answered when there is room again. Networks take turns: the
first request of each goes before the second of any. So whoever sends thousands waits
behind himself, and who sends one waits for no more than one of each other network.

A request's turn is known when it comes (as in start-time fair queueing): it is the
lowest that anybody waits for, or the one after the last that its own network waits
for. Nothing is kept about those who do not wait.

There is room for `ROOM` requests of a kind on a list. If it is full, one with the
highest turn gives way to one with a lower turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.exc import IntegrityError

from publisher.mailman_plugin.selfservice.limits import Bound, Counted, Full
from publisher.mailman_plugin.selfservice.origin import Source
from publisher.mailman_plugin.selfservice.tables import PUT_OFF

if TYPE_CHECKING:
    from sqlalchemy import CursorResult, Row
    from sqlalchemy.orm import Session

LIFETIME = timedelta(days=1)
"""How long a request is put off at most."""
ROOM = 10_000
"""How many of a kind can wait on a list."""
_MOST_TURNS = 500
"""How many of them can be one network's."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that is put off."""

    name: str
    counted: Counted
    answer: str
    """What to do, in the words of whoever put it here."""


def is_anybody_due(session: Session, list_id: str, kind: str, now: datetime) -> bool:
    """Tell whether somebody waits for nothing but the list."""
    due = and_(_of(list_id, kind), PUT_OFF.c.due <= _seconds(now))
    return (
        session.execute(select(PUT_OFF.c.name).where(due).limit(1)).first() is not None
    )


def put(
    session: Session,
    counted: Counted,
    answer: str,
    now: datetime,
    full: Full | None = None,
    *,
    room: int = ROOM,
) -> bool:
    """Let a request wait, and tell whether there was room. This commits.

    It waits once for each network that asks the same: so nobody's turn gets worse since
    somebody else asked for him. If a limit of its own is `full`, it is on hold, and
    nobody waits behind it.
    """
    what = "\0".join((counted.list_id, counted.source.network, answer))
    name = sha256(what.encode()).hexdigest()
    same = select(PUT_OFF.c.name).where(PUT_OFF.c.name == name)
    if session.execute(same).first() is not None:
        return True
    turn = _turn(session, counted)
    if turn is None or not _make_room(session, counted, turn, room):
        return False
    is_its_own = full is not None and full.bound is not Bound.LIST
    due = full.until if full is not None and is_its_own else _seconds(now)
    _insert(session, Waiting(name, counted, answer), (turn, _micros(now), due))
    return True


def groups(session: Session, now: datetime) -> Sequence[tuple[str, str]]:
    """Return the lists and kinds of which somebody waits who is not on hold."""
    query = select(PUT_OFF.c.list_id, PUT_OFF.c.kind)
    rows = session.execute(query.where(PUT_OFF.c.due <= _seconds(now)).distinct())
    return [(row.list_id, row.kind) for row in rows]


def following(
    session: Session, list_id: str, kind: str, now: datetime, most: int
) -> Sequence[Waiting]:
    """Return whose turn is next, without those on hold."""
    due = and_(_of(list_id, kind), PUT_OFF.c.due <= _seconds(now))
    query = PUT_OFF.select().where(due).order_by(PUT_OFF.c.turn, PUT_OFF.c.asked)
    return [_waiting(row) for row in session.execute(query.limit(most))]


def hold(session: Session, counted: Counted, full: Full) -> None:
    """Pass over all of a host or a network until its own limit begins anew."""
    source, everybody = counted.source, _of(counted.list_id, counted.kind)
    if full.bound is Bound.HOST:
        same = and_(everybody, PUT_OFF.c.host == source.host)
    else:
        same = and_(everybody, PUT_OFF.c.network == source.network)
    session.execute(PUT_OFF.update().where(same).values(due=full.until))
    session.commit()


def take(session: Session, name: str) -> bool:
    """Take a request out; tell whether it was there, for another runner may have it."""
    gone = session.execute(PUT_OFF.delete().where(PUT_OFF.c.name == name))
    return bool(cast("CursorResult[Any]", gone).rowcount)


def prune(session: Session, now: datetime) -> int:
    """Drop what has waited for too long, and return how many those were.

    So is dropped what came while the clock was ahead: it would wait until then.
    """
    asked = PUT_OFF.c.asked
    late = or_(asked <= _micros(now - LIFETIME), asked > _micros(now + LIFETIME))
    gone = session.execute(PUT_OFF.delete().where(late))
    session.commit()
    return int(cast("CursorResult[Any]", gone).rowcount)


def _turn(session: Session, counted: Counted) -> int | None:
    """Return which turn a request gets; None if its network waits for too many."""
    everybody = _of(counted.list_id, counted.kind)
    lowest = select(func.min(PUT_OFF.c.turn)).where(everybody)
    first = session.execute(lowest).scalar() or 0
    mine = and_(everybody, PUT_OFF.c.network == counted.source.network)
    last = session.execute(select(func.max(PUT_OFF.c.turn)).where(mine)).scalar()
    turn = first if last is None else max(first, last + 1)
    return None if turn - first >= _MOST_TURNS else turn


def _make_room(session: Session, counted: Counted, turn: int, room: int) -> bool:
    everybody = _of(counted.list_id, counted.kind)
    number = session.execute(
        select(func.count()).select_from(PUT_OFF).where(everybody)
    ).scalar_one()
    if number < room:
        return True
    worst = PUT_OFF.select().where(everybody)
    worst = worst.order_by(PUT_OFF.c.turn.desc(), PUT_OFF.c.asked.desc()).limit(1)
    row = session.execute(worst).first()
    return row is not None and row.turn > turn and take(session, row.name)


def _insert(session: Session, waiting: Waiting, when: tuple[int, int, int]) -> None:
    counted, (turn, asked, due) = waiting.counted, when
    values = {
        "name": waiting.name,
        "list_id": counted.list_id,
        "kind": counted.kind,
        "email": counted.address,
        "host": counted.source.host,
        "network": counted.source.network,
        "turn": turn,
        "asked": asked,
        "due": due,
        "answer": waiting.answer,
    }
    try:
        session.execute(PUT_OFF.insert().values(values))
        session.commit()
    except IntegrityError:
        # Another runner has put off the very same.
        session.rollback()


def _waiting(row: Row[Any]) -> Waiting:
    source = Source(row.host, row.network)
    return Waiting(
        row.name, Counted(row.kind, row.email, source, row.list_id), row.answer
    )


def _of(list_id: str, kind: str) -> ColumnElement[bool]:
    return and_(PUT_OFF.c.list_id == list_id, PUT_OFF.c.kind == kind)


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _micros(at: datetime) -> int:
    return _seconds(at) * 1_000_000 + at.microsecond
