"""One release at a time in a clone: a file that one process holds."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from publisher import plainfile
from publisher.errors import BusyError, WorldError


@contextlib.contextmanager
def held(file: Path) -> Iterator[None]:
    """Hold `file` while the context lasts, or raise BusyError or WorldError.

    The kernel lets go of it when the process ends, however that happens. The file
    stays: to remove it would let two processes hold two files of one name.
    """
    descriptor = -1
    try:
        # Nobody holds a folder; a lock that is a file stays.
        with contextlib.suppress(OSError):
            file.rmdir()
        with _translated(file):
            # Nothing is written through a link.
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            descriptor = os.open(file, flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            told = os.read(descriptor, 20).decode(errors="replace").strip()
            other = told if told.isdecimal() else ""
            msg = (
                f"another `publisher` works here (process {other or 'unknown'}): wait "
                "for its end, then run this again"
            )
            raise BusyError(msg) from error
        with _translated(file):
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        if descriptor != -1:
            os.close(descriptor)


@contextlib.contextmanager
def _translated(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        msg = f"{file}: cannot be written: {error.strerror}: mend that, then try again"
        raise WorldError(msg) from error


def is_held(file: Path) -> bool:
    """Tell whether the process that held `file` last still runs; nothing is locked."""
    try:
        number = int(plainfile.read(file, 64))
        if number <= 0:
            return False
        os.kill(number, 0)
    except (OSError, ValueError, OverflowError) as error:
        # It runs, and is somebody else's.
        return isinstance(error, PermissionError)
    return True
