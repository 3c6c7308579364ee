"""The files of one release in a folder: what it holds, and how the next is made.

Beside each release lies the list of its files, one to a line: SHA-256, size, time of
change in nanoseconds, path.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from publisher.errors import WorldError

if TYPE_CHECKING:
    from publisher.adapters.site import SiteFolder

_FOLDER = 0o755
_FILE = 0o644


@dataclass(frozen=True, slots=True)
class Release:
    """A release that is whole, and what is known of its files."""

    folder: Path
    files: Mapping[str, str] = field(default_factory=dict)
    """SHA-256, size and time of each, by its path."""

    @classmethod
    def read(cls, folder: Path, listing: Path) -> Release:
        """Return the release in `folder`; without a list, nothing is known of it."""
        if not listing.is_file():
            return cls(folder)
        lines = listing.read_text("utf-8", "surrogateescape").split("\n")
        entries = (line.rpartition("\t") for line in lines if line)
        return cls(folder, {path: known for known, _, path in entries})

    def holds(self, path: str, digest: str) -> bool:
        """Tell whether a file of these bytes lies there as it was put."""
        known = self.files.get(path, "")
        return known.startswith(digest) and known == _state(
            f"{self.folder}/{path}", digest
        )

    def is_exactly(self, wanted: Mapping[str, str]) -> bool:
        """Tell whether this is what is wanted, and nothing else lies there."""
        return (
            self.files.keys() == wanted.keys()
            and all(self.holds(path, digest) for path, digest in wanted.items())
            and sum(len(files) for _, _, files in os.walk(self.folder)) == len(wanted)
        )


def make(
    folder: Path,
    wanted: Mapping[str, str],
    site: SiteFolder,
    before: Release,
    progress: Callable[[str, int, int], None],
) -> tuple[str, int]:
    """Fill the new `folder`; return the list of its files, and how many are new.

    What did not change is one file with two names, as far as the file system can.
    """
    _directory(str(folder))
    made = {""}
    lines = []
    copied = 0
    for number, (path, digest) in enumerate(wanted.items(), start=1):
        _directories(str(folder), path, made)
        target = f"{folder}/{path}"
        if not (
            before.holds(path, digest) and _link(f"{before.folder}/{path}", target)
        ):
            _copy(site, path, digest, target)
            copied += not before.holds(path, digest)
        lines.append(f"{_state(target, digest)}\t{path}\n")
        if number % 1000 == 0 or number == len(wanted):
            progress("put up", number, len(wanted))
    return "".join(lines), copied


def _state(file: str, digest: str) -> str | None:
    # No Path here: this is asked of every file of the site.
    try:
        stat = os.stat(file, follow_symlinks=False)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return None
    return f"{digest}\t{stat.st_size}\t{stat.st_mtime_ns}"


def _directories(top: str, path: str, made: set[str]) -> None:
    parent = path.rpartition("/")[0]
    if parent not in made:
        _directories(top, parent, made)
        _directory(f"{top}/{parent}")
        made.add(parent)


def _directory(path: str) -> None:
    os.mkdir(path)  # noqa: PTH102
    # The web server is somebody else, and the umask may be strict.
    os.chmod(path, _FOLDER)  # noqa: PTH101


def _link(source: str, target: str) -> bool:
    """Give a file a second name; tell whether the file system could."""
    try:
        os.link(source, target, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:
        # No such links here, or too many of one file: it is copied.
        return False
    return True


def _copy(site: SiteFolder, path: str, digest: str, target: str) -> None:
    data = site.read(PurePosixPath(path))
    if sha256(data).hexdigest() != digest:
        msg = (
            f"{site.folder / path}: changed after it was built: run `publisher build` "
            "again; the site was not put up, and nothing was mailed"
        )
        raise WorldError(msg)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, _FILE)
        file.write(data)
