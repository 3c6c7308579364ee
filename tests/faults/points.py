"""The points at which a process touches the world, counted, and a fault at one of them.

A point is a file that is opened for writing, renamed, linked or removed, a statement
that changes a database, a program that is started, a connection that is made. What is
counted is what Python itself announces (audit events) and what SQLite does (trace
callbacks): the program under test has no part in it.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_MAKES = ("open", "os.mkdir", "os.link", "os.symlink")
"""The events that need room on the disk."""
_EVENTS = (
    *_MAKES,
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.truncate",
    "subprocess.Popen",
    "socket.connect",
)
_CHANGES = ("INSERT", "UPDATE", "DELETE", "COMMIT", "BEGIN", "CREATE", "ALTER", "DROP")
_ELSEWHERE = ("/dev/null", "/dev/tty", "/proc/", "publisher-verify-", ".coverage")
"""What is no file of the project: it may be lost at any time."""


@dataclass
class Points:
    """Counts, and acts at one of them."""

    at: int
    """The number of the point, from 1; 0: none."""
    act: str
    """`kill`, or `full`: from that point on, the disk takes nothing more."""
    told: Callable[[int, str], None] = lambda _number, _what: None
    """Told the point just before the fault."""
    is_wanted: Callable[[], bool] = lambda: True
    """Asked just before the fault."""
    all: list[str] = field(default_factory=list)
    """Every point so far."""
    count: int = 0
    _is_full: bool = False

    def install(self) -> None:
        """Begin to count in this process, for good."""
        connect: Any = sqlite3.connect

        def traced(*arguments: Any, **named: Any) -> Any:
            made = connect(*arguments, **named)
            made.set_trace_callback(self._statement)
            return made

        for module in (sqlite3, sqlite3.dbapi2):
            vars(module)["connect"] = traced
        sys.addaudithook(self._event)

    def lift(self) -> None:
        """Let files grow again: what measures this process may have some to write."""
        self.at, self._is_full = 0, False
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))

    def _event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _EVENTS and _is_ours(event, arguments):
            self._reach(f"{event} {arguments[0]}")
            if self._is_full and event in _MAKES:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), arguments[0])

    def _statement(self, statement: str) -> None:
        if statement.lstrip().upper().startswith(_CHANGES):
            self._reach(f"sql {statement}")

    def _reach(self, what: str) -> None:
        self.count += 1
        if self.act == "list":
            self.all.append(what)
        if self.count != self.at or not self.is_wanted():
            return
        self.told(self.count, what)
        if self.act == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        # SQLite and other programs do not ask Python: for them, no file can grow.
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        self._is_full = True


def _is_ours(event: str, arguments: tuple[Any, ...]) -> bool:
    if event == "open":
        path, mode, flags = arguments
        writes = flags & _WRITES if isinstance(flags, int) else False
        if not (writes or (isinstance(mode, str) and set(mode) & set("wax+"))):
            return False
        return isinstance(path, str | bytes | os.PathLike) and _is_of_the_project(path)
    if event == "os.mkdir" and Path(os.fsdecode(arguments[0])).is_dir():
        return False
    return not event.startswith("os.") or _is_of_the_project(arguments[0])


def _is_of_the_project(path: Any) -> bool:
    name = os.fsdecode(path) if not isinstance(path, int) else ""
    return not any(each in name for each in _ELSEWHERE)


def watch(folder: Path) -> None:
    """Act in the process that `folder/armed` names, once; for Mailman's runners.

    The file holds its number and the number of the point, counted from there on.
    """
    points = Points(0, "kill")
    armed, fired = folder / "armed", folder / "fired"

    def told(number: int, what: str) -> None:
        # What is done here is no point, and arms nothing.
        points.at = -1
        armed.rename(fired)
        fired.write_text(f"{number} {what}")

    def look(event: str, _arguments: tuple[Any, ...]) -> None:
        if event in _EVENTS and points.at == 0 and armed.exists():
            points.at = -1
            try:
                wanted = json.loads(armed.read_text())
            except (OSError, ValueError):
                wanted = {}
            if wanted.get("process") == os.getpid():
                points.count, points.at = 0, wanted["at"]
            else:
                points.at = 0

    def is_wanted() -> bool:
        # Of an earlier run, in which this point was not reached.
        if not armed.exists():
            points.at = 0
        return armed.exists()

    points.told, points.is_wanted = told, is_wanted
    sys.addaudithook(look)
    points.install()
