"""Signatures: who makes them, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from publisher.model.keys import KeyState


class Signer(Protocol):
    """Makes cleartext signatures (RFC 9580, section 7)."""

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """The keys that sign, each with a signature of its own in the same block."""
        ...

    def sign(self, text: str) -> bytes:
        """Return `text` cleartext-signed, or raise GpgError."""
        ...


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What an OpenPGP program said of one cleartext-signed file, undecided."""

    statuses: tuple[tuple[str, ...], ...]
    """The status lines of GnuPG (doc/DETAILS), each split at its blanks."""


class Verifier(Protocol):
    """Checks cleartext signatures against the team's public keys and no others."""

    def reports(self, texts: Sequence[bytes]) -> Sequence[SignatureReport]:
        """Return one report for each text, in their order, or raise GpgError."""
        ...

    def keys(self) -> Mapping[str, KeyState]:
        """Return the public keys by the fingerprint of their primary key."""
        ...

    def exported(self, fingerprint: str, address: str) -> bytes:
        """Return a key with the user ids of one mail address only, not armored."""
        ...

    @property
    def digest(self) -> str:
        """A digest of the key ring: with the same one, reports are the same."""
        ...
