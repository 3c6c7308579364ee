"""The plugin's tables in Mailman's own database, and how they change.

`publisher_schema` holds one row: how many of `STEPS` the database has been through.
Each start of Mailman goes through those that are missing, in one transaction: all of
them or none. A database that is ahead of this program is left alone, and no post
passes until the program is as new.

To change a table, append a step; what stands here has been carried out elsewhere and
is never edited. `tests/golden/schema` shows what each step leaves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Column, Integer, MetaData, Table, select
from sqlalchemy.exc import SQLAlchemyError

from publisher.errors import SettingsError
from publisher.mailman_plugin import copies, deliveries, leaving, ledger
from publisher.mailman_plugin.bounces import canaries
from publisher.mailman_plugin.selfservice import tables as selfservice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

logger = logging.getLogger("mailman.plugins")

Step = Callable[["Connection"], None]
"""One change of the database; it runs in a transaction that it does not end."""

_METADATA = MetaData()
_SCHEMA = Table("publisher_schema", _METADATA, Column("version", Integer))
# Mailman's processes start at the same time, and one of them at a time may look what
# there is to do. SQLite allows one writer; the number is PostgreSQL's name of our lock.
_LOCKS = {
    "sqlite": ("PRAGMA busy_timeout = 60000", "BEGIN IMMEDIATE"),
    "postgresql": ("SELECT pg_advisory_xact_lock(7075626)",),
}


def tables(metadata: MetaData) -> Step:
    """Return the step that makes tables, unless they are there already.

    A table that is made by a step is never edited either: what is added to it later is
    added by a later step.
    """

    def make(connection: Connection) -> None:
        metadata.create_all(connection)

    return make


STEPS: Sequence[Step] = (
    # Version 1. A database of the time before there were versions has these tables.
    tables(ledger.METADATA),
    # Version 2.
    tables(deliveries.METADATA),
    # Version 3.
    tables(leaving.METADATA),
    # Version 4.
    tables(selfservice.METADATA),
    # Version 5.
    tables(copies.METADATA),
    # Version 6.
    ledger.add_digests,
    # Version 7.
    tables(canaries.METADATA),
)


def prepare(engine: Engine, steps: Sequence[Step] = STEPS) -> None:
    """Bring the database up to date.

    Raise SettingsError if it is ahead of `steps`, or of a kind that is not supported.
    """
    with _alone(engine) as connection:
        _METADATA.create_all(connection)
        version = connection.execute(select(_SCHEMA.c.version)).scalar()
        if version is None:
            connection.execute(_SCHEMA.insert().values(version=0))
        done = version or 0
        _refuse_newer(done, steps)
        for step in steps[done:]:
            step(connection)
        if done < len(steps):
            connection.execute(_SCHEMA.update().values(version=len(steps)))
            logger.info("publisher: tables brought from %d to %d", done, len(steps))


def check(engine: Engine, steps: Sequence[Step] = STEPS) -> None:
    """Raise SettingsError unless the database is as `prepare` leaves it.

    It looks for itself, beside whatever transaction Mailman is in: another machine, or
    a newer program beside this process, may have changed the tables since the start.
    """
    try:
        with engine.connect() as connection:
            version = connection.execute(select(_SCHEMA.c.version)).scalar()
    except SQLAlchemyError as error:
        [why, *_] = str(error.args[0]).splitlines()
        msg = f"the plugin's tables cannot be read: {why}; restart Mailman"
        raise SettingsError(msg) from error
    _refuse_newer(version or 0, steps)
    if version != len(steps):
        msg = "the plugin's tables are of an older version: restart Mailman"
        raise SettingsError(msg)


def _refuse_newer(version: int, steps: Sequence[Step]) -> None:
    if version > len(steps):
        msg = (
            f"the plugin's tables are of version {version}, and this program knows"
            f" {len(steps)}: install the program that made them, or a newer one"
        )
        raise SettingsError(msg)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Return a connection in a transaction that no other process is in."""
    lock = _LOCKS.get(engine.dialect.name, ())
    if not lock:
        msg = (
            f"Mailman's database is {engine.dialect.name}, where the plugin was never"
            " tried: use PostgreSQL or SQLite"
        )
        raise SettingsError(msg)
    with engine.begin() as connection:
        for statement in lock:
            connection.exec_driver_sql(statement)
        yield connection
