from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.adapters.store import SqliteCache
from publisher.errors import WorldError


def test_the_cache_gives_back_what_was_put(tmp_path: Path) -> None:
    cache = SqliteCache(tmp_path / "deep" / "cache")
    entries = {str(number): "x" * number for number in range(1200)}

    cache.put("kind", entries)

    assert cache.get("kind", list(entries)) == entries
    assert cache.get("kind") == entries
    assert cache.get("other") == {}
    cache.close()


def test_the_cache_forgets_what_is_dropped(tmp_path: Path) -> None:
    cache = SqliteCache(tmp_path / "cache")
    cache.put("kind", {"a": "1", "b": "2"})

    cache.drop("kind", ["a"])

    assert cache.get("kind") == {"b": "2"}
    cache.close()


@pytest.mark.parametrize(
    "damage", [b"no database at all", b"SQLite format 3\x00" + b"?" * 99]
)
def test_a_damaged_cache_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "cache"
    file.write_bytes(damage)

    cache = SqliteCache(file)

    cache.put("kind", {"a": "1"})
    assert cache.get("kind") == {"a": "1"}
    cache.close()


def test_a_cache_of_another_version_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "cache"
    database = sqlite3.connect(file)
    database.execute("PRAGMA user_version = 99")
    database.close()

    cache = SqliteCache(file)

    assert cache.get("kind") == {}
    cache.close()


def test_a_cache_that_is_in_use_is_not_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cache"
    cache = SqliteCache(file)
    cache.put("kind", {"a": "1"})

    def locked(self: SqliteCache) -> sqlite3.Connection:
        del self
        msg = "database is locked"
        raise sqlite3.OperationalError(msg)

    with monkeypatch.context() as patch:
        patch.setattr(SqliteCache, "_open", locked)
        with pytest.raises(WorldError, match="database is locked"):
            SqliteCache(file)

    assert cache.get("kind") == {"a": "1"}
    cache.close()


def test_a_cache_that_cannot_be_used_any_more_is_an_error_that_says_so(
    tmp_path: Path,
) -> None:
    with contextlib.closing(SqliteCache(tmp_path / "cache")) as cache:
        cache._database.execute("DROP TABLE entry")

        uses: list[Callable[[], object]] = [
            lambda: cache.get("kind"),
            lambda: cache.get("kind", ["key"]),
            lambda: cache.put("kind", {"key": "value"}),
            lambda: cache.drop("kind", ["key"]),
        ]
        for use in uses:
            with pytest.raises(WorldError, match="room on the disk"):
                use()
