from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath

import pytest

from publisher.adapters.rehearsal import RehearsedCache, RehearsedSite
from publisher.adapters.site import SiteFolder
from publisher.adapters.store import SqliteCache

PAGE = PurePosixPath("ja/index.html")
OLD, NEW = b"<p>old</p>", b"<p>new</p>"


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[SqliteCache]:
    cache = SqliteCache(tmp_path / "cache.sqlite")
    cache.put("kind", {"a": "1", "b": "2"})
    yield cache
    cache.close()


@pytest.fixture
def site(tmp_path: Path, cache: SqliteCache) -> SiteFolder:
    site = SiteFolder(tmp_path / "site", cache)
    site.write(PAGE, OLD)
    site.flush()
    return site


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def test_a_rehearsed_page_is_there_for_the_rehearsal_only(site: SiteFolder) -> None:
    rehearsed = RehearsedSite(site)

    assert rehearsed.intact({str(PAGE): digest(OLD)})
    assert not rehearsed.write(PAGE, OLD)
    assert rehearsed.write(PAGE, NEW)
    rehearsed.flush()

    assert rehearsed.holds(PAGE) == digest(NEW)
    assert not rehearsed.intact({str(PAGE): digest(OLD)})
    assert site.holds(PAGE) == digest(OLD)


def test_a_rehearsal_reads_what_it_would_have_written(site: SiteFolder) -> None:
    other = PurePosixPath("en/index.html")
    rehearsed = RehearsedSite(site)

    assert rehearsed.read(PAGE) == OLD
    rehearsed.write(PAGE, NEW)
    rehearsed.write(other, b"other")

    assert rehearsed.read(PAGE) == NEW
    assert rehearsed.read(other) == b"other"
    assert site.read(PAGE) == OLD


def test_a_rehearsal_removes_nothing(site: SiteFolder) -> None:
    assert RehearsedSite(site).prune(set()) == []
    assert site.holds(PAGE) == digest(OLD)


def test_what_is_remembered_in_a_rehearsal_is_forgotten_with_it(
    cache: SqliteCache,
) -> None:
    rehearsed = RehearsedCache(cache)

    rehearsed.put("kind", {"a": "9", "c": "3"})
    rehearsed.drop("kind", ["b", "z"])

    assert rehearsed.get("kind") == {"a": "9", "c": "3"}
    assert rehearsed.get("kind", ["c", "b"]) == {"c": "3"}
    assert cache.get("kind") == {"a": "1", "b": "2"}
