"""Names of what a build is writing, for whoever comes after it was killed."""

from __future__ import annotations

import os
import weakref
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from publisher import plainfile

if TYPE_CHECKING:
    from publisher.adapters.clone import Marks

_MOST = 64 << 20
"""Bytes: of a build of all that an archive can hold."""


class BuildLog:
    """A file of one name to a line, of which the first is the mark of this clone."""

    def __init__(self, file: Path, marks: Marks | None = None) -> None:
        """Use `file`, which is there while a build goes on; None: whoever made it."""
        self._file = file
        self._marks = marks
        self._closing: weakref.finalize[[int], BuildLog] | None = None
        self._descriptor = -1

    def begun(self) -> Sequence[str]:
        """Return the names that a build has noted which was killed.

        They are to be removed, so they count only if this clone noted them, and none
        leads out of the site.
        """
        try:
            data = plainfile.read(self._file, _MOST)
        except (OSError, ValueError):
            # None, or nothing that a build has written.
            return ()
        mark, *names = data.decode(errors="replace").splitlines() or [""]
        if self._marks is not None and not self._marks.know(mark):
            return ()
        return [name for name in dict.fromkeys(names) if name and is_inside(name)]

    def note(self, name: str) -> None:
        """Note that a file is about to be written."""
        if self._closing is None:
            self._open()
        # A full disk may have cut off the last line of an earlier build.
        os.write(self._descriptor, f"\n{name}\n".encode())

    def end(self) -> None:
        """Remove the file: all that was noted is done."""
        if self._closing is not None:
            self._closing()
            self._closing = None
        self._file.unlink(missing_ok=True)

    def _open(self) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        if not self.begun():
            self._file.unlink(missing_ok=True)
        self._descriptor = os.open(self._file, flags, 0o600)
        self._closing = weakref.finalize(self, os.close, self._descriptor)
        if not os.fstat(self._descriptor).st_size:
            mark = "" if self._marks is None else self._marks.own
            os.write(self._descriptor, f"{mark}\n".encode())


def is_inside(name: str) -> bool:
    """Tell whether a path stays below the folder that it is relative to."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\0" not in name
