"""The addresses in header fields, in time that grows with their length."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import getaddresses

_LONGEST = 2**13
"""Characters of all fields together that are looked at."""
_MOST_INSIDE = 50
"""Comments and groups. Python's reader calls itself for each of them, and copies what
it found before."""


def found(values: Sequence[str]) -> list[tuple[str, str]]:
    """Return names and addresses; nothing if the fields are not written by a person."""
    kept, left = [], _LONGEST
    for value in values:
        kept.append(value[:left])
        left -= len(kept[-1])
        if left <= 0:
            break
    inside = sum(each.count("(") + each.count(":") for each in kept)
    return [] if inside > _MOST_INSIDE else getaddresses(kept)
