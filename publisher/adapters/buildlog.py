"""Names of what a build is writing, for whoever comes after it was killed."""

from __future__ import annotations

import os
import shutil
import weakref
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from publisher import plainfile

if TYPE_CHECKING:
    from publisher.adapters.clone import Marks

_MOST = 64 << 20
"""Bytes: of a build of all that an archive can hold."""


class BuildLog:
    """A file of one name to a line, each behind a seal that only this clone makes."""

    def __init__(self, file: Path, marks: Marks | None = None) -> None:
        """Use `file`, which is there while a build goes on; None: whoever made it."""
        self._file = file
        self._marks = marks
        self._closing: weakref.finalize[[int], BuildLog] | None = None
        self._descriptor = -1

    def begun(self) -> Sequence[str]:
        """Return the names that a build has noted which was killed.

        They are to be removed, so they count only if this clone noted them and they are
        as it wrote them, and none leads out of the site.
        """
        try:
            data = plainfile.read(self._file, _MOST)
        except (OSError, ValueError):
            # None, or nothing that a build has written.
            return ()
        lines = data.decode(errors="replace").splitlines()
        names = [line.partition(" ")[2] for line in lines if self._knows(line)]
        return [name for name in dict.fromkeys(names) if name and is_inside(name)]

    def note(self, name: str) -> None:
        """Note that a file is about to be written."""
        if self._closing is None:
            self._open()
        # A full disk may have cut off the last line of an earlier build.
        own = "" if self._marks is None else self._marks.own
        os.write(self._descriptor, f"\n{sealed(own, name)}\n".encode())

    def end(self) -> None:
        """Remove the file: all that was noted is done."""
        if self._closing is not None:
            self._closing()
            self._closing = None
        self._clear()

    def _open(self) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        if not self.begun():
            self._clear()
        self._descriptor = os.open(self._file, flags, 0o600)
        self._closing = weakref.finalize(self, os.close, self._descriptor)

    def _knows(self, line: str) -> bool:
        """Tell whether a line is as this clone wrote it."""
        marks = (
            ("",) if self._marks is None else (self._marks.own, *self._marks.earlier)
        )
        name = line.partition(" ")[2]
        return any(line == sealed(mark, name) for mark in marks)

    def _clear(self) -> None:
        """Remove the file, whatever lies there in its place."""
        if self._file.is_dir() and not self._file.is_symlink():
            shutil.rmtree(self._file)
        else:
            self._file.unlink(missing_ok=True)


def sealed(mark: str, name: str) -> str:
    """Return the line of a name, as the clone with this mark writes it."""
    digest = sha256(f"{mark}\0{name}".encode("utf-8", "replace")).hexdigest()
    return f"{digest[:16]} {name}"


def is_inside(name: str) -> bool:
    """Tell whether a path stays below the folder that it is relative to."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\0" not in name
