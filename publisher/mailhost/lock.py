"""One mail host per directory: a lock that the kernel drops when its holder dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from publisher.mailhost.errors import MailHostRunningError


class DirectoryLock:
    """The right to run a mail host in a directory."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._fd: int | None = None

    def acquire(self) -> None:
        """Take the lock, or raise MailHostRunningError with the holder's number."""
        fd = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(fd, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(fd)
            msg = (
                f"{self._file.parent}: a mail host runs there already (process "
                f"{holder}); stop it or choose another directory"
            )
            raise MailHostRunningError(msg) from error
        os.truncate(fd, 0)
        os.write(fd, f"{os.getpid()}\n".encode("ascii"))
        self._fd = fd

    def release(self) -> None:
        """Give the lock back, if it is held; the file stays, or two could hold it."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
