"""What became of each post: how many got it, wait for it, or cannot be reached.

A *run* is one attempt to deliver one message to some recipients: the first one to all,
each later one to those who were deferred. It goes through its recipients in parts, and
each part is recorded when the server has answered for it, in a row of its own. Within a
part, a file says who has got the mail (`trail`).

If Mailman is killed in the middle, it takes the message up again for the same
recipients. That is the same run, known by a digest of them: the parts that are recorded
are not sent again, and their failures are told again, since nobody had heard of them;
of the part that was under way, those get it who are not in the file. What remains is
the one mail for which the server was about to answer: whether it was taken, nobody
knows (RFC 1047), and it is sent again. A run that is complete and reached nobody is
another matter: it is tried anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mailman.config import config
from sqlalchemy import Column, Integer, MetaData, String, Table, Text, and_, func

from publisher.mailman_plugin import configuration, database
from publisher.mailman_plugin.ledger import digest
from publisher.mailman_plugin.trail import Trail

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Executable, Row
    from sqlalchemy.orm import Session

    from publisher.mailman_plugin.smtp import Refused

METADATA = MetaData()
"""The table, which `schema` makes."""
_DELIVERIES = Table(
    "publisher_delivery",
    METADATA,
    Column("list_id", String(255), primary_key=True),
    Column("message", String(64), primary_key=True),
    Column("run", String(64), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("delivered", Integer, nullable=False),
    Column("deferred", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    # Addresses, for as long as a crash could need them.
    Column("failures", Text, nullable=False),
    Column("at", String(32), nullable=False),
)
_KEPT = timedelta(days=7)
_EXCEEDED_STORAGE = 552


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of a message, in recipients."""

    delivered: int
    """The MTA has taken the mail for them."""
    deferred: int
    """Mailman tries again; it gives up after `delivery_retry_period`."""
    refused: int
    """The MTA refused them for good; Mailman counts it as a bounce."""


def is_permanent(code: int) -> bool:
    """Tell whether an answer is for good, by the rule of Mailman's own delivery.

    552 is not: old servers say it of too many recipients (RFC 5321, section
    4.5.3.1.10).
    """
    return code >= 500 and code != _EXCEEDED_STORAGE


def counts(session: Session, list_id: str, message_id: str) -> Counts | None:
    """Return what became of a message; None if its delivery was not begun."""
    return counts_of(session, list_id, digest(message_id))


def counts_of(session: Session, list_id: str, name: str) -> Counts | None:
    """Return what became of a message; `name` is the digest of its Message-ID."""
    columns = (_DELIVERIES.c.delivered, _DELIVERIES.c.deferred, _DELIVERIES.c.refused)
    sums = [func.sum(column).label(column.name) for column in columns]
    query = (
        _DELIVERIES.select()
        .with_only_columns(*sums)
        .where(_DELIVERIES.c.list_id == list_id)
        .where(_DELIVERIES.c.message == name)
        .group_by(_DELIVERIES.c.run)
    )
    runs = list(session.execute(query))
    if not runs:
        return None
    # Each run has fewer recipients than the one before it.
    last = min(runs, key=lambda run: run.delivered + run.deferred + run.refused)
    return Counts(
        delivered=sum(run.delivered for run in runs),
        deferred=last.deferred,
        refused=sum(run.refused for run in runs),
    )


class Progress:
    """How far a run is. Without the database, it goes on unrecorded."""

    def __init__(
        self, list_id: str, message_id: str, recipients: Iterable[str]
    ) -> None:
        """`recipients` are in the order in which the parts are made of them."""
        self._list_id = list_id
        self._message = digest(message_id)
        self._run = digest("\n".join(recipients))
        name = digest(f"{list_id} {self._message} {self._run}")
        self.trail = Trail(configuration.home() / "trails" / name)

    def done(self, parts: int) -> dict[int, Refused]:
        """Return the failures of each part that is over; there are `parts` of them."""
        rows: Sequence[Row[Any]] = ()
        with database.safely("what was sent before a crash is sent again"):
            rows = self._rows()
            if len(rows) == parts and not any(row.delivered for row in rows):
                self._execute(_DELIVERIES.delete().where(self._own))
                rows = ()
        return {row.part: _failures(row.failures) for row in rows}

    def record(self, part: int, total: int, refused: Refused) -> None:
        """Record that a part of `total` recipients is over."""
        permanent = sum(is_permanent(code) for code, _ in refused.values())
        values = {
            "list_id": self._list_id,
            "message": self._message,
            "run": self._run,
            "part": part,
            "delivered": total - len(refused),
            "deferred": len(refused) - permanent,
            "refused": permanent,
            "failures": json.dumps(refused) if refused else "",
            "at": _moment(timedelta()),
        }
        with database.safely("the count of deliveries is too small"):
            self._execute(_DELIVERIES.insert().values(values))

    def end(self) -> None:
        """Note that the run is over: all of its parts are recorded."""
        self.trail.end()

    def _rows(self) -> Sequence[Row[Any]]:
        """Return what is recorded of this run, and forget addresses of old ones."""
        old = and_(_DELIVERIES.c.at < _moment(_KEPT), _DELIVERIES.c.failures != "")
        self._execute(_DELIVERIES.update().where(old).values(failures=""))
        return list(config.db.store.execute(_DELIVERIES.select().where(self._own)))

    def _execute(self, statement: Executable) -> None:
        config.db.store.execute(statement)
        config.db.store.commit()

    @property
    def _own(self) -> ColumnElement[bool]:
        return and_(
            _DELIVERIES.c.list_id == self._list_id,
            _DELIVERIES.c.message == self._message,
            _DELIVERIES.c.run == self._run,
        )


def _failures(text: str) -> Refused:
    told = json.loads(text) if text else {}
    return {address: (code, why) for address, (code, why) in told.items()}


def _moment(ago: timedelta) -> str:
    return (datetime.now(UTC) - ago).isoformat(timespec="seconds")
