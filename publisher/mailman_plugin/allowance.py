"""How much processor time the reading of one mail may take, in Mailman's runners.

What is read under an allowance must be safe to break off anywhere: it decides, and
changes nothing.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 5.0
"""Of processor time, far above what a mail within the limits takes on any machine."""


class TooDearError(Exception):
    """A mail took more than it may; it would again."""


def watch(seconds: float) -> Callable[[], None]:
    """Return what raises TooDearError once this thread has worked so long."""
    end = time.thread_time() + seconds

    def look() -> None:
        if time.thread_time() > end:
            raise TooDearError(_told(seconds))

    return look


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooDearError from within what works longer; for the main thread only."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise TooDearError(_told(seconds))

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _told(seconds: float) -> str:
    return f"takes more than {seconds:g} seconds to read"
