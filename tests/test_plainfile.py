"""What stands in the place of a file is named, and neither waited for nor followed."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from publisher import plainfile
from publisher.errors import AuthorError, OperatorError


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def _huge(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(1 << 40)


STRANGERS: dict[str, Callable[[Path], None]] = {
    "a link": lambda path: path.symlink_to("/etc/hostname"),
    "a link ": lambda path: path.symlink_to("nowhere"),
    "a folder": lambda path: path.mkdir(),
    "a pipe": lambda path: os.mkfifo(path),
    "a socket": _socket,
    "1099511627776 bytes": _huge,
}


@pytest.mark.parametrize("what", STRANGERS)
def test_what_is_no_plain_file_is_named_and_not_read(tmp_path: Path, what: str) -> None:
    file = tmp_path / "x"
    STRANGERS[what](file)

    with pytest.raises(AuthorError, match=rf"^keys/x: (is|has) {what.strip()}.*take"):
        plainfile.wanted(file, "keys/x", 100, AuthorError)


def test_a_device_never_ends_and_is_not_read() -> None:
    with pytest.raises(ValueError, match="is a device"):
        plainfile.read(Path("/dev/zero"), 100)
    with pytest.raises(ValueError, match="is a device"):
        plainfile.read(Path("/dev/zero"), 100, follow=True)


def test_a_file_that_lies_about_its_size_is_not_read_to_its_end() -> None:
    file = Path("/proc/self/maps")
    assert file.stat().st_size == 0

    with pytest.raises(ValueError, match="expected at most 10"):
        plainfile.read(file, 10)


def test_a_link_is_followed_where_one_is_meant(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 100)
    (tmp_path / "link").symlink_to("file")

    assert plainfile.read(tmp_path / "link", 100, follow=True) == b"x" * 100
    with pytest.raises(ValueError, match="has 100 bytes"):
        plainfile.read(tmp_path / "link", 99, follow=True)


def test_a_name_cannot_write_on_a_terminal(tmp_path: Path) -> None:
    with pytest.raises(OperatorError) as refused:
        plainfile.wanted(tmp_path / "gone", "keys/\x1b[2J", 1)
    assert str(refused.value).isprintable()
    assert "No such file" in str(refused.value)


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "link/x", "file/x"])
def test_what_would_be_written_elsewhere_is_refused(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    (root / "file").write_bytes(b"")

    with pytest.raises(OperatorError, match=r"outside|is a link|is a plain file"):
        plainfile.within(root, PurePosixPath(path))
    plainfile.within(root, PurePosixPath("new/folder/x"))


def test_all_files_below_a_folder_are_found_and_a_stranger_stops_it(
    tmp_path: Path,
) -> None:
    assert list(plainfile.below(tmp_path / "gone", "templates")) == []
    for name in ("b/c/x", "a", "b/y"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert [n for n, _ in plainfile.below(tmp_path, "templates")] == [
        "a",
        "b/c/x",
        "b/y",
    ]

    (tmp_path / "b" / "up").symlink_to(tmp_path)
    with pytest.raises(OperatorError, match=r"^templates/b/up: is a link"):
        list(plainfile.below(tmp_path, "templates"))
