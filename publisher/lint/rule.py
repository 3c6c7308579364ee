"""What a rule is: a code, a sentence, and a function that finds what breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from publisher.source import Finding, Level, Location

Of = TypeVar("Of")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that breaks a rule."""

    at: Location
    message: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Rule(Generic[Of]):
    """One rule; its code never changes and is never used again."""

    code: str
    summary: str
    problems: Callable[[Of], Iterator[Problem]]
    level: Level = Level.ERROR
    waivable: bool = False
    """Whether a source may say that what is found is right as it is. Nothing is that
    guards what a reader could be deceived by or could miss."""

    def findings(self, of: Of) -> Iterator[Finding]:
        """Yield what breaks this rule, of which there may be nothing."""
        for problem in self.problems(of):
            yield Finding(
                problem.at, self.code, problem.message, problem.expected, self.level
            )


def judged(
    code: str, summary: str, problems: Callable[[Of], Iterator[Problem]]
) -> Rule[Of]:
    """Return a rule that warns of a matter of judgement, which can be accepted."""
    return Rule(code, summary, problems, Level.WARNING, waivable=True)
