"""What a pinned key is to the team at a given moment."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.model.keys import KeyState
    from publisher.model.settings import Team


class Role(StrEnum):
    """Whether a key signs, signed earlier, or was revoked; in the order of display."""

    CURRENT = "current"
    PREVIOUS = "previous"
    REVOKED = "revoked"


def role(key: KeyState, team: Team, now: datetime) -> Role:
    """Return the role of a pinned key; one that expired is a previous one."""
    if key.revocation is not None:
        return Role.REVOKED
    end = key.signs_until
    if key.fingerprint in team.fingerprints and (end is None or end > now):
        return Role.CURRENT
    return Role.PREVIOUS
