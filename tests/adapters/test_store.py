from __future__ import annotations

import contextlib
import os
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.adapters import store
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


ENTRIES = {f"ADV-2026-{n:04}": f"{n:064x} {n} of some length" for n in range(120)}


def filled(file: Path) -> Path:
    with contextlib.closing(SqliteCache(file)) as cache:
        cache.put("kind", ENTRIES)
    return file


def known(file: Path) -> dict[str, str]:
    """Return what a later run knows, and see that it can remember more."""
    with contextlib.closing(SqliteCache(file)) as cache:
        told = dict(cache.get("kind"))
        assert {k: told[k] for k in cache.get("kind", list(ENTRIES)[:9])}.items() <= (
            ENTRIES.items()
        )
        cache.put("kind", {"more": "text"})
    with contextlib.closing(SqliteCache(file)) as cache:
        assert cache.get("kind", ["more"]) == {"more": "text"}
    return told


def test_a_byte_that_was_flipped_is_never_believed(tmp_path: Path) -> None:
    whole = filled(tmp_path / "whole").read_bytes()
    dice = random.Random(1)
    lost = 0

    for number in range(60):
        data = bytearray(whole)
        for _ in range(1 + number % 3):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        file = tmp_path / "cache"
        file.write_bytes(data)
        told = known(file)
        assert told.items() <= ENTRIES.items()
        lost += len(told) < len(ENTRIES)
        file.unlink()

    assert lost > 30


def test_a_page_that_was_exchanged_or_lost_is_never_believed(tmp_path: Path) -> None:
    whole = filled(tmp_path / "whole").read_bytes()
    pages = [whole[at : at + 4096] for at in range(0, len(whole), 4096)]

    for number in range(len(pages)):
        for other in (bytes(4096), b"\xff" * 4096, pages[-1], pages[0]):
            file = tmp_path / "cache"
            file.write_bytes(b"".join([*pages[:number], other, *pages[number + 1 :]]))
            assert known(file).items() <= ENTRIES.items()
            file.unlink()


def test_a_value_that_stands_under_another_name_is_not_believed(tmp_path: Path) -> None:
    file = filled(tmp_path / "cache")
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE entry SET kind = 'other' WHERE key LIKE '%0'")
        database.execute("UPDATE entry SET value = 5 WHERE key LIKE '%1'")
        database.execute("UPDATE entry SET value = CAST(x'ff' AS TEXT), seal = 'x'")
        database.execute("UPDATE entry SET key = 'a' WHERE key LIKE '%0002'")

    with contextlib.closing(SqliteCache(file)) as cache:
        assert cache.get("other") == {}
    assert known(file) == {}


def _folder(file: Path) -> None:
    file.unlink()
    (file / "deep").mkdir(parents=True)


def _link(file: Path) -> None:
    file.unlink()
    file.symlink_to("nowhere/at/all")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut off": lambda file: os.truncate(file, 6000),
    "empty": lambda file: file.write_bytes(b""),
    "text": lambda file: file.write_text("nonsense" * 3000),
    "a folder": _folder,
    "a link to nowhere": _link,
    "a folder for the log": lambda file: Path(f"{file}-wal").mkdir(),
    "nonsense in the log": lambda file: Path(f"{file}-wal").write_bytes(b"x" * 9999),
    "nothing can be read": lambda file: file.chmod(0),
    "nothing can be written": lambda file: file.chmod(0o400),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_whatever_lies_there_a_cache_is_made(
    damage: Callable[[Path], object], tmp_path: Path
) -> None:
    file = filled(tmp_path / "cache")
    damage(file)

    assert known(file).items() <= ENTRIES.items()


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE entry",
        "ALTER TABLE entry DROP COLUMN seal",
        "DROP TABLE entry; CREATE TABLE entry (a)",
        "DROP TABLE entry; CREATE VIEW entry AS SELECT 1 AS kind, 2 AS key, 3 AS value,"
        " 4 AS seal",
        "CREATE TRIGGER t BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'no'); END",
        "PRAGMA user_version = 3",
        "PRAGMA user_version = 99",
    ],
)
def test_a_cache_of_another_form_is_made_anew(statement: str, tmp_path: Path) -> None:
    file = filled(tmp_path / "cache")
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.executescript(statement)

    known(file)


def test_a_cache_that_is_spoilt_in_the_middle_of_a_run_is_made_anew(
    tmp_path: Path,
) -> None:
    with contextlib.closing(SqliteCache(tmp_path / "cache")) as cache:
        cache.put("kind", ENTRIES)
        assert cache._database is not None
        cache._database.execute("DROP TABLE entry")

        assert cache.get("kind") == {}
        cache.put("kind", {"key": "value"})
        cache.drop("kind", ["other"])
        assert cache.get("kind", ["key"]) == {"key": "value"}


def test_a_cache_that_is_in_use_is_waited_for_and_not_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_PATIENCE", 0.1)
    file = filled(tmp_path / "cache")
    with (
        contextlib.closing(sqlite3.connect(file)) as other,
        contextlib.closing(SqliteCache(file)) as cache,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WorldError, match="database is locked"):
            cache.put("kind", {"a": "1"})
        assert cache.get("kind") == ENTRIES
        other.execute("ROLLBACK")
        cache.put("kind", {"a": "1"})

        assert cache.get("kind", ["a"]) == {"a": "1"}


def test_a_full_disk_is_no_reason_to_throw_it_away(tmp_path: Path) -> None:
    with contextlib.closing(SqliteCache(tmp_path / "cache")) as cache:
        cache.put("kind", ENTRIES)
        assert cache._database is not None
        cache._database.execute("PRAGMA max_page_count = 1")
        with pytest.raises(WorldError, match="there is room on the disk"):
            cache.put("kind", {"big": "x" * 2**20})

        assert cache.get("kind") == ENTRIES


def test_a_place_where_no_cache_can_be_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(WorldError, match="this account may write there"):
        SqliteCache(tmp_path / "file" / "cache")


def test_what_another_version_wrote_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = filled(tmp_path / "cache")
    monkeypatch.setattr(store, "_MARK", b"cache 99")

    assert known(file) == {}
