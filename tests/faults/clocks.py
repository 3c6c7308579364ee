"""The clock of a run that steps: at the start, or in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta


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
