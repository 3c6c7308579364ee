from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.adapters.store import SqliteCache, SqliteJournal
from publisher.errors import OperatorError, WorldError
from publisher.model.chain import Announcement, EditionKey
from publisher.model.ids import AdvisoryId
from publisher.ports import Outcome
from tests.builders import EN, settings

AT = datetime(2026, 11, 20, tzinfo=UTC)
ANNOUNCEMENT = Announcement(
    EditionKey(AdvisoryId("ADV", 2026, 7), 1, EN),
    settings().lists[1],
    "<a@b>",
    b"",
    "r1.en.txt.asc",
)


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


def test_the_journal_keeps_the_last_outcome_across_runs(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal")
    journal.record(ANNOUNCEMENT, Outcome.INTENDED, AT)
    journal.record(ANNOUNCEMENT, Outcome.ACCEPTED, AT)
    journal.close()

    reopened = SqliteJournal(tmp_path / "journal")

    assert reopened.outcomes() == {"<a@b>": Outcome.ACCEPTED}
    reopened.close()


def test_an_operator_settles_only_what_is_known(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal")
    journal.record(ANNOUNCEMENT, Outcome.INTENDED, AT)

    assert journal.settle("<a@b>", Outcome.REFUSED, AT)
    assert not journal.settle("<other@b>", Outcome.REFUSED, AT)
    assert journal.outcomes() == {"<a@b>": Outcome.REFUSED}
    journal.close()


def test_a_damaged_journal_stops_everything(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    file.write_bytes(b"no database at all, and long enough to be read as one" * 20)

    with pytest.raises(WorldError, match="nothing is sent"):
        SqliteJournal(file)


def test_a_journal_of_a_newer_program_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    database = sqlite3.connect(file)
    database.execute("PRAGMA user_version = 99")
    database.close()

    with pytest.raises(OperatorError, match="newer version"):
        SqliteJournal(file)


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
