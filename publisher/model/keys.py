"""Public keys: what they are made of, until when they sign, how they ended.

Numbers of algorithms are those of RFC 9580, section 9.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

_NAMES = {1: "rsa", 2: "rsa", 3: "rsa", 16: "elg", 17: "dsa", 20: "elg"}


@dataclass(frozen=True, slots=True)
class Revocation:
    """That a key is not used any more, and since when."""

    time: datetime
    hard: bool
    """Whether it may have been in other hands, so that nothing it ever signed counts:
    "compromised", or no reason at all. Soft are "superseded" and "retired"
    (RFC 9580, section 5.2.3.31)."""
    note: str
    """What its owner wrote about it."""


@dataclass(frozen=True, slots=True)
class KeyPart:
    """A primary key, or a subkey."""

    fingerprint: str
    algorithm: int
    bits: int
    curve: str
    """As GnuPG names it, e.g. `ed25519`; empty for algorithms without one."""
    created: datetime
    expires: datetime | None
    revocation: Revocation | None
    signs: bool
    """Whether it may sign texts."""
    bound_with: int
    """The digest algorithm of the signature that binds it to its owner; 0: none."""

    @property
    def algorithm_name(self) -> str:
        """Write the algorithm as GnuPG does: `ed25519`, `rsa4096`."""
        if self.curve:
            return self.curve
        return (
            f"{_NAMES.get(self.algorithm, f'algorithm {self.algorithm}, ')}{self.bits}"
        )


@dataclass(frozen=True, slots=True)
class Chosen:
    """A key that is to sign."""

    fingerprint: str
    """Of the primary key."""
    part: str = ""
    """The fingerprint of the part that makes the signature; empty: gpg takes one."""

    def __str__(self) -> str:
        """Write the key as gpg takes it: with `!` it uses that part and no other."""
        return f"{self.part}!" if self.part else self.fingerprint


@dataclass(frozen=True, slots=True)
class KeyState:
    """What is known of a public key."""

    user_ids: tuple[str, ...]
    """Those that are not revoked, the newest primary one first."""
    parts: tuple[KeyPart, ...]
    """The primary key, then its subkeys."""
    public: bytes
    """The key itself, ASCII-armored."""
    former_ids: tuple[str, ...] = ()
    """User ids that are revoked or have expired."""

    @property
    def primary(self) -> KeyPart:
        """Return the primary key."""
        return self.parts[0]

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint of the primary key: the name of the whole."""
        return self.primary.fingerprint

    @property
    def revocation(self) -> Revocation | None:
        """Return how the whole key was revoked, if it was."""
        return self.primary.revocation

    @property
    def expires(self) -> datetime | None:
        """Return when the whole key expires; None: never."""
        return self.primary.expires

    @property
    def signs_until(self) -> datetime | None:
        """Return when it cannot sign any more, unless it is extended; None: never.

        A key without any part that signs is at its end since it was made.
        """
        ends = [
            part.expires
            for part in self.parts
            if part.signs and part.revocation is None
        ]
        if not ends:
            return self.primary.created
        last = None if None in ends else max(end for end in ends if end is not None)
        known = [end for end in (last, self.expires) if end is not None]
        return min(known, default=None)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return the mail addresses of its user ids, in lower case, each once."""
        return _addresses(self.user_ids)

    @property
    def former_addresses(self) -> tuple[str, ...]:
        """Return the mail addresses of user ids that are none any more."""
        return _addresses(self.former_ids)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names in its user ids, each once."""
        found = (user.partition("<")[0].strip() for user in self.user_ids)
        return tuple(dict.fromkeys(name for name in found if name))

    def part(self, fingerprint: str) -> KeyPart | None:
        """Return the part of this fingerprint, if it has one."""
        return next((p for p in self.parts if p.fingerprint == fingerprint), None)


def _addresses(user_ids: Iterable[str]) -> tuple[str, ...]:
    found = (_address(user) for user in user_ids)
    return tuple(dict.fromkeys(address for address in found if address))


def _address(user_id: str) -> str:
    inside = user_id.rpartition("<")[2].removesuffix(">").strip().lower()
    local, at, domain = inside.rpartition("@")
    return inside if at and local and domain and " " not in inside else ""
