"""Signals that stop one of Mailman's runners, while it must not be interrupted.

Mailman's handlers raise an exception wherever the runner is, and whatever it works on
is put aside for a human, half done.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from mailman.interfaces.runner import RunnerInterrupt

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)


@contextmanager
def held() -> Iterator[Callable[[], bool]]:
    """Let them wait, and give a function that tells whether there was one.

    Afterwards Mailman's handler runs: it makes a note for the runner, which looks at
    that after each message.
    """
    if threading.current_thread() is not threading.main_thread():
        # Signals go elsewhere.
        yield lambda: False
        return
    asked: list[tuple[int, FrameType | None]] = []

    def note(number: int, frame: FrameType | None) -> None:
        asked.append((number, frame))

    before = {number: signal.signal(number, note) for number in _SIGNALS}
    try:
        yield lambda: bool(asked)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        for number, frame in asked:
            restored = before[signal.Signals(number)]
            with suppress(RunnerInterrupt):
                if callable(restored):
                    restored(number, frame)
                else:
                    signal.raise_signal(number)
