"""The team's keys as readers are told of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from publisher.model import roles
from publisher.model.roles import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.model.keys import KeyState
    from publisher.model.settings import Team

_ORDER = list(Role)


class Key(NamedTuple):
    """A public key as readers are told of it: JSON values only."""

    fingerprint: str
    user_ids: tuple[str, ...]
    algorithm: str
    role: str
    expires: str | None
    """In ISO 8601."""
    is_expired: bool
    revoked: str | None
    """Since when, in ISO 8601."""
    hard: bool
    """Whether nothing that it signed counts any more."""
    is_here: bool
    """Whether the site serves the key."""

    @property
    def expiry(self) -> datetime | None:
        """Return `expires` as a moment."""
        return datetime.fromisoformat(self.expires) if self.expires else None

    @property
    def revocation(self) -> datetime | None:
        """Return `revoked` as a moment."""
        return datetime.fromisoformat(self.revoked) if self.revoked else None


def ordered(
    keys: Sequence[KeyState], team: Team, now: datetime
) -> tuple[KeyState, ...]:
    """Return those of `keys` that are pinned: current ones, previous, revoked ones.

    Among their like they stand as in the settings.
    """
    known = {key.fingerprint: key for key in keys}
    pinned = [known[each] for each in team.pinned if each in known]
    return tuple(
        sorted(pinned, key=lambda key: _ORDER.index(roles.role(key, team, now)))
    )


def shown(keys: Sequence[KeyState], team: Team, now: datetime) -> tuple[Key, ...]:
    """Return all pinned keys as `ordered`, those that are lacking last."""
    found = ordered(keys, team, now)
    here = {key.fingerprint for key in found}
    lacking = (_unknown(each, team) for each in team.pinned if each not in here)
    return (*(_known(key, team, now) for key in found), *lacking)


def _known(key: KeyState, team: Team, now: datetime) -> Key:
    revocation = key.revocation
    return Key(
        fingerprint=key.fingerprint,
        user_ids=key.user_ids,
        algorithm=key.primary.algorithm_name,
        role=roles.role(key, team, now),
        expires=key.expires.isoformat() if key.expires else None,
        is_expired=key.expires is not None and key.expires <= now,
        revoked=revocation.time.isoformat() if revocation else None,
        hard=revocation is not None and revocation.hard,
        is_here=True,
    )


def _unknown(fingerprint: str, team: Team) -> Key:
    role = Role.CURRENT if fingerprint in team.fingerprints else Role.PREVIOUS
    return Key(
        fingerprint=fingerprint,
        user_ids=(),
        algorithm="",
        role=role,
        expires=None,
        is_expired=False,
        revoked=None,
        hard=False,
        is_here=False,
    )
