"""The cache and the journal: two SQLite files under `.publisher/`."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import OperatorError, WorldError
from publisher.ports import Outcome

if TYPE_CHECKING:
    from publisher.model.chain import Announcement

_CACHE_VERSION = 1
_JOURNAL_VERSION = 1
_MANY = 500
"""Values in one statement; SQLite allows at least 999."""


class SqliteCache:
    """A table of results by kind and key; losing it costs time and nothing else."""

    def __init__(self, file: Path) -> None:
        """Open or make the cache; one that cannot be read is thrown away."""
        self._file = file
        try:
            self._database = self._open()
        except sqlite3.OperationalError as error:
            # Locked, or no room: nothing is wrong with what is in it.
            msg = f"the cache {file} cannot be used now: {error}"
            raise WorldError(msg) from error
        except sqlite3.DatabaseError:
            file.unlink(missing_ok=True)
            self._database = self._open()

    def get(self, kind: str, keys: Sequence[str] | None = None) -> Mapping[str, str]:
        """Return what is known under `keys`; None: everything of this kind."""
        if keys is None:
            query = "SELECT key, value FROM entry WHERE kind = ?"
            return dict(self._database.execute(query, (kind,)))
        found: dict[str, str] = {}
        for start in range(0, len(keys), _MANY):
            part = keys[start : start + _MANY]
            marks = ", ".join("?" * len(part))
            query = f"SELECT key, value FROM entry WHERE kind = ? AND key IN ({marks})"  # noqa: S608  (only marks)
            found.update(self._database.execute(query, (kind, *part)))
        return found

    def put(self, kind: str, entries: Mapping[str, str]) -> None:
        """Remember `entries` in one transaction."""
        rows = [(kind, key, value) for key, value in entries.items()]
        with self._database as database:
            database.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", rows)

    def drop(self, kind: str, keys: Sequence[str]) -> None:
        """Forget entries."""
        with self._database as database:
            rows = [(kind, key) for key in keys]
            database.executemany("DELETE FROM entry WHERE kind = ? AND key = ?", rows)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _open(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._file, timeout=30)
        try:
            _require_version(database)
            with database:
                database.execute("PRAGMA journal_mode = WAL")
                # A cache may lose its last writes, as long as it stays readable.
                database.execute("PRAGMA synchronous = NORMAL")
                database.execute(f"PRAGMA user_version = {_CACHE_VERSION}")
                database.execute(
                    "CREATE TABLE IF NOT EXISTS entry (kind TEXT, key TEXT, value TEXT,"
                    " PRIMARY KEY (kind, key)) WITHOUT ROWID"
                )
        except BaseException:
            database.close()
            raise
        return database


def _require_version(database: sqlite3.Connection) -> None:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version not in (0, _CACHE_VERSION):
        msg = "another version made this cache"
        raise sqlite3.DatabaseError(msg)


class SqliteJournal:
    """What was pushed. Each record is on disk before `record` returns."""

    def __init__(self, file: Path) -> None:
        """Open or make the journal; one that cannot be read is an error."""
        self._file = file
        with self._translated():
            file.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(file, timeout=30)
        try:
            self._prepare()
        except BaseException:
            self._database.close()
            raise

    def _prepare(self) -> None:
        with self._translated(), self._database as database:
            (version,) = database.execute("PRAGMA user_version").fetchone()
        if version not in (0, _JOURNAL_VERSION):
            msg = f"{self._file} is by a newer version of this program: update it"
            raise OperatorError(msg)
        with self._translated(), self._database as database:
            database.execute("PRAGMA synchronous = FULL")
            database.execute(f"PRAGMA user_version = {_JOURNAL_VERSION}")
            database.execute(
                "CREATE TABLE IF NOT EXISTS record (number INTEGER PRIMARY KEY,"
                " message_id TEXT NOT NULL, outcome TEXT NOT NULL, at TEXT NOT NULL,"
                " advisory TEXT NOT NULL, revision INTEGER NOT NULL,"
                " language TEXT NOT NULL, list TEXT NOT NULL)"
            )

    def outcomes(self) -> Mapping[str, Outcome]:
        """Return the last outcome of each Message-ID."""
        query = "SELECT message_id, outcome FROM record ORDER BY number"
        with self._translated():
            rows = self._database.execute(query).fetchall()
        return {message_id: Outcome(outcome) for message_id, outcome in rows}

    def record(
        self, announcement: Announcement, outcome: Outcome, at: datetime
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
        )
        with self._translated(), self._database as database:
            database.execute(
                "INSERT INTO record (message_id, outcome, at, advisory, revision,"
                " language, list) VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )

    def settle(self, message_id: str, outcome: Outcome, at: datetime) -> bool:
        """Record what an operator found out; False if the mail is not known."""
        with self._translated(), self._database as database:
            done = database.execute(
                "INSERT INTO record (message_id, outcome, at, advisory, revision,"
                " language, list) SELECT message_id, ?, ?, advisory, revision,"
                " language, list FROM record WHERE message_id = ?"
                " ORDER BY number DESC LIMIT 1",
                (outcome.value, at.isoformat(), message_id),
            )
        return done.rowcount == 1

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            msg = (
                f"the journal {self._file} cannot be used: {error}; nothing is sent "
                "without it"
            )
            raise WorldError(msg) from error
