"""More than one processor for work that is worth it."""

from __future__ import annotations

import multiprocessing
import os
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
        with ProcessPoolExecutor(
            self._processes,
            mp_context=multiprocessing.get_context("fork"),
            initializer=_take,
            initargs=(work,),
        ) as pool:
            yield from pool.map(_do, items, chunksize=_CHUNK)


def _take(work: Callable[[Any], Any]) -> None:
    global _work
    _work = work


def _do(item: Any) -> Any:
    return _work(item)
