"""What the demo promises, and what it saw of each promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from publisher.markup import is_wide


@dataclass(frozen=True, slots=True)
class Fact:
    """One promise: whether it holds, and what was seen."""

    promise: str
    holds: bool
    seen: str


@dataclass
class Facts:
    """The facts in the order in which they were seen."""

    say: Callable[[str], object]
    facts: list[Fact] = field(default_factory=list)

    def note(self, promise: str, holds: bool, seen: str) -> None:
        """Add a fact and say it at once."""
        self.facts.append(Fact(promise, holds, seen))
        self.say(f"  {'ok' if holds else 'NOT SO'}: {promise} ({seen})")

    @property
    def hold(self) -> bool:
        """Tell whether there are facts and all of them hold."""
        return bool(self.facts) and all(fact.holds for fact in self.facts)

    def table(self) -> str:
        """Return the facts as a table for the terminal."""
        rows = [("", "What was promised", "What was seen")]
        for fact in self.facts:
            mark = "holds" if fact.holds else "BROKEN"
            rows.append((mark, fact.promise, fact.seen))
        width = max(columns(promise) for _, promise, _ in rows)
        return "\n".join(
            f"{mark:6}  {promise}{' ' * (width - columns(promise))}  {seen}"
            for mark, promise, seen in rows
        )


def columns(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    return sum(2 if is_wide(character) else 1 for character in text)
