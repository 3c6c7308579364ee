"""The cache: an SQLite file under `.publisher/` that can be lost."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from publisher.adapters.clone import Marks
from publisher.errors import WorldError

_CACHE_VERSION = 3
_CLONE = "clone"
"""The kind of the one entry that says which clone made the file."""
_MANY = 500
"""Values in one statement; SQLite allows at least 999."""


class SqliteCache:
    """A table of results by kind and key; losing it costs time and nothing else."""

    def __init__(self, file: Path, marks: Marks | None = None) -> None:
        """Open or make the cache; one that cannot be read is thrown away.

        So is one that does not bear this clone's mark, if there are `marks`: whatever
        it says, it was not found out here.
        """
        self._file = file
        self._marks = marks
        try:
            self._database = self._open()
        except sqlite3.OperationalError as error:
            # Locked, or no room: nothing is wrong with what is in it.
            msg = f"the cache {file} cannot be used now: {error}"
            raise WorldError(msg) from error
        except sqlite3.DatabaseError:
            # What lies beside it would be taken for its last writes.
            for part in parts(file):
                part.unlink(missing_ok=True)
            self._database = self._open()

    def get(self, kind: str, keys: Sequence[str] | None = None) -> Mapping[str, str]:
        """Return what is known under `keys`; None: everything of this kind."""
        if keys is None:
            query = "SELECT key, value FROM entry WHERE kind = ?"
            with self._translated():
                return dict(self._database.execute(query, (kind,)))
        found: dict[str, str] = {}
        for start in range(0, len(keys), _MANY):
            part = keys[start : start + _MANY]
            marks = ", ".join("?" * len(part))
            query = f"SELECT key, value FROM entry WHERE kind = ? AND key IN ({marks})"  # noqa: S608  (only marks)
            with self._translated():
                found.update(self._database.execute(query, (kind, *part)))
        return found

    def put(self, kind: str, entries: Mapping[str, str]) -> None:
        """Remember `entries` in one transaction."""
        rows = [(kind, key, value) for key, value in entries.items()]
        with self._translated(), self._database as database:
            database.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", rows)

    def drop(self, kind: str, keys: Sequence[str]) -> None:
        """Forget entries."""
        with self._translated(), self._database as database:
            rows = [(kind, key) for key in keys]
            database.executemany("DELETE FROM entry WHERE kind = ? AND key = ?", rows)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            msg = (
                f"the cache {self._file} cannot be used: {error}: see that there is "
                "room on the disk; if there is, delete it, and try again"
            )
            raise WorldError(msg) from error

    def _require_ours(self, database: sqlite3.Connection) -> None:
        """Mark a cache that is new; sqlite3.DatabaseError for another clone's."""
        if self._marks is None:
            return
        mark = "SELECT value FROM entry WHERE kind = ? AND key = ''"
        row = database.execute(mark, (_CLONE,)).fetchone()
        if row is not None and self._marks.know(row[0]):
            return
        if database.execute("SELECT 1 FROM entry LIMIT 1").fetchone():
            msg = "another clone made this cache"
            raise sqlite3.DatabaseError(msg)
        entry = (_CLONE, "", self._marks.own)
        # Another process may do the same at this moment.
        database.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", entry)

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
                self._require_ours(database)
        except BaseException:
            database.close()
            raise
        return database


def parts(file: Path) -> list[Path]:
    """Return the files that SQLite keeps for a database."""
    ends = ("", "-wal", "-shm", "-journal")
    return [file.with_name(f"{file.name}{end}") for end in ends]


def _require_version(database: sqlite3.Connection) -> None:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version not in (0, _CACHE_VERSION):
        msg = "another version made this cache"
        raise sqlite3.DatabaseError(msg)
