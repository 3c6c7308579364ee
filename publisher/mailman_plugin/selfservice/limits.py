"""How many requests are answered, counted in Mailman's own database.

A request is counted by what it asks for (its kind), for the address that would get an
answer, for where it came from, and for the list. Requests of one kind never use up
those of another: who bombs the join address keeps nobody from leaving.

Each count is of a fixed window of time: a minute, an hour or a day, of UTC. So at the
border of two windows twice as many can pass in a short time, and never more.

The table holds digests, no addresses. In the plugin's configuration:

    limit_address: 3/day
    limit_source: 100/hour
    limit_list: 60/minute
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self, cast

from sqlalchemy import and_
from sqlalchemy.exc import IntegrityError

from publisher.errors import SettingsError
from publisher.mailman_plugin.selfservice.tables import COUNTS

if TYPE_CHECKING:
    from sqlalchemy import CursorResult
    from sqlalchemy.orm import Session

_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"([1-9][0-9]{0,8})/(minute|hour|day)")


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
            msg = f"{text!r} is no rate: write e.g. 3/day, 100/hour or 60/minute"
            raise ValueError(msg)
        return cls(int(found[1]), _SECONDS[found[2]])


@dataclass(frozen=True, slots=True)
class Limits:
    """What is answered at most, of each kind of request."""

    address: Rate = Rate(3, 86400)
    """To one address."""
    source: Rate = Rate(100, 3600)
    """From one host, or one domain where no host is known."""
    mailing_list: Rate = Rate(60, 60)
    """By one list."""

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
    source: str
    list_id: str


def permits(session: Session, limits: Limits, request: Counted, now: datetime) -> bool:
    """Count a request and tell whether it may be answered.

    What is over the limit of its address is not counted for the others: a thousand
    requests for one address do not use up the list's limit. This commits.
    """
    counts = (
        (("address", request.kind, request.address), limits.address),
        (("source", request.kind, request.source), limits.source),
        (("list", request.kind, request.list_id), limits.mailing_list),
    )
    return all(_count(session, name, rate, now) for name, rate in counts)


def prune(session: Session, now: datetime) -> None:
    """Drop the counts of windows that are over."""
    session.execute(COUNTS.delete().where(COUNTS.c.until <= int(now.timestamp())))
    session.commit()


def _count(session: Session, name: tuple[str, ...], rate: Rate, now: datetime) -> bool:
    """Add one to a count, unless it is full, and tell whether it was not."""
    values = {
        "name": sha256("\0".join(name).encode()).hexdigest(),
        "until": (int(now.timestamp()) // rate.seconds + 1) * rate.seconds,
    }
    row = and_(*(COUNTS.c[column] == value for column, value in values.items()))
    try:
        known = session.execute(COUNTS.select().where(row)).first()
        if known is None:
            session.execute(COUNTS.insert().values(number=1, **values))
            session.commit()
            return True
    except IntegrityError:
        # Another runner made it in between.
        session.rollback()
    more = COUNTS.c.number + 1
    free = row & (COUNTS.c.number < rate.number)
    changed = session.execute(COUNTS.update().where(free).values(number=more))
    session.commit()
    return bool(cast("CursorResult[Any]", changed).rowcount)
