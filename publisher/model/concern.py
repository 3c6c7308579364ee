"""What is to be looked at, and how soon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
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


class Code(StrEnum):
    """What kind of thing it is; scripts read these words, so they stay as they are."""

    DAMAGED = "damaged"
    UNKNOWN = "unknown"
    STOPPED = "stopped"
    DEPLOY = "deploy"
    DUE = "due"
    UNSEEN = "unseen"
    SERVER = "server"
    HELD = "held"
    QUEUE = "queue"
    LISTS = "lists"
    KEY = "key"
    SECURITY_TXT = "security.txt"


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to look at."""

    urgency: Urgency
    code: Code
    text: str
    """What is wrong, on one line."""
    commands: tuple[str, ...] = ()
    """What settles it."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the text is made of, for programs: ids, addresses, moments, counts."""

    def to_json(self) -> dict[str, Any]:
        """Return it as `publisher status --json` shows it."""
        return {
            "urgency": self.urgency.word,
            "code": str(self.code),
            "text": self.text,
            "commands": list(self.commands),
            "facts": dict(self.facts),
        }
