"""A full disk called so, whoever says it and in whichever words."""

from __future__ import annotations

import re

_CALLED = {
    "No space left on device": "the disk is full",
    "database or disk is full": "the disk is full",
    "Disk quota exceeded": "the disk quota is used up",
}
"""What the system says, and with it gpg, git and rsync; and SQLite's own words."""
_WORDS = re.compile("|".join(map(re.escape, _CALLED)))
_ADVICE = "make room (`df -h`, `quota`), then run the same again"


def named(message: str) -> str:
    """Return a message in which a full disk is called so, and what helps then.

    One that is about something else stays as it is.
    """
    if _WORDS.search(message) is None:
        return message
    called = _WORDS.sub(lambda told: f"{_CALLED[told[0]]} ({told[0]})", message)
    return f"{called}: {_ADVICE}"
