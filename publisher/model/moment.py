"""Moments that any zone and any calendar of a reader's can show."""

from __future__ import annotations

from datetime import datetime

_FIRST = 1900
_LAST = 9000
"""Years: near the ends of what Python counts, a change of the zone is an error."""


def shown(moment: datetime) -> datetime:
    """Return `moment`, or raise ValueError if it is too far away to be meant."""
    if not _FIRST <= moment.year <= _LAST:
        msg = f"{moment.isoformat()} is not within the years {_FIRST} to {_LAST}"
        raise ValueError(msg)
    return moment
