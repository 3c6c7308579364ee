"""Moments that any zone and any calendar of a reader's can show."""

from __future__ import annotations

from datetime import UTC, datetime

UNDATED = datetime(9001, 1, 1, tzinfo=UTC)
"""Stands for a date that is still to be written: later than everything that
can be written, so nothing that has it is ever due."""
UNWRITTEN = "FIXME"
"""What stands in a source where something is still to be written."""
_FIRST = 1900
_LAST = 9000
"""Years: near the ends of what Python counts, a change of the zone is an error."""


def known(moment: datetime, default: datetime) -> datetime:
    """Return `moment`, or `default` if it is still to be written."""
    return default if moment == UNDATED else moment


def shown(moment: datetime) -> datetime:
    """Return `moment`, or raise ValueError if it is too far away to be meant."""
    if not _FIRST <= moment.year <= _LAST:
        msg = f"{moment.isoformat()} is not within the years {_FIRST} to {_LAST}"
        raise ValueError(msg)
    return moment
