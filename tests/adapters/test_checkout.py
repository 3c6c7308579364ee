from __future__ import annotations

import os
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from publisher.adapters.checkout import Checkout
from publisher.adapters.store import SqliteCache
from publisher.errors import AuthorError
from publisher.model.ids import AdvisoryId

ID = AdvisoryId("ADV", 2026, 7)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[SqliteCache]:
    opened = SqliteCache(tmp_path / ".publisher" / "cache")
    yield opened
    opened.close()


@pytest.fixture
def checkout(tmp_path: Path, cache: SqliteCache) -> Checkout:
    folder = tmp_path / "advisories" / "2026" / "ADV-2026-0007"
    folder.mkdir(parents=True)
    (folder / "en.md").write_bytes(b"text\n")
    return Checkout(tmp_path, cache)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "advisories" / "2026" / "ADV-2026-0007"


def settle(file: Path) -> None:
    """Make a file look as if it had not been touched for an hour."""
    an_hour_ago = time.time_ns() - 3600 * 10**9
    os.utime(file, ns=(an_hour_ago, an_hour_ago))


def test_a_snapshot_has_the_digest_of_each_file(checkout: Checkout) -> None:
    assert checkout.snapshot() == {ID: {"en.md": sha256(b"text\n").hexdigest()}}


def test_a_project_without_advisories_has_an_empty_snapshot(
    tmp_path: Path, cache: SqliteCache
) -> None:
    checkout = Checkout(tmp_path / "empty", cache)

    assert checkout.snapshot() == {}


def test_a_change_shows_in_the_next_snapshot(checkout: Checkout, folder: Path) -> None:
    settle(folder / "en.md")
    checkout.snapshot()

    (folder / "en.md").write_bytes(b"TEXT\n")

    assert checkout.snapshot()[ID]["en.md"] == sha256(b"TEXT\n").hexdigest()


def test_two_changes_within_a_tick_both_show(checkout: Checkout, folder: Path) -> None:
    checkout.snapshot()
    stat = (folder / "en.md").stat()

    with (folder / "en.md").open("r+b") as stream:
        stream.write(b"TEXT")
    os.utime(folder / "en.md", ns=(stat.st_atime_ns, stat.st_mtime_ns))

    assert checkout.snapshot()[ID]["en.md"] == sha256(b"TEXT\n").hexdigest()


def test_what_did_not_change_is_not_read_again(
    checkout: Checkout, folder: Path
) -> None:
    settle(folder / "en.md")
    first = checkout.snapshot()
    (folder / "en.md").chmod(0)

    assert checkout.snapshot() == first


def test_a_new_file_is_written_whole(checkout: Checkout, folder: Path) -> None:
    checkout.add(checkout.folder(ID) / "r1.en.txt.asc", b"signed\n")

    assert (folder / "r1.en.txt.asc").read_bytes() == b"signed\n"
    assert sorted(file.name for file in folder.iterdir()) == ["en.md", "r1.en.txt.asc"]


def test_a_file_that_is_there_is_never_overwritten(
    checkout: Checkout, folder: Path
) -> None:
    with pytest.raises(AuthorError, match="never overwritten"):
        checkout.add(checkout.folder(ID) / "en.md", b"other\n")

    assert (folder / "en.md").read_bytes() == b"text\n"
    assert [file.name for file in folder.iterdir()] == ["en.md"]


@pytest.mark.parametrize(
    "stranger",
    ["advisories/README", "advisories/misc/x", "advisories/2026/notes.txt",
     "advisories/2026/ADV-2025-0001/en.md", "advisories/2026/adv-1/en.md",
     "advisories/2026/ADV-2026-0007/sub/x"],
)  # fmt: skip
def test_strangers_among_the_advisories_are_refused(
    checkout: Checkout, tmp_path: Path, stranger: str
) -> None:
    file = tmp_path / stranger
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"")

    with pytest.raises(
        AuthorError, match=r"expected|no plain file|no folder|no advisory id"
    ):
        checkout.snapshot()


def test_a_link_to_somewhere_else_is_refused(checkout: Checkout, folder: Path) -> None:
    (folder / "ja.md").symlink_to("/etc/passwd")

    with pytest.raises(AuthorError, match="links"):
        checkout.snapshot()


def test_hidden_files_are_left_alone(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "advisories" / ".last-id").write_bytes(b"ADV-2026-0007\n")

    assert list(checkout.snapshot()) == [ID]


def test_what_a_killed_run_was_writing_is_out_of_sight_of_git(
    tmp_path: Path, cache: SqliteCache, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = tmp_path / ".publisher" / "new"
    checkout = Checkout(tmp_path, cache, new)
    path = checkout.folder(ID) / "r1.en.txt.asc"
    seen = []
    link = os.link

    def linked(source: Path, target: Path) -> None:
        seen.append(source.parent)
        link(source, target)

    monkeypatch.setattr(os, "link", linked)
    checkout.add(path, b"signed\n")

    assert seen == [new]
    assert list(new.iterdir()) == []
    assert (folder / "r1.en.txt.asc").read_bytes() == b"signed\n"
