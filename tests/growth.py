"""How the work of a function grows with its input: judged by ratios, on any machine."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import pytest

_FLOOR = 0.2
"""Seconds of a processor; what takes less at its largest is mostly noise."""
_TRIES = 6


def is_linear(work: Callable[[int], object], small: int, large: int) -> None:
    """Fail if the time of work grows nearer to the square of its size than to the size.

    One try that fits is enough, since other work on the machine only disturbs: what is
    quadratic never comes near.
    """
    ratio = large / small
    found = []
    for _ in range(_TRIES):
        little, much = (seconds(work, size) for size in (small, large))
        if much <= max(ratio**1.5 * little, _FLOOR):
            return
        found.append(much / little)
    pytest.fail(
        f"{ratio:.3g} times as much takes {min(found):.3g} times as long, or longer"
    )


def seconds(work: Callable[[int], object], size: int) -> float:
    """Return the seconds of a processor that it takes."""
    gc.disable()
    begun = time.thread_time()
    try:
        work(size)
        return time.thread_time() - begun
    finally:
        gc.enable()
