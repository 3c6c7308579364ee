"""Folders into which nobody else can look, and what lies in them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from publisher import plainfile
from publisher.errors import OperatorError, WorldError


def folder(path: Path) -> Path:
    """Return `path` as a folder that is the user's alone: made, or closed by now.

    Whose folder it is otherwise decides who may look into it. One that is a link, or no
    folder, is an OperatorError; a place that cannot be written a WorldError.
    """
    try:
        if not plainfile.folder(path, path):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync(path.parent)
        state = path.stat()
        mode = stat.S_IMODE(state.st_mode)
        if state.st_uid == os.geteuid() and mode & 0o077:
            path.chmod(mode & 0o700)
    except OSError as error:
        msg = (
            f"{path}: cannot be made, or closed to others: {error.strerror}: what is "
            "found out is kept there, so let this account write there, or work in a "
            "copy of the project"
        )
        raise WorldError(msg) from error
    return path


def part(path: Path) -> Path:
    """Return `path`, which may be a folder, a plain file or missing.

    Anything else is an OperatorError: a link would have files written elsewhere.
    """
    try:
        state = path.lstat()
        if not stat.S_ISDIR(state.st_mode):
            plainfile.require(state)
    except (FileNotFoundError, NotADirectoryError):
        return path
    except ValueError as problem:
        raise OperatorError(plainfile.refusal(path, problem)) from problem
    return path


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk before this returns."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
