from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath

import pytest

from publisher.adapters.buildlog import BuildLog
from publisher.adapters.site import SiteFolder
from publisher.adapters.store import SqliteCache
from publisher.errors import OperatorError, WorldError

PAGE = PurePosixPath("ja/index.html")


Opener = Callable[[], SiteFolder]


@pytest.fixture
def open_site(tmp_path: Path) -> Iterator[Opener]:
    """Open the site as another run of the program does, with what that one kept."""
    with contextlib.ExitStack() as stack:

        def opened() -> SiteFolder:
            cache = SqliteCache(tmp_path / "cache")
            stack.callback(cache.close)
            return SiteFolder(tmp_path / "site", cache)

        yield opened


def test_a_file_is_written_only_when_its_bytes_change(
    open_site: Opener, tmp_path: Path
) -> None:
    site = open_site()

    assert site.write(PAGE, b"one")
    before = (tmp_path / "site" / PAGE).stat().st_mtime_ns
    assert not site.write(PAGE, b"one")
    assert (tmp_path / "site" / PAGE).stat().st_mtime_ns == before
    assert site.write(PAGE, b"two")
    assert (tmp_path / "site" / PAGE).read_bytes() == b"two"


def test_a_file_that_somebody_changed_is_noticed(
    open_site: Opener, tmp_path: Path
) -> None:
    site = open_site()
    site.write(PAGE, b"one")
    site.flush()

    (tmp_path / "site" / PAGE).write_bytes(b"defaced")

    assert open_site().holds(PAGE) == sha256(b"defaced").hexdigest()


def test_a_missing_file_is_held_not_at_all(open_site: Opener, tmp_path: Path) -> None:
    site = open_site()
    site.write(PAGE, b"one")

    (tmp_path / "site" / PAGE).unlink()

    assert site.holds(PAGE) is None


def test_only_what_earlier_builds_wrote_is_removed(
    open_site: Opener, tmp_path: Path
) -> None:
    site = open_site()
    site.write(PAGE, b"one")
    site.write(PurePosixPath("old.html"), b"old")
    site.flush()
    (tmp_path / "site" / "theirs.html").write_bytes(b"theirs")

    removed = open_site().prune({str(PAGE)})

    assert removed == [PurePosixPath("old.html")]
    assert (tmp_path / "site" / "theirs.html").exists()
    assert open_site().prune({str(PAGE)}) == []


@pytest.mark.parametrize("path", ["../outside", "/etc/motd", "a/../../b"])
def test_nothing_is_written_outside_the_site(open_site: Opener, path: str) -> None:
    with pytest.raises(ValueError, match="outside"):
        open_site().write(PurePosixPath(path), b"x")


def test_a_site_that_cannot_be_written_is_an_error_that_says_so(
    open_site: Opener, tmp_path: Path
) -> None:
    (tmp_path / "site").write_bytes(b"a file, not a folder")

    with pytest.raises(OperatorError, match="site: is a plain file"):
        open_site().write(PAGE, b"x")


def test_what_lies_there_can_be_read(open_site: Opener) -> None:
    site = open_site()
    site.write(PAGE, b"one")

    assert site.read(PAGE) == b"one"
    with pytest.raises(WorldError, match=r"gone\.html: cannot be read: No such file"):
        site.read(PurePosixPath("gone.html"))


def test_what_a_killed_build_left_is_gone_after_the_next_one(tmp_path: Path) -> None:
    def opened(cache: SqliteCache) -> SiteFolder:
        return SiteFolder(tmp_path / "site", cache, BuildLog(tmp_path / "written"))

    with contextlib.closing(SqliteCache(tmp_path / "cache")) as cache:
        killed = opened(cache)
        killed.write(PAGE, b"one")
        killed.write(PurePosixPath("ja/old.html"), b"of a text that was changed since")
        half = tmp_path / "site" / "ja" / ".index.html.new"
        half.write_bytes(b"ha")
        (tmp_path / "site" / "theirs.html").write_bytes(b"theirs")

        site = opened(cache)
        is_there = site.intact({str(PAGE): sha256(b"one").hexdigest()})
        removed = site.prune({str(PAGE)})
        site.flush()

        assert is_there
        assert removed == [PurePosixPath("ja/old.html")]
        assert sorted(map(str, opened(cache).files())) == [str(PAGE), "theirs.html"]
        assert not (tmp_path / "written").exists()


def test_of_a_damaged_log_nothing_is_believed(tmp_path: Path) -> None:
    """A name that is not as it was written might be that of somebody else's file."""
    log, theirs = tmp_path / "written", tmp_path / "site" / "theirs.html"
    theirs.parent.mkdir()
    theirs.write_bytes(b"theirs")
    with contextlib.closing(SqliteCache(tmp_path / "cache")) as cache:
        SiteFolder(theirs.parent, cache, BuildLog(log)).write(PAGE, b"one")
        seal = log.read_text().split()[0]
        for damage in (
            f"{seal} theirs.html\n",
            "theirs.html\n",
            f"{seal} ../../etc\n" + "\0" * 99,
        ):
            log.write_text(damage)
            assert (
                SiteFolder(theirs.parent, cache, BuildLog(log)).prune({str(PAGE)}) == []
            )
        log.unlink()
        (log / "deep").mkdir(parents=True)
        SiteFolder(theirs.parent, cache, BuildLog(log)).flush()

    assert theirs.exists()
    assert not log.exists()
