"""The signature packets of OpenPGP (RFC 9580, sections 4.2 and 5.2.3), read strictly.

What stands in an armor is seen by nobody, so nothing may hide there: it holds
signatures and nothing else, each as long as it says and no longer. Programs differ in
what they skip; what all of them have to read alike is all that is read here. Time and
memory are linear in the length of the data.

Both forms of a header are read, since both are in use; lengths that are not known
beforehand (partial and indeterminate ones) are for streams, which no signature is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_SIGNATURE = 2
_FOREIGN = "the armor holds something else than signatures"
_UNREAD = "a signature in the armor"
_UNKNOWN_LENGTH = f"{_UNREAD} does not say how long it is"
_MOST = 64
"""Signatures in one armor; a team is smaller."""
_NAMES = {1: "an encrypted session key", 3: "an encrypted session key",
          4: "a one-pass signature", 5: "a secret key", 6: "a public key",
          7: "a secret subkey", 8: "compressed data", 9: "encrypted data",
          10: "a marker", 11: "literal data", 12: "trust", 13: "a user id",
          14: "a public subkey", 17: "a user attribute", 18: "encrypted data",
          19: "a modification detection code", 20: "encrypted data",
          21: "padding"}  # fmt: skip
_VALUES = {1: 1, 3: 1, 17: 2, 19: 2, 22: 2}
"""How many numbers (section 3.2) a signature of an algorithm has."""
_BYTES = {27: 64, 28: 114}
"""How many bytes it has, where it is no numbers: Ed25519 and Ed448."""


@dataclass(frozen=True, slots=True)
class Subpacket:
    """What a signature says of itself (section 5.2.3.7)."""

    kind: int
    data: bytes
    hashed: bool
    """Whether the signature covers it."""


@dataclass(frozen=True, slots=True)
class SignaturePacket:
    """One signature."""

    version: int
    subpackets: tuple[Subpacket, ...]


def signatures(data: bytes) -> tuple[SignaturePacket, ...]:
    """Return the signatures that `data` consists of, or raise ValueError."""
    found: list[SignaturePacket] = []
    reader = _Reader(data)
    while reader.left:
        if len(found) == _MOST:
            msg = f"the armor holds more than {_MOST} signatures"
            raise ValueError(msg)
        found.append(_signature(_Reader(_body(reader))))
    if not found:
        msg = "the armor holds no signature"
        raise ValueError(msg)
    return tuple(found)


class _Reader:
    """Takes bytes one part after the other; ValueError at their end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, size: int) -> bytes:
        if size > self.left:
            msg = f"{_UNREAD} is cut off"
            raise ValueError(msg)
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")


def _body(reader: _Reader) -> bytes:
    """Return the inside of the next packet, which has to be a signature."""
    head = reader.number(1)
    if not head & 0x80:
        msg = f"{_FOREIGN}: something that is no packet"
        raise ValueError(msg)
    is_new = bool(head & 0x40)
    tag = head & 0x3F if is_new else head >> 2 & 0xF
    if tag != _SIGNATURE:
        name = _NAMES.get(tag, f"a packet of type {tag}")
        msg = f"{_FOREIGN}: {name}"
        raise ValueError(msg)
    if is_new:
        return reader.take(_length(reader))
    if head & 3 == 3:
        raise ValueError(_UNKNOWN_LENGTH)
    return reader.take(reader.number(1 << (head & 3)))


def _length(reader: _Reader, *, partial: int = 224) -> int:
    """Return a length (section 4.2.1); first bytes from `partial` on say none."""
    first = reader.number(1)
    if first < 192:
        return first
    if first == 255:
        return reader.number(4)
    if first >= partial:
        raise ValueError(_UNKNOWN_LENGTH)
    return ((first - 192) << 8) + reader.number(1) + 192


def _signature(reader: _Reader) -> SignaturePacket:
    version = reader.number(1)
    if version not in (4, 6):
        msg = f"{_UNREAD} is of version {version}, which is not known"
        raise ValueError(msg)
    _, algorithm, _ = reader.take(3)
    counts = 4 if version == 6 else 2
    hashed = reader.take(reader.number(counts))
    other = reader.take(reader.number(counts))
    # The beginning of the digest, by which programs find wrong ones soon.
    reader.take(2)
    if version == 6:
        reader.take(reader.number(1))
    _check_values(reader, algorithm)
    subpackets = (*_subpackets(hashed, hashed=True), *_subpackets(other, hashed=False))
    return SignaturePacket(version, subpackets)


def _check_values(reader: _Reader, algorithm: int) -> None:
    """Raise ValueError unless a signature ends where its numbers do."""
    if algorithm in _VALUES:
        for _ in range(_VALUES[algorithm]):
            reader.take((reader.number(2) + 7) // 8)
    elif algorithm in _BYTES:
        reader.take(_BYTES[algorithm])
    else:
        msg = f"{_UNREAD} is of the algorithm {algorithm}, which is not known"
        raise ValueError(msg)
    if reader.left:
        msg = f"{_UNREAD} goes on behind its end"
        raise ValueError(msg)


def _subpackets(data: bytes, *, hashed: bool) -> Iterator[Subpacket]:
    reader = _Reader(data)
    while reader.left:
        # Its lengths have no partial ones (section 5.2.3.7).
        inside = reader.take(_length(reader, partial=255))
        if not inside:
            msg = f"{_UNREAD} has an empty subpacket"
            raise ValueError(msg)
        # The highest bit says that whoever does not know it has to refuse it.
        yield Subpacket(inside[0] & 0x7F, inside[1:], hashed)
