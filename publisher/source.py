"""Where something stands in a file, and what was found there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file of the project.

    Lines and columns count from 1, columns in characters; 0 means "the whole
    file" or "the whole line".
    """

    path: PurePosixPath
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Write the place the way compilers do, so that editors can jump to it."""
        place = str(self.path)
        if self.line:
            place += f":{self.line}"
            if self.column:
                place += f":{self.column}"
        return place


class Level(StrEnum):
    """How much a finding weighs: an error stops the chain, others do not."""

    ERROR = "error"
    WARNING = "warning"
    ACCEPTED = "accepted"
    """It is right as it is: the source says why."""
    NOTE = "note"
    """Nothing is known to be wrong; it could not be found out."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where, and what is expected instead."""

    location: Location
    code: str
    """Stable and documented in docs/lint.md, e.g. `P012` (parse) or `L105` (lint)."""
    message: str
    expected: str = ""
    level: Level = Level.ERROR
    reason: str = ""
    """Why it is accepted, if it is."""

    def __str__(self) -> str:
        """Write the finding as `path:line:column: CODE message (expected …)`."""
        tail = f" (expected {self.expected})" if self.expected else ""
        if self.reason:
            tail = f" (accepted: {self.reason})"
        mark = "" if self.level is Level.ERROR else f"{self.level}: "
        return f"{self.location}: {self.code} {mark}{self.message}{tail}"

    def to_json(self) -> dict[str, object]:
        """Return it as scripts read it."""
        return {
            "path": str(self.location.path),
            "line": self.location.line,
            "column": self.location.column,
            "code": self.code,
            "level": str(self.level),
            "message": self.message,
            "expected": self.expected,
            **({"reason": self.reason} if self.reason else {}),
        }

    @property
    def sort_key(self) -> tuple[str, int, int, str]:
        """Order by file, then by place, then by code."""
        place = self.location
        return (str(place.path), place.line, place.column, self.code)
