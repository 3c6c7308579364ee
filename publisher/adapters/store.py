"""The cache: an SQLite file under `.publisher/` that can be lost, and heals by itself.

Each value carries a digest over itself and its name. What is not as it was written is
not known; a file that cannot be read is thrown away. Only a disk that is full, or a
place where nothing can be written, is an error.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import publisher
from publisher.adapters.clone import Marks
from publisher.errors import WorldError

T = TypeVar("T")

_CACHE_VERSION = 4
_CLONE = "clone"
"""The kind of the one entry that says which clone made the file."""
_MARK = f"cache {publisher.__version__}".encode()[:16]
"""What another version of this program wrote may have another form: it is not known."""
_MANY = 500
"""Values in one statement; SQLite allows at least 999."""
_PATIENCE = 30.0
"""Seconds that a write of another process is waited for."""
_TABLE = (
    "CREATE TABLE IF NOT EXISTS entry (kind TEXT, key TEXT, value TEXT, seal BLOB,"
    " PRIMARY KEY (kind, key)) WITHOUT ROWID"
)
_BUSY = frozenset((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED))
_NO_ROOM = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_DIR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_DELETE,
    }
)
"""Reasons for which another file would be no better."""
_KIND = 0xFF
"""The bits of SQLite's error codes that say what kind of error it is."""


class SqliteCache:
    """A table of results by kind and key; losing it costs time and nothing else."""

    def __init__(self, file: Path, marks: Marks | None = None) -> None:
        """Open or make the cache; one that cannot be read is thrown away.

        So is one that does not bear this clone's mark, if there are `marks`: whatever
        it says, it was not found out here.
        """
        self._file = file
        self._marks = marks
        self._database: sqlite3.Connection | None = None
        self._do(lambda database: database)

    def get(self, kind: str, keys: Sequence[str] | None = None) -> Mapping[str, str]:
        """Return what is known under `keys`; None: everything of this kind."""
        if keys is None:
            query = "SELECT key, value, seal FROM entry WHERE kind = ?"
            return _believed(kind, self._all(query, (kind,)))
        found: dict[str, str] = {}
        for start in range(0, len(keys), _MANY):
            part = keys[start : start + _MANY]
            marks = ", ".join("?" * len(part))
            query = f"SELECT key, value, seal FROM entry WHERE kind = ? AND key IN ({marks})"  # noqa: S608, E501  (only marks)
            found.update(_believed(kind, self._all(query, (kind, *part))))
        return found

    def put(self, kind: str, entries: Mapping[str, str]) -> None:
        """Remember `entries` in one transaction."""
        rows = [(kind, k, value, _seal(kind, k, value)) for k, value in entries.items()]
        self._change("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)", rows)

    def drop(self, kind: str, keys: Sequence[str]) -> None:
        """Forget entries."""
        rows = [(kind, key) for key in keys]
        self._change("DELETE FROM entry WHERE kind = ? AND key = ?", rows)

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _all(self, query: str, values: Sequence[str]) -> list[Any]:
        return self._do(lambda database: database.execute(query, values).fetchall())

    def _change(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        def change(database: sqlite3.Connection) -> None:
            with database:
                database.executemany(statement, rows)

        if rows:
            self._do(change)

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something with the database; one that cannot is made anew, once."""
        try:
            return work(self._opened())
        except (sqlite3.Error, OSError) as error:
            if _is_not_its_fault(error):
                raise self._problem(error) from error
        try:
            self.close()
            _throw_away(self._file)
            return work(self._opened())
        except (sqlite3.Error, OSError) as error:
            raise self._problem(error) from error

    def _problem(self, error: Exception) -> WorldError:
        return WorldError(
            f"the cache {self._file} cannot be used now: {error}: see that there is "
            "room on the disk and that this account may write there; if so, delete it, "
            "and try again"
        )

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            self._database = self._open()
        return self._database

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
        entry = (_CLONE, "", self._marks.own, _seal(_CLONE, "", self._marks.own))
        # Another process may do the same at this moment.
        database.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)", entry)

    def _open(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._file, timeout=_PATIENCE)
        try:
            _require_version(database)
            with database:
                database.execute("PRAGMA journal_mode = WAL")
                # A cache may lose its last writes, as long as it stays readable.
                database.execute("PRAGMA synchronous = NORMAL")
                database.execute(f"PRAGMA user_version = {_CACHE_VERSION}")
                database.execute(_TABLE)
                # A table of other columns, or another thing of this name.
                database.execute("SELECT kind, key, value, seal FROM entry LIMIT 1")
                self._require_ours(database)
        except BaseException:
            database.close()
            raise
        return database


def parts(file: Path) -> list[Path]:
    """Return the files that SQLite keeps for a database."""
    ends = ("", "-wal", "-shm", "-journal")
    return [file.with_name(f"{file.name}{end}") for end in ends]


def _seal(kind: str, key: str, value: str) -> bytes:
    # It finds accidents; whoever can write here can do more than forge one.
    text = f"{kind}\0{key}\0{value}".encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=8, person=_MARK).digest()


def _believed(kind: str, rows: Iterable[tuple[Any, Any, Any]]) -> dict[str, str]:
    """Return what is as it was written; the rest is not known, and is made anew."""
    return {
        key: value
        for key, value, seal in rows
        if type(key) is type(value) is str and seal == _seal(kind, key, value)
    }


def _is_not_its_fault(error: Exception) -> bool:
    """Tell whether a new file would be no better."""
    # Python's own, e.g. of text that is no UTF-8, have none.
    code = getattr(error, "sqlite_errorcode", 0)
    return code & _KIND in _BUSY or code in _NO_ROOM


def _throw_away(file: Path) -> None:
    """Remove a cache with what belongs to it, whatever lies there in its place."""
    for each in parts(file):
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink(missing_ok=True)


def _require_version(database: sqlite3.Connection) -> None:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version not in (0, _CACHE_VERSION):
        msg = "another version made this cache"
        raise sqlite3.DatabaseError(msg)
