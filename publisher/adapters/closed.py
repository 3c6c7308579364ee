"""Folders into which nobody else can look."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def folder(path: Path) -> Path:
    """Return `path` as a folder that is the user's alone: made, or closed by now.

    Whose folder it is otherwise decides who may look into it.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = path.stat()
    mode = stat.S_IMODE(state.st_mode)
    if state.st_uid == os.geteuid() and mode & 0o077:
        path.chmod(mode & 0o700)
    return path
