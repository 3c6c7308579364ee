"""How many requests are answered, counted in Mailman's own database.

A request is counted by what it asks for (its kind), for the address that would get an
answer, for the host and for the network where it came from, and for the list. Requests
of one kind never use up those of another: who bombs the join address keeps nobody from
leaving. No network gets more than a third of what a list answers, whatever is set.

Each count is of a fixed window of time: a minute, an hour or a day, of UTC. So at the
border of two windows twice as many can pass in a short time, and never more.

The table holds digests, no addresses. In the plugin's configuration:

    limit_address: 3/day
    limit_source: 30/hour
    limit_list: 60/minute
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self, cast

from sqlalchemy import and_, select
from sqlalchemy.exc import IntegrityError

from publisher.errors import SettingsError
from publisher.mailman_plugin.selfservice.origin import Source
from publisher.mailman_plugin.selfservice.tables import COUNTS

if TYPE_CHECKING:
    from sqlalchemy import CursorResult
    from sqlalchemy.orm import Session

_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"([1-9][0-9]{0,8})/(minute|hour|day)")
_SHARES = 3
"""So many networks, at the least, are needed to use up what a list answers."""
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Rate:
    """How many in which time."""

    number: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the rate that `text` is, e.g. `3/day`, or raise ValueError."""
        found = _RATE.fullmatch("".join(text.split()))
        if found is None:
            msg = f"{text!r} is no rate: write e.g. 3/day, 30/hour or 60/minute"
            raise ValueError(msg)
        return cls(int(found[1]), _SECONDS[found[2]])


@dataclass(frozen=True, slots=True)
class Limits:
    """What is answered at most, of each kind of request."""

    address: Rate = Rate(3, 86400)
    """To one address."""
    source: Rate = Rate(30, 3600)
    """From one host, or one domain where no host is known."""
    mailing_list: Rate = Rate(60, 60)
    """By one list."""

    @property
    def share(self) -> Rate:
        """What one list answers to one network."""
        number = max(1, self.mailing_list.number // _SHARES)
        return Rate(number, self.mailing_list.seconds)

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Self:
        """Return the limits in the plugin's configuration, or raise SettingsError."""
        names = {
            "limit_address": "address",
            "limit_source": "source",
            "limit_list": "mailing_list",
        }
        try:
            given = {
                field: Rate.parse(values[name])
                for name, field in names.items()
                if name in values
            }
        except ValueError as error:
            msg = f"the plugin's configuration: a limit cannot be used: {error}"
            raise SettingsError(msg) from error
        return cls(**given)


@dataclass(frozen=True, slots=True)
class Counted:
    """One request, as it is counted."""

    kind: str
    address: str
    """Who would get an answer."""
    source: Source
    list_id: str


class Bound(StrEnum):
    """What a limit is for."""

    ADDRESS = "address"
    HOST = "source"
    NETWORK = "network"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Full:
    """The limit that a request is over."""

    bound: Bound
    until: int
    """When it begins anew, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class _Window:
    """One limit at one time."""

    bound: Bound
    name: str
    until: int
    most: int


def permits(
    session: Session, limits: Limits, request: Counted, now: datetime
) -> Full | None:
    """Count a request; or count nothing, and return the first limit that it is over.

    The address comes first: a thousand requests for one address do not use up the
    list's limit. This commits.
    """
    windows = _windows(limits, request, int(now.timestamp()))
    for _ in range(_TRIES):
        over = _over(session, windows)
        if over is not None:
            return over
        try:
            missed = [each for each in windows if not _count(session, each)]
        except IntegrityError:
            # Another runner began the same count in between.
            session.rollback()
            continue
        if not missed:
            session.commit()
            return None
        session.rollback()
    # Others count all the time; that is what a full list looks like.
    return Full(Bound.LIST, windows[-1].until)


def prune(session: Session, now: datetime) -> None:
    """Drop the counts of windows that are over."""
    session.execute(COUNTS.delete().where(COUNTS.c.until <= int(now.timestamp())))
    session.commit()


def _windows(limits: Limits, request: Counted, now: int) -> Sequence[_Window]:
    kind, source, list_id = request.kind, request.source, request.list_id
    counts: tuple[tuple[Bound, Rate, tuple[str, ...]], ...] = (
        (Bound.ADDRESS, limits.address, (request.address,)),
        (Bound.HOST, limits.source, (source.host,)),
        (Bound.NETWORK, limits.share, (list_id, source.network)),
        (Bound.LIST, limits.mailing_list, (list_id,)),
    )
    return [
        _Window(
            bound,
            sha256("\0".join((bound, kind, *what)).encode()).hexdigest(),
            (now // rate.seconds + 1) * rate.seconds,
            rate.number,
        )
        for bound, rate, what in counts
    ]


def _over(session: Session, windows: Sequence[_Window]) -> Full | None:
    """Return the first limit that is reached. This writes nothing, so it is quick."""
    names = COUNTS.c.name.in_([each.name for each in windows])
    query = select(COUNTS.c.name, COUNTS.c.until, COUNTS.c.number).where(names)
    known = {(row.name, row.until): row.number for row in session.execute(query)}
    for each in windows:
        if known.get((each.name, each.until), 0) >= each.most:
            return Full(each.bound, each.until)
    return None


def _count(session: Session, window: _Window) -> bool:
    """Add one to a count, unless it is full, and tell whether it was not."""
    values = {"name": window.name, "until": window.until}
    row = and_(*(COUNTS.c[column] == value for column, value in values.items()))
    more = COUNTS.c.number + 1
    free = row & (COUNTS.c.number < window.most)
    changed = session.execute(COUNTS.update().where(free).values(number=more))
    if cast("CursorResult[Any]", changed).rowcount:
        return True
    if session.execute(COUNTS.select().where(row)).first() is not None:
        return False
    session.execute(COUNTS.insert().values(number=1, **values))
    return True
