"""Runs other programs: for a limited time, with limited output, and none is left over.

A program and what it starts are one group of processes, which is ended with it: at its
end, when its time is over, when this process is interrupted, and, where there is
`setpriv`, when this process is killed. What puts itself out of that group, as gpg's
agent does, goes on.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from publisher.errors import ProgramError

LIMIT = 64 * 2**20
"""Bytes that a program may write to each of its outputs."""
_PART = 1 << 16
_LOOK = 0.05
"""Seconds after which it is looked whether a program has ended whose output is open."""


@dataclass(frozen=True, slots=True)
class Done:
    """A program that has ended."""

    code: int
    """Its exit code; below 0: the signal that ended it."""
    output: bytes
    errors: bytes


def run(
    argv: Sequence[str],
    *,
    seconds: float,
    given: bytes = b"",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Done:
    """Run a program that nobody sees, and return what it wrote.

    It has no terminal, so it asks nobody. OSError if it cannot be started, ProgramError
    if it does not end within `seconds`, or writes more than LIMIT.
    """
    process = subprocess.Popen(
        _ends_with_us(argv, environment),
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE if given else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with _ended(process):
        return _watched(process, argv[0], seconds, given)


def attended(
    argv: Sequence[str], *, seconds: float, folder: Path, captured: bool
) -> Done:
    """Run a command of the operator's, who may be asked by it at the terminal.

    What it says is shown, where ours is; its output is returned if it is `captured`.
    Errors as with `run`.
    """
    has_terminal = _has_terminal()
    process = subprocess.Popen(
        _ends_with_us(argv, None),
        cwd=folder,
        stdin=subprocess.DEVNULL if captured else None,
        stdout=subprocess.PIPE if captured else _our_output(),
        start_new_session=not has_terminal,
        process_group=0 if has_terminal else None,
    )
    with _ended(process), _in_front(process.pid, wanted=has_terminal):
        return _watched(process, argv[0], seconds, b"")


def _our_output() -> int | None:
    """Return where our output goes, which may be standard error; None: as we began."""
    try:
        return sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):
        return None


class Watched:
    """A program that a library talks to, begun here and ended in time."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        seconds: float,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Begin it, with pipes for all that it reads and writes; OSError if not."""
        self._name, self._seconds = argv[0], seconds
        self._is_late = False
        self.process = subprocess.Popen(
            _ends_with_us(argv, environment),
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._clock = threading.Timer(seconds, self._end)
        self._clock.daemon = True
        self._clock.start()

    def close(self) -> None:
        """Let nothing of it go on, or raise ProgramError if it took too long."""
        self._clock.cancel()
        with _ended(self.process):
            pass
        if self._is_late:
            raise ProgramError(_late(self._name, self._seconds))

    def _end(self) -> None:
        self._is_late = True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def _ends_with_us(
    argv: Sequence[str], environment: Mapping[str, str] | None
) -> Sequence[str]:
    """Return what ends a program when this process is killed, where there is such."""
    path = None if environment is None else environment.get("PATH")
    if shutil.which(argv[0], path=path) is None:
        # Let the system say why.
        return argv
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "KILL", "--", *argv) if setpriv else argv


@contextlib.contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Let nothing of a program go on after the context."""
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def _watched(
    process: subprocess.Popen[bytes], name: str, seconds: float, given: bytes
) -> Done:
    end = time.monotonic() + seconds
    found: dict[IO[bytes], bytearray] = {}
    with selectors.DefaultSelector() as streams:
        if process.stdin is not None:
            os.set_blocking(process.stdin.fileno(), False)
            streams.register(process.stdin, selectors.EVENT_WRITE, memoryview(given))
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                streams.register(stream, selectors.EVENT_READ)
                found[stream] = bytearray()
        while _goes_on(process, streams):
            if time.monotonic() > end:
                raise ProgramError(_late(name, seconds))
            _exchange(streams, found, name)
    output, errors = (
        bytes(found[each]) if each is not None else b""
        for each in (process.stdout, process.stderr)
    )
    return Done(process.wait(), output, errors)


def _goes_on(process: subprocess.Popen[bytes], streams: selectors.BaseSelector) -> bool:
    """Tell whether there is something to wait for: the program's end, or its output."""
    if process.poll() is None:
        return True
    # Something in the background may hold its outputs open, and say nothing more.
    return any(key.events == selectors.EVENT_READ for key, _ in streams.select(0))


def _exchange(
    streams: selectors.BaseSelector, found: dict[IO[bytes], bytearray], name: str
) -> None:
    """Give and take what can be had now, or wait a moment."""
    if not streams.get_map():
        # It has closed all of them, so its end is near, or its limit is.
        time.sleep(_LOOK / 50)
        return
    for key, _ in streams.select(_LOOK):
        stream: Any = key.fileobj
        if stream not in found:
            _give(streams, key)
            continue
        data = os.read(key.fd, _PART)
        found[stream] += data
        if not data:
            streams.unregister(stream)
        if len(found[stream]) > LIMIT:
            msg = (
                f"{name!r} writes more than {LIMIT // 2**20} MiB, and was ended: see "
                "whether it is the program that it should be"
            )
            raise ProgramError(msg)


def _give(streams: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
    stream: Any = key.fileobj
    left = key.data
    try:
        left = left[os.write(key.fd, left[:_PART]) :]
    except BlockingIOError:
        return
    except BrokenPipeError:
        # It has ended, or wants no more: its exit code tells which.
        left = left[:0]
    if left:
        streams.modify(stream, selectors.EVENT_WRITE, left)
    else:
        streams.unregister(stream)
        with contextlib.suppress(BrokenPipeError):
            stream.close()


def _late(name: str, seconds: float) -> str:
    return (
        f"{name!r} did not end within {seconds:g} s, and was ended: run it by hand to "
        "see what it waits for"
    )


def _has_terminal() -> bool:
    """Tell whether somebody sits in front of this very process."""
    try:
        return sys.__stdin__ is not None and os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


@contextlib.contextmanager
def _in_front(group: int, *, wanted: bool) -> Iterator[None]:
    """Let a group of processes have the terminal meanwhile, as a shell does."""
    if not wanted:
        yield
        return
    # Who is not in front may not change who is, but for this.
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        with contextlib.suppress(OSError):
            os.tcsetpgrp(0, group)
            # It may have wanted to read before it was allowed to.
            os.killpg(group, signal.SIGCONT)
        yield
    finally:
        with contextlib.suppress(OSError):
            os.tcsetpgrp(0, os.getpgrp())
        signal.signal(signal.SIGTTOU, before)
