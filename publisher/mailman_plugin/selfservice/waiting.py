"""What waits for an answer by mail: requests to confirm, and changes to undo.

They are kept in a table of our own and not among Mailman's, where each new request
would make Mailman read all others of the list, and where every address that somebody
made up would become a user.

Each is kept under its token until it is answered or its time is over, whatever else is
asked for in the meantime. So nobody can undo a request by making another one: of the
same kind, for the same address, or even the very same. `limits` says how many there
can be.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_

from publisher.mailman_plugin.selfservice.tables import QUESTIONS
from publisher.model import days

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.orm import Session

AGAIN_AFTER = timedelta(days=1)
"""A request that is repeated within this time sends nothing."""
LIFETIME = timedelta(days=days.CONFIRM)
"""How long a request can be confirmed, as Mailman has it for its own."""
UNDO_LIFETIME = timedelta(days=days.UNDO)
"""How long a change of address can be undone."""


class Kind(StrEnum):
    """What a token is for."""

    JOIN = "join"
    LEAVE = "leave"
    CHANGE = "change"
    LANGUAGE = "language"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for, about one address on one list."""

    kind: Kind
    list_id: str
    email: str
    """Who has got the token and may answer, in lower case."""
    other: str = ""
    """The other address of a change, or the list of another language."""
    everywhere: bool = False
    """Whether a change is meant for all lists."""
    moved: tuple[str, ...] = ()
    """What to undo: the lists where the new address took the place of the old one."""
    joined: tuple[str, ...] = ()
    """What to undo: the lists that the new address had before."""

    @property
    def details(self) -> str:
        """Write what is not in columns of its own."""
        return json.dumps(
            {
                "other": self.other,
                "everywhere": self.everywhere,
                "moved": self.moved,
                "joined": self.joined,
            },
            sort_keys=True,
        )


def is_fresh(session: Session, request: Request, now: datetime) -> bool:
    """Tell whether the very same was asked for, and a mail sent, within a day.

    What was sent much later than now was so while the clock was wrong.
    """
    fresh = and_(
        _is(request),
        QUESTIONS.c.sent > _seconds(now - AGAIN_AFTER),
        QUESTIONS.c.sent < _seconds(now + AGAIN_AFTER),
        QUESTIONS.c.until > _seconds(now),
    )
    return session.execute(QUESTIONS.select().where(fresh)).first() is not None


def add(session: Session, request: Request, now: datetime) -> str:
    """Return the token of a request. Older ones count as they did."""
    # Mailman's own tokens are made of a random float; these stand for a subscription.
    token = secrets.token_hex(20)
    lifetime = UNDO_LIFETIME if request.kind is Kind.UNDO else LIFETIME
    values = {
        "list_id": request.list_id,
        "kind": str(request.kind),
        "email": request.email,
        "token": token,
        "details": request.details,
        "sent": _seconds(now),
        "until": _seconds(now + lifetime),
    }
    session.execute(QUESTIONS.insert().values(values))
    return token


def find(session: Session, list_id: str, token: str, now: datetime) -> Request | None:
    """Return the request of a token that counts."""
    found = and_(QUESTIONS.c.token == token, QUESTIONS.c.list_id == list_id)
    row = session.execute(QUESTIONS.select().where(found)).first()
    return None if row is None or row.until <= _seconds(now) else _request(row)


def drop(session: Session, request: Request) -> None:
    """Forget a request: no token for the very same counts again."""
    session.execute(QUESTIONS.delete().where(_is(request)))


def prune(session: Session, now: datetime) -> None:
    """Drop what nobody confirmed in time, and what can no longer be undone."""
    session.execute(QUESTIONS.delete().where(QUESTIONS.c.until <= _seconds(now)))
    session.commit()


def _request(row: Row[Any]) -> Request:
    details = json.loads(row.details)
    return Request(
        Kind(row.kind),
        row.list_id,
        row.email,
        other=details["other"],
        everywhere=details["everywhere"],
        moved=tuple(details["moved"]),
        joined=tuple(details["joined"]),
    )


def _is(request: Request) -> ColumnElement[bool]:
    return and_(
        QUESTIONS.c.list_id == request.list_id,
        QUESTIONS.c.kind == str(request.kind),
        QUESTIONS.c.email == request.email,
        QUESTIONS.c.details == request.details,
    )


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
