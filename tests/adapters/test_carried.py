"""Folders that come from elsewhere may hold anything."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from publisher.adapters import carried
from publisher.errors import OperatorError

FILES = {
    PurePosixPath("note.txt"): b"note\n",
    PurePosixPath("texts/A/r1.ja.txt"): "本文\n".encode(),
}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    carried.write(tmp_path / "new" / "stick", FILES)

    assert carried.read(tmp_path / "new", "stick") == FILES


def test_an_empty_folder_is_as_good_as_a_new_one(tmp_path: Path) -> None:
    carried.write(tmp_path, FILES)

    assert (tmp_path / "note.txt").read_bytes() == b"note\n"


def make_file(place: Path) -> None:
    place.write_text("x")


def make_full(place: Path) -> None:
    place.mkdir()
    (place / ".hidden").write_text("x")


def make_link(place: Path) -> None:
    (place.parent / "empty").mkdir()
    place.symlink_to(place.parent / "empty")


@pytest.mark.parametrize("make", [make_file, make_full, make_link])
def test_nothing_is_written_over_or_beside_what_is_there(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    place = tmp_path / "stick"
    make(place)
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(OperatorError, match="new or empty"):
        carried.write(place, FILES)

    assert sorted(tmp_path.rglob("*")) == before


def top_is_missing(top: Path) -> None:
    top.rmdir()


def top_is_a_link(top: Path) -> None:
    (top.parent / "other").mkdir()
    top.rmdir()
    top.symlink_to(top.parent / "other")


def link_to_a_folder(top: Path) -> None:
    (top / "a").symlink_to(top.parent)


def pipe(top: Path) -> None:
    os.mkfifo(top / "a")


def too_deep(top: Path) -> None:
    (top / "1" / "2" / "3" / "4" / "5").mkdir(parents=True)


def too_large(top: Path) -> None:
    with (top / "a").open("wb") as stream:
        stream.truncate((4 << 20) + 1)


@pytest.mark.parametrize(
    "make",
    [
        top_is_missing,
        top_is_a_link,
        link_to_a_folder,
        pipe,
        too_deep,
        too_large,
    ],
)
def test_what_no_bundle_holds_is_refused(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    (tmp_path / "signed").mkdir()
    make(tmp_path / "signed")

    with pytest.raises(OperatorError):
        carried.read(tmp_path, "signed")


def test_more_files_than_can_be_meant_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carried, "_MOST", 1)
    carried.write(tmp_path / "signed", FILES)

    with pytest.raises(OperatorError, match="more than 1 files"):
        carried.read(tmp_path, "signed")
