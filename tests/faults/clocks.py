"""The clock of a run that steps, and its patience with other programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any


def install(steps: Sequence[Sequence[int]]) -> None:
    """Let the program's clock be off, in this process.

    Each step is the number of looks at the clock after which it holds, and by how many
    seconds the clock is off then.
    """
    from publisher.wiring import Project

    if not steps:
        return
    true, looks = Project.clock, 0

    def clock(project: Project) -> datetime:
        nonlocal looks
        looks += 1
        off = [seconds for after, seconds in steps if looks > after]
        return true(project) + timedelta(seconds=off[-1] if off else 0)

    Project.clock = clock  # type: ignore[assignment,method-assign]


def hurry(seconds: float) -> None:
    """Let other programs and servers have so many seconds at most; 0: as ever."""
    from publisher import programs
    from publisher.adapters.deploy import s3

    if not seconds:
        return
    vars(s3)["_WAITS"] = (0.0, 0.0)
    for name in ("run", "attended"):
        vars(programs)[name] = _hurried(vars(programs)[name], seconds)


def _hurried(run: Any, most: float) -> Any:
    def hurried(argv: Sequence[str], **named: Any) -> Any:
        return run(argv, **{**named, "seconds": min(most, named["seconds"])})

    return hurried
