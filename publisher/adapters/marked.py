"""Folders of local state that cannot be made again, and the mark that they bear."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import plainfile
from publisher.errors import ForeignError

if TYPE_CHECKING:
    from publisher.adapters.clone import Marks

_NAME = ".clone"


def require(folder: Path, marks: Marks) -> Path:
    """Return a folder that was made here, or is made by this; else ForeignError."""
    if not is_foreign(folder, marks):
        if not (folder / _NAME).exists():
            adopt(folder, marks)
        return folder
    msg = (
        f"{folder}: bears no mark of this clone, and what it holds is not believed. If "
        "an earlier version of this program made it here, which marked none, or you "
        "brought it from a backup or another machine, run `publisher adopt`; if not, "
        "move it away"
    )
    raise ForeignError(msg)


def is_foreign(folder: Path, marks: Marks) -> bool:
    """Tell whether a folder holds something and does not bear this clone's mark."""
    if not plainfile.folder(folder, folder) or not any(folder.iterdir()):
        return False
    try:
        mark = plainfile.read(folder / _NAME, 1 << 10)
    except (OSError, ValueError):
        return True
    return not marks.know(mark.decode(errors="replace").strip())


def adopt(folder: Path, marks: Marks) -> None:
    """Mark a folder, which is made if it is missing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        (folder / _NAME).unlink()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with os.fdopen(os.open(folder / _NAME, flags, 0o600), "w") as stream:
        stream.write(f"{marks.own}\n")
