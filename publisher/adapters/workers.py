"""More than one processor for work that is worth it."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

A = TypeVar("A")
B = TypeVar("B")

_WORTH_IT = 64
"""Fewer items are done sooner than processes are started."""
_CHUNK = 16


def _nothing(item: object) -> object:
    msg = f"a worker was asked about {type(item).__name__} before it was told its work"
    raise RuntimeError(msg)


_work: Callable[[Any], Any] = _nothing


class ForkedWorkers:
    """Processes that start with all that this one knows, so work may be a closure."""

    def __init__(self, processes: int | None = None) -> None:
        """Use so many processes; None: one for each processor."""
        self._processes = processes or os.cpu_count() or 1

    def map(self, work: Callable[[A], B], items: Sequence[A]) -> Iterator[B]:
        """Yield `work(item)` for each item, in their order."""
        if self._processes == 1 or len(items) < _WORTH_IT:
            yield from map(work, items)
            return
        alive = os.pipe()
        try:
            with ProcessPoolExecutor(
                self._processes,
                mp_context=multiprocessing.get_context("fork"),
                initializer=_take,
                initargs=(work, alive),
            ) as pool:
                yield from pool.map(_do, items, chunksize=_CHUNK)
        finally:
            for each in alive:
                os.close(each)


def _take(work: Callable[[Any], Any], alive: tuple[int, int]) -> None:
    global _work
    _work = work
    reading, writing = alive
    os.close(writing)
    threading.Thread(target=_end_with_parent, args=(reading,), daemon=True).start()


def _end_with_parent(reading: int) -> None:
    """Wait until the parent is dead, which alone has the pipe's other end open.

    A worker would wait for work for ever, and hold the locks that it has inherited.
    """
    os.read(reading, 1)
    os._exit(1)


def _do(item: Any) -> Any:
    return _work(item)
