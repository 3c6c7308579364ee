"""What gpg says of public keys: `--with-colons --check-sigs` (GnuPG, doc/DETAILS)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from publisher.model.keys import KeyPart, KeyState, Revocation

_SOFT = frozenset(("01", "03"))
"""Superseded, retired (RFC 9580, section 5.2.3.31)."""
_REVOCATION = re.compile(r"(20|28)[xl](?:,([0-9a-f]{2}))?")
_BINDING = frozenset(("10x", "11x", "12x", "13x", "18x", "1fx", "1Fx"))
"""Classes of signatures that bind user ids and subkeys to a key."""
_FIELDS = 21
"""Of a line, as far as they are read here."""
_ESCAPED = re.compile(r"\\(?:x([0-9a-f]{2})|([nrfvb0]))")
_CONTROLS = {"n": "\n", "r": "\r", "f": "\f", "v": "\v", "b": "\b", "0": "\0"}
_GONE = frozenset("ren")
"""Validities of user ids that are revoked, expired or not bound."""


@dataclass
class _Part:
    """A key as its lines are read one after the other."""

    fields: Sequence[str]
    fingerprint: str = ""
    bound_at: int = -1
    bound_with: int = 0
    revocation: Revocation | None = None

    def freeze(self) -> KeyPart:
        fields = self.fields
        return KeyPart(
            fingerprint=self.fingerprint,
            algorithm=int(fields[3]),
            bits=int(fields[2]),
            curve=fields[16],
            created=_moment(fields[5]) or datetime.min.replace(tzinfo=UTC),
            expires=_moment(fields[6]),
            revocation=self.revocation,
            signs="s" in fields[11],
            bound_with=self.bound_with,
        )


@dataclass
class _Key:
    parts: list[_Part] = field(default_factory=list)
    user_ids: list[str] = field(default_factory=list)
    former: list[str] = field(default_factory=list)
    """Those that are revoked, expired or not bound."""
    user_id: str = ""
    """The one whose lines are read."""

    @property
    def name(self) -> str:
        return self.parts[0].fields[4]

    @property
    def is_over(self) -> bool:
        """Whether it is revoked or expired; gpg then says so of its user ids, too."""
        return self.parts[0].fields[1] in ("r", "e")


def keys(listing: str, public: Mapping[str, bytes]) -> dict[str, KeyState]:
    """Return the keys of a listing by their fingerprints; `public` holds them whole."""
    states = {}
    for key in _read(listing):
        parts = tuple(part.freeze() for part in key.parts)
        name = parts[0].fingerprint
        states[name] = KeyState(
            tuple(key.user_ids), parts, public[name], tuple(key.former)
        )
    return states


def fingerprints(listing: str) -> list[str]:
    """Return the fingerprints of the primary keys of a listing."""
    return [key.parts[0].fingerprint for key in _read(listing)]


def _rows(listing: str) -> Iterator[Sequence[str]]:
    for line in listing.split("\n"):
        fields = line.split(":")
        # gpg leaves out empty fields at the end.
        yield [*fields, *[""] * (_FIELDS - len(fields))]


def _read(listing: str) -> list[_Key]:
    found: list[_Key] = []
    for fields in _rows(listing):
        if fields[0] == "pub":
            found.append(_Key([_Part(fields)]))
        elif found:
            _take(found[-1], fields)
    for key in found:
        _take_at_its_word(key)
    return found


def _take(key: _Key, fields: Sequence[str]) -> None:
    """Take what a line says of the key that it is about."""
    match fields[0]:
        case "sub":
            key.parts.append(_Part(fields))
        case "fpr" if not key.parts[-1].fingerprint:
            key.parts[-1].fingerprint = fields[9]
        case "uid":
            _user_id(key, fields)
        case "uat":
            # A picture: what follows is not about the user id before it.
            key.user_id = ""
        case "sig" | "rev":
            _signature(key, fields)
        case _:
            pass


def _user_id(key: _Key, fields: Sequence[str]) -> None:
    key.user_id = _unescaped(fields[9])
    if fields[1] not in _GONE or key.is_over:
        key.user_ids.append(key.user_id)
    else:
        key.former.append(key.user_id)


def _take_at_its_word(key: _Key) -> None:
    """Count as compromised what gpg calls revoked for a reason not seen here."""
    told = [part for part in key.parts if part.fields[1] == "r"]
    if key.parts[0] in told:
        # A revoked key takes its subkeys with it.
        told = key.parts[:1]
    for part in told:
        if part.revocation is None:
            made = _moment(part.fields[5]) or datetime.min.replace(tzinfo=UTC)
            part.revocation = Revocation(made, hard=True, note="")


def _signature(key: _Key, fields: Sequence[str]) -> None:
    """Take what a signature says of the part that it follows."""
    # Only what gpg has checked, and only what the key says of itself.
    if fields[1] != "!" or fields[4] != key.name:
        return
    part = key.parts[-1]
    time = int(fields[5])
    if revoked := _REVOCATION.fullmatch(fields[10]):
        _revoke(part, fields, revoked[2] or "")
    elif _ends_user_id(key, fields):
        key.user_ids.remove(key.user_id)
        key.former.append(key.user_id)
    elif fields[10] in _BINDING and time > part.bound_at:
        # The newest one is in force.
        part.bound_at = time
        part.bound_with = int(fields[15] or 0)


def _ends_user_id(key: _Key, fields: Sequence[str]) -> bool:
    """Tell whether a user id was revoked, where gpg does not say so of itself."""
    return key.is_over and fields[10].startswith("30") and key.user_id in key.user_ids


def _revoke(part: _Part, fields: Sequence[str], reason: str) -> None:
    time = _moment(fields[5]) or datetime.min.replace(tzinfo=UTC)
    made = Revocation(time, reason not in _SOFT, _unescaped(fields[20]))
    known = part.revocation
    # Of several, the worst counts: a hard one, else the earliest.
    if known is None or (made.hard, -made.time.timestamp()) > (
        known.hard,
        -known.time.timestamp(),
    ):
        part.revocation = made


def _moment(seconds: str) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(
        lambda match: chr(int(match[1], 16)) if match[1] else _CONTROLS[match[2]], text
    )
