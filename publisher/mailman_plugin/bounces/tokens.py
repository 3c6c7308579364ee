"""The token in the address that a reader's copy comes from (VERP). No IO.

    announce-en-bounces+aebagbafaydqqcikbmga2dqpca@lists.cert.example

It says whose copy it was and of which day: 26 letters and digits that stand for

    4 bytes   the membership's number in Mailman's database, masked
    2 bytes   the day, counted from 1970
    10 bytes  an HMAC over list, membership and day

- A local part has 64 octets at most (RFC 5321, section 4.5.3.1.1), so that lists with
  names of up to 29 letters have tokens. Some MTAs fold it to lower case or to upper
  case, hence base32.
- The number is masked, as it would tell each reader how many there are. Numbers are
  used again by some databases; the HMAC is over the id, which never is.
- Whoever has a token can end that one subscription at most, and only by what takes
  several of them and a probe. It is void after thirty days.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from datetime import date, timedelta

DAYS = 30
"""How long a copy's bounce is waited for. MTAs give up after five days."""
PURPOSE = "bounce"
"""Under which name the secret is kept (`leaving`)."""
_AHEAD = 1
"""How many days another process of ours may be ahead of this one, at midnight."""
_LONGEST = 64
"""Octets of a local part."""
_TOKEN = re.compile(r"[a-z2-7]{26}")
_PADDING = "=" * 6
_EPOCH = date(1970, 1, 1)
_NUMBER, _DAY, _TAG = 4, 2, 10
_LARGEST = 2**31 - 1
"""Of the numbers that the column holds; databases refuse to look for others."""


@dataclass(frozen=True, slots=True)
class Membership:
    """One address on one list."""

    number: int
    """Mailman's key of it."""
    member_id: str
    """32 hexadecimal digits, which no other membership ever has."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token says, true or not."""

    number: int
    day: date
    tag: bytes


class Tokens:
    """The tokens of one list."""

    def __init__(self, secret: bytes, list_id: str) -> None:
        # A key of the list's own; nothing else is made with it.
        self._key = hmac.digest(secret, f"bounce:{list_id}".encode(), "sha256")

    def of(self, membership: Membership, day: date) -> str:
        """Return the token for a copy that goes out on a day."""
        tag = self._tag(membership, day)
        number = self._masked(membership.number.to_bytes(_NUMBER), tag)
        data = number + _bytes(day) + tag
        return base64.b32encode(data).rstrip(b"=").decode("ascii").lower()

    def read(self, text: str) -> Claim | None:
        """Return what a token says, in whatever case; None if it is none."""
        folded = text.lower()
        if not _TOKEN.fullmatch(folded):
            return None
        try:
            data = base64.b32decode(f"{folded.upper()}{_PADDING}")
        except binascii.Error:
            return None
        tag = data[-_TAG:]
        number = int.from_bytes(self._masked(data[:_NUMBER], tag))
        if number > _LARGEST:
            return None
        passed = int.from_bytes(data[_NUMBER:-_TAG])
        return Claim(number, _EPOCH + timedelta(passed), tag)

    def is_good(self, claim: Claim, member_id: str, today: date) -> bool:
        """Tell whether we made a token, for this member and not too long ago."""
        made = self._tag(Membership(claim.number, member_id), claim.day)
        is_ours = hmac.compare_digest(made, claim.tag)
        return is_ours and -_AHEAD <= (today - claim.day).days <= DAYS

    def _tag(self, membership: Membership, day: date) -> bytes:
        number = membership.number.to_bytes(_NUMBER)
        text = b"tag" + number + _bytes(day) + membership.member_id.encode()
        return hmac.digest(self._key, text, "sha256")[:_TAG]

    def _masked(self, number: bytes, tag: bytes) -> bytes:
        mask = hmac.digest(self._key, b"mask" + tag, "sha256")
        return bytes(one ^ other for one, other in zip(number, mask, strict=False))


def address(bounces: str, delimiter: str, token: str) -> str:
    """Return `bounces`, an address, with a token; without, if it would be too long."""
    local, _, domain = bounces.rpartition("@")
    whole = f"{local}{delimiter}{token}"
    return f"{whole}@{domain}" if len(whole) <= _LONGEST else bounces


def fits(bounces: str, delimiter: str) -> bool:
    """Tell whether a list's name leaves room for a token."""
    return address(bounces, delimiter, "x" * 26) != bounces


def _bytes(day: date) -> bytes:
    return (day - _EPOCH).days.to_bytes(_DAY)
