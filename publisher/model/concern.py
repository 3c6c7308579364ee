"""What is to be looked at, and how soon."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Urgency(IntEnum):
    """How soon; the numbers are the exit codes of monitoring plugins."""

    OK = 0
    WARNING = 1
    """It gets worse if nobody looks at it this week."""
    CRITICAL = 2
    """Readers do not get what they should, or soon will not."""
    UNKNOWN = 3
    """Nothing could be found out."""

    @property
    def word(self) -> str:
        """Return it as JSON has it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to look at."""

    urgency: Urgency
    code: str
    """What kind of thing it is, one word or two: it stays the same."""
    text: str
    """What is wrong, on one line."""
    commands: tuple[str, ...] = ()
    """What settles it."""

    def to_json(self) -> dict[str, Any]:
        """Return it as `publisher status --json` shows it."""
        return {
            "urgency": self.urgency.word,
            "code": self.code,
            "text": self.text,
            "commands": list(self.commands),
        }
