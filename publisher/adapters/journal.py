"""The journal: an SQLite file under `.publisher/` that says what was done in the world.

Every record is on disk before its method returns (`synchronous = EXTRA`: SQLite's
rollback journal, whose removal is the commit, is gone from the folder on the disk,
too), so an intent survives the power cut that comes right after it. Every row carries a
digest over itself. What is damaged is never mended, nor thrown away: it says what was
sent.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.adapters import acts, closed
from publisher.adapters.store import parts
from publisher.errors import ForeignError, OperatorError, WorldError
from publisher.ports import Act, Noted, Outcome

if TYPE_CHECKING:
    from publisher.adapters.clone import Marks
    from publisher.model.chain import Announcement

STEPS: Sequence[Sequence[str]] = (
    (
        "CREATE TABLE record (number INTEGER PRIMARY KEY,"
        " message_id TEXT NOT NULL, outcome TEXT NOT NULL, at TEXT NOT NULL,"
        " advisory TEXT NOT NULL, revision INTEGER NOT NULL,"
        " language TEXT NOT NULL, list TEXT NOT NULL)",
    ),
    (
        "ALTER TABLE record ADD COLUMN detail TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX record_message ON record (message_id, number)",
        "CREATE TABLE act (number INTEGER PRIMARY KEY, act TEXT NOT NULL,"
        " place TEXT NOT NULL, begun TEXT NOT NULL, ended TEXT,"
        " problem TEXT NOT NULL DEFAULT '')",
    ),
    ("ALTER TABLE record ADD COLUMN seconds REAL",),
    ("CREATE TABLE clone (mark TEXT NOT NULL)",),
    (
        "ALTER TABLE record ADD COLUMN seal TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE act ADD COLUMN seal TEXT NOT NULL DEFAULT ''",
        "UPDATE record SET seal = sealed(number, message_id, outcome, at, advisory,"
        " revision, language, list, detail, seconds)",
        "UPDATE act SET seal = sealed(number, act, place, begun, ended, problem)",
    ),
)
"""What makes each version of the file from the one before it."""
_SEALED: Mapping[str, str] = {
    "record": "number, message_id, outcome, at, advisory, revision, language, list,"
    " detail, seconds",
    "act": "number, act, place, begun, ended, problem",
}
"""What the digest of a row is over."""
_DAMAGED = frozenset(
    (0, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
)
"""What SQLite says of a damaged file. Python's own errors, of text that is no UTF-8,
have no number: 0."""
_PATIENCE = 30
"""Seconds that a write of another process is waited for."""


class SqliteJournal:
    """What was done. Each record is on disk before its method returns."""

    def __init__(
        self, file: Path, marks: Marks | None = None, *, adopt: bool = False
    ) -> None:
        """Open or make the journal; one that cannot be read is an error.

        One that says something and does not bear this clone's mark, if there are
        `marks`, is a ForeignError, unless somebody vouches for it with `adopt`: it may
        have come with a commit, and say that mails were sent which nobody got.
        """
        self._file = file
        self._marks = marks
        is_new = not file.exists()
        self._database = self._connected()
        try:
            with self._translated():
                if self._is_foreign() and not adopt:
                    self._throw_away()
                self._database.execute("PRAGMA synchronous = EXTRA")
                self._bring_up_to_date()
                self._require_whole()
                if is_new:
                    closed.sync(file.parent)
        except BaseException:
            self._database.close()
            raise

    def outcomes(self) -> Mapping[str, Outcome]:
        """Return the last outcome of each Message-ID."""
        query = "SELECT message_id, outcome FROM record ORDER BY number"
        with self._translated():
            rows = self._database.execute(query).fetchall()
            return {message_id: Outcome(outcome) for message_id, outcome in rows}

    def records(self, message_id: str) -> Sequence[Noted]:
        """Return all that was written about one mail, oldest first."""
        query = (
            "SELECT outcome, at, detail, seconds FROM record WHERE message_id = ?"
            " ORDER BY number"
        )
        with self._translated():
            return [
                _noted(*row) for row in self._database.execute(query, (message_id,))
            ]

    def recent(self, since: datetime) -> Mapping[str, Sequence[Noted]]:
        """Return all records of the mails of which something was written since then."""
        # Moments are compared as what they are: their texts may be of several zones.
        query = (
            "SELECT message_id, outcome, at, detail, seconds FROM record"
            " WHERE message_id IN (SELECT message_id FROM record"
            " WHERE julianday(at) >= julianday(?)) ORDER BY number"
        )
        found: dict[str, list[Noted]] = {}
        with self._translated():
            for row in self._database.execute(query, (since.isoformat(),)):
                found.setdefault(row[0], []).append(_noted(*row[1:]))
        return found

    def record(
        self,
        announcement: Announcement,
        outcome: Outcome,
        at: datetime,
        detail: str = "",
        seconds: float | None = None,
    ) -> None:
        """Append one record, durably."""
        key = announcement.key
        row = (
            announcement.message_id,
            outcome.value,
            at.isoformat(),
            str(key.id),
            key.revision,
            key.language,
            announcement.mailing_list.address,
            detail,
            seconds,
        )
        self._write(
            "record",
            "INSERT INTO record (message_id, outcome, at, advisory, revision,"
            " language, list, detail, seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        if outcome in (Outcome.DELIVERED, Outcome.DAMAGED):
            where = announcement.mailing_list.address
            acts.note("confirm", str(key), where, outcome.value, seconds or 0.0)

    def settle(self, message_id: str, outcome: Outcome, at: datetime) -> bool:
        """Record what an operator found out; False if the mail is not known."""
        count = self._write(
            "record",
            "INSERT INTO record (message_id, outcome, at, advisory, revision,"
            " language, list, detail) SELECT message_id, ?, ?, advisory, revision,"
            " language, list, 'settled' FROM record WHERE message_id = ?"
            " ORDER BY number DESC LIMIT 1",
            (outcome.value, at.isoformat(), message_id),
        )[0]
        acts.note("settle", message_id, self._file.name, outcome.value)
        return count == 1

    def begin(self, act: str, where: str, at: datetime) -> int:
        """Write that an act begins, and return its number."""
        return self._write(
            "act",
            "INSERT INTO act (act, place, begun) VALUES (?, ?, ?)",
            (act, where, at.isoformat()),
        )[1]

    def end(self, number: int, at: datetime, problem: str = "") -> None:
        """Write that an act is over."""
        self._write(
            "act",
            "UPDATE act SET ended = ?, problem = ? WHERE number = ?",
            (at.isoformat(), problem, number),
            number,
        )

    def last(self, act: str) -> Act | None:
        """Return the newest act of a kind; None if there was none."""
        query = (
            "SELECT place, begun, ended, problem FROM act WHERE act = ?"
            " ORDER BY number DESC LIMIT 1"
        )
        with self._translated():
            row = self._database.execute(query, (act,)).fetchone()
            if row is None:
                return None
            place, begun, ended, problem = row
            over = datetime.fromisoformat(ended) if ended else None
            return Act(place, datetime.fromisoformat(begun), over, problem)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _connected(self) -> sqlite3.Connection:
        with self._translated():
            self._file.parent.mkdir(parents=True, exist_ok=True)
            # Transactions are begun and ended here, also those that change tables.
            database = sqlite3.connect(
                self._file, timeout=_PATIENCE, isolation_level=None
            )
            database.create_function("sealed", -1, _seal, deterministic=True)
            return database

    def _is_foreign(self) -> bool:
        """Tell whether another clone made the journal, or nobody knows which."""
        if self._marks is None or self._version() == 0:
            return False
        return not self._marks.know(self._first("SELECT mark FROM clone"))

    def _throw_away(self) -> None:
        """Begin a journal anew that says nothing; ForeignError if it does."""
        if self._first("SELECT 1 FROM record") or self._first("SELECT 1 FROM act"):
            msg = (
                f"{self._file}: bears no mark of this clone, and what it says is not "
                "believed. If an earlier version of this program made it here, which "
                "marked none, or you brought it from a backup or another machine, run "
                "`publisher adopt`; if not, move it away: the list server knows what "
                "was mailed, if it has the plugin"
            )
            raise ForeignError(msg)
        self._database.close()
        for part in parts(self._file):
            part.unlink(missing_ok=True)
        self._database = self._connected()

    def _first(self, query: str) -> object:
        """Return the first value of an answer; None also where there is no table."""
        try:
            row = self._database.execute(query).fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            return None
        return None if row is None else row[0]

    def _bring_up_to_date(self) -> None:
        if self._version() < len(STEPS):
            self._migrate()
        if self._is_foreign():
            assert self._marks is not None  # noqa: S101  (else none is foreign)
            with self._transaction():
                self._database.execute("DELETE FROM clone")
                mark = (self._marks.own,)
                self._database.execute("INSERT INTO clone VALUES (?)", mark)

    def _migrate(self) -> None:
        with self._transaction():
            # Another process may have done it in between.
            for step in STEPS[self._version() :]:
                for statement in step:
                    self._database.execute(statement)
            self._database.execute(f"PRAGMA user_version = {len(STEPS)}")

    def _version(self) -> int:
        version: int = self._database.execute("PRAGMA user_version").fetchone()[0]
        if version > len(STEPS):
            msg = f"{self._file} is by a newer version of this program: update it"
            raise OperatorError(msg)
        return version

    def _require_whole(self) -> None:
        """Raise OperatorError unless all rows are there, and as they were written."""
        found = self._database.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise self._damaged(found)
        for table, columns in _SEALED.items():
            # No row is ever removed, so their numbers have no gap.
            query = (
                "SELECT coalesce(max(number), 0) - count(*),"  # noqa: S608  (our own)
                f" sum(seal IS NOT sealed({columns})) FROM {table}"
            )
            missing, changed = self._database.execute(query).fetchone()
            if missing or changed:
                what = f"{missing} of {table!r} missing, {changed or 0} changed"
                raise self._damaged(what)

    def _damaged(self, what: str) -> OperatorError:
        return OperatorError(
            f"the journal {self._file} is damaged ({what}): nothing is sent with it: "
            "put it back from a backup; without one, see docs/operating.md on how to "
            "set it aside: what was mailed is in it"
        )

    def _write(
        self,
        table: str,
        statement: str,
        values: Sequence[object],
        number: int | None = None,
    ) -> tuple[int, int]:
        """Change one row, durably; return how many it was, and the number of a new one.

        `number` is that of a row that is there already.
        """
        seal = f"UPDATE {table} SET seal = sealed({_SEALED[table]}) WHERE number = ?"  # noqa: S608  (our own)
        with self._translated(), self._transaction():
            done = self._database.execute(statement, values)
            if done.rowcount:
                self._database.execute(seal, (number or done.lastrowid,))
        return done.rowcount, done.lastrowid or 0

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        # At once with the right to write: two processes cannot both look, then write.
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            # A COMMIT for which there is no room has undone it already.
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            raise self._damaged(str(error)) from error
        except (sqlite3.Error, OSError) as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if isinstance(error, sqlite3.Error) and code in _DAMAGED:
                raise self._damaged(str(error)) from error
            msg = (
                f"the journal {self._file} cannot be used: {error}; nothing is sent "
                "without it"
            )
            raise WorldError(msg) from error


def _seal(*values: object) -> str:
    return blake2b(repr(values).encode(), digest_size=8).hexdigest()


def _noted(outcome: str, at: str, detail: str, seconds: float | None) -> Noted:
    return Noted(Outcome(outcome), datetime.fromisoformat(at), detail, seconds)
