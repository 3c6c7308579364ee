"""Folders into which nobody else can look."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def folder(path: Path) -> Path:
    """Return `path` as a folder that is the user's alone: made, or closed by now.

    Whose folder it is otherwise decides who may look into it.
    """
    if not path.is_dir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync(path.parent)
    state = path.stat()
    mode = stat.S_IMODE(state.st_mode)
    if state.st_uid == os.geteuid() and mode & 0o077:
        path.chmod(mode & 0o700)
    return path


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk before this returns."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
