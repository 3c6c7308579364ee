"""How long a template may take, and how much memory: one that never ends is stopped.

Templates are the team's own, but they travel in commits, and one loop too many would
keep an emergency waiting for ever. They run in Jinja's sandbox besides, which has no
way to a file or a program, and its loops count to 100,000 at most.
"""

from __future__ import annotations

import contextlib
import functools
import resource
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import jinja2
from jinja2.filters import do_round
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

SECONDS = 30.0
"""Of processor time for one template, with all that it includes; the largest pages take
less than one."""
MEMORY = 1 << 30
"""Bytes that it may take beyond those that the program has."""
_BITS = 4096
"""Of a number: what is done to larger ones can take hours, and nothing stops it."""
_AGAIN = 1.0
"""Seconds after which the end is called once more, should it have been missed."""
_TIMES = 2
"""After so many times SECONDS the system ends the program (SIGXCPU)."""
_STATM = Path("/proc/self/statm")


class Bounded(SandboxedEnvironment):
    """An environment whose templates end, whatever is in them."""

    intercepted_binops: ClassVar[frozenset[str]] = frozenset(  # type: ignore[misc]
        ("*", "**", "/", "//", "%")
    )

    def __init__(self, **options: Any) -> None:
        """Take the options of an environment."""
        super().__init__(**options)
        self.template_class = _Template
        self.tests["divisibleby"] = _is_divisible
        self.filters["round"] = _rounded

    def compile(self, *args: Any, **kwargs: Any) -> Any:
        """Compile a template: what is constant in it is reckoned out by that."""
        with bounded():
            return super().compile(*args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return what an operator makes of two values, or raise OverflowError."""
        _require_small(left, right)
        if operator == "**":
            bits = left.bit_length() if isinstance(left, int) else 1
            if isinstance(right, int) and bits * abs(right) > _BITS:
                _refuse()
        return super().call_binop(context, operator, left, right)


class _Template(jinja2.Template):
    """One that ends."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        with bounded():
            return super().render(*args, **kwargs)


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """Stop what is within, where it is, when it takes too long or too much.

    It ends in TemplateRuntimeError or MemoryError. Only the main thread is stopped: a
    thread has no clock of its own.
    """
    if threading.current_thread() is not threading.main_thread() or _is_running():
        yield
        return
    with _memory(), _processor():
        if signal.getsignal(signal.SIGPROF) is not _stop:
            signal.signal(signal.SIGPROF, _stop)
        signal.setitimer(signal.ITIMER_PROF, SECONDS, _AGAIN)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)


def _is_running() -> bool:
    """Tell whether this is within another one, or somebody profiles the program."""
    return signal.getitimer(signal.ITIMER_PROF)[0] > 0


def _stop(_number: int, _frame: object) -> NoReturn:
    msg = f"it did not end within {SECONDS:.0f} seconds"
    raise jinja2.TemplateRuntimeError(msg)


@contextlib.contextmanager
def _memory() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    # To ask takes longer than a small template does.
    taken = _taken(int(time.monotonic()))
    if not taken or (soft != resource.RLIM_INFINITY and soft <= taken + MEMORY):
        yield
        return
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextlib.contextmanager
def _processor() -> Iterator[None]:
    """Have the system end the program where Python has no say, as in one comparison."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = int(time.process_time() + _TIMES * SECONDS) + 1
    if soft != resource.RLIM_INFINITY or hard != resource.RLIM_INFINITY:
        yield
        return
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


@functools.lru_cache(maxsize=1)
def _taken(second: int) -> int:
    """Return how many bytes of addresses the process has; 0 if nobody says it."""
    del second
    try:
        pages = _STATM.read_bytes().split(b" ", 1)[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _is_divisible(value: Any, by: Any) -> bool:
    _require_small(value, by)
    return bool(value % by == 0)


def _rounded(value: Any, precision: Any = 0, method: Any = "common") -> Any:
    # It reckons with 10 to the power of the precision.
    if isinstance(precision, int) and abs(precision) > _BITS // 4:
        _refuse()
    return do_round(value, precision, method)


def _require_small(*values: object) -> None:
    if any(isinstance(v, int) and v.bit_length() > _BITS for v in values):
        _refuse()


def _refuse() -> NoReturn:
    msg = f"it reckons with a number of more than {_BITS} bits"
    raise OverflowError(msg)
