"""Who has got a mail already: a file that outlives the process that writes it.

A line is appended as soon as the MTA has answered for its recipients, which costs some
microseconds; a transaction of the database takes milliseconds and is made once for
hundreds of recipients (`deliveries`). What is in the file survives a SIGKILL, and what
was in it for a fifth of a second also a power cut.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

logger = logging.getLogger("mailman.error")

_SYNC_EVERY = 0.2
"""Seconds."""
_KEPT = 7 * 24 * 3600
"""Seconds after which a file of a delivery that was given up is removed."""


class Trail:
    """The recipients of one run that have got their mail."""

    def __init__(self, file: Path) -> None:
        """Go on with `file`, if it is there."""
        self._file = file
        self._fd: int | None = None
        self._synced = 0.0
        self.taken = self._read()

    def begin(self) -> None:
        """Make the file ready: nothing is to stand between an answer and its note."""
        with _logged():
            self._fd = self._open()

    def note(self, recipients: Sequence[str]) -> None:
        """Note that the MTA has taken the mail for `recipients`."""
        if self._fd is None:
            return
        lines = "".join(f"{each}\n" for each in recipients).encode()
        with _logged():
            os.write(self._fd, lines)
            now = time.monotonic()
            if now - self._synced > _SYNC_EVERY:
                os.fdatasync(self._fd)
                self._synced = now

    def end(self) -> None:
        """Drop the file: the run is over, and recorded."""
        self.close()
        self._file.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file and leave it."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _open(self) -> int:
        folder = self._file.parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in folder.iterdir():
            if time.time() - old.stat().st_mtime > _KEPT:
                old.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        return os.open(self._file, flags, 0o600)

    def _read(self) -> set[str]:
        try:
            lines = self._file.read_bytes().split(b"\n")
        except OSError:
            return set()
        # Behind the last line end is nothing, or what a power cut left of a line.
        return {line.decode("ascii", "replace") for line in lines[:-1]}


@contextmanager
def _logged() -> Iterator[None]:
    """Let the mail go on: after a crash, some would get it again."""
    try:
        yield
    except OSError as error:
        logger.error("publisher: what is sent is not noted: %s", error)  # noqa: TRY400
