"""What somebody wants checked, before anybody has looked into it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A file, or one mail of a mailbox."""

    name: str
    data: bytes = b""
    within: str = ""
    """The folder or mailbox in which it lies; empty if it was named itself. What was
    named has to be a text of ours; what merely lies somewhere may be anything."""
    doubt: str = ""
    """Why it could not be read; empty if it could."""
