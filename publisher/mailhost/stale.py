"""What a mail host that was killed leaves behind: processes, locks, half a database.

Linux only: `/proc` tells whose a process is, and a pidfd makes sure that a signal
reaches the process that was looked at, and none that got its number later.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import sqlite3
import time
from pathlib import Path

from publisher.mailhost.errors import MailHostError
from publisher.mailhost.process import SCRIPT

logger = logging.getLogger(__name__)

_TERM_LIMIT = 10.0
_KILL_LIMIT = 5.0


def end_processes(configuration: Path) -> None:
    """End every process of a Mailman with this configuration.

    They are usually ending already: losing their parent is what they stop for.
    """
    found = [fd for pid in _pids() if (fd := _open(pid, configuration)) is not None]
    logger.debug("processes of an earlier run that are still there: %d", len(found))
    try:
        for number, limit in (
            (signal.SIGTERM, _TERM_LIMIT),
            (signal.SIGKILL, _KILL_LIMIT),
        ):
            for fd in found:
                _signal(fd, number)
            deadline = time.monotonic() + limit
            if all(_ended(fd, deadline) for fd in found):
                return
    finally:
        for fd in found:
            os.close(fd)
    msg = f"Mailman processes of an earlier run with {configuration} cannot be ended"
    raise MailHostError(msg)


def remove_locks(directory: Path) -> None:
    """Remove the lock files and the pid file of a Mailman that is dead."""
    for file in (*directory.glob("locks/*"), directory / "master.pid"):
        file.unlink(missing_ok=True)


def remove_unfinished_database(directory: Path) -> None:
    """Remove a database whose making was interrupted; it has never held anything.

    Mailman makes the tables one by one and notes the schema's version at the end. It
    cannot go on from the middle (SQLAlchemy raises NoSuchTableError).
    """
    file = directory / "data" / "mailman.db"
    if not file.exists():
        return
    with contextlib.closing(sqlite3.connect(file)) as connection:
        query = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
        finished = connection.execute(query).fetchone()
    if not finished:
        logger.warning("%s was never finished and is made again", file)
        file.unlink()


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _open(pid: int, configuration: Path) -> int | None:
    """Return a pidfd of process `pid` if it is one of that Mailman, else None."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        arguments = []
    if os.fsencode(SCRIPT) in arguments and os.fsencode(configuration) in arguments:
        return fd
    os.close(fd)
    return None


def _signal(fd: int, number: signal.Signals) -> None:
    try:
        signal.pidfd_send_signal(fd, number)
    except ProcessLookupError:
        logger.debug("a process of an earlier run has ended by itself")


def _ended(fd: int, deadline: float) -> bool:
    """Wait until `deadline` for the process's end; a pidfd is readable then."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(1000 * max(0.0, deadline - time.monotonic())))
