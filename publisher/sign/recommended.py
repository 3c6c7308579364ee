"""Which algorithms count for signatures on what has to last.

At least 128 bits of security, which NIST SP 800-57 part 1 (revision 5, table 4) asks
for beyond 2030 and CRYPTREC and BSI TR-02102-1 recommend alike; no DSA (FIPS 186-5),
no digest below SHA-256. Numbers are those of RFC 9580, section 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.model.keys import KeyPart

MIN_RSA_BITS = 3072
_RSA = (1, 3)
_CURVES = frozenset(
    ("ed25519", "ed448", "nistp256", "nistp384", "nistp521",
     "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1")
)  # fmt: skip
_DIGESTS = frozenset((8, 9, 10, 12, 14))
_NAMES = {1: "MD5", 2: "SHA-1", 3: "RIPEMD-160", 8: "SHA-256", 9: "SHA-384",
          10: "SHA-512", 11: "SHA-224", 12: "SHA3-256", 14: "SHA3-512"}  # fmt: skip


def digest(number: int) -> bool:
    """Tell whether signatures may use a digest algorithm."""
    return number in _DIGESTS


def digest_name(number: int) -> str:
    """Return what a digest algorithm is called."""
    return _NAMES.get(number, f"digest {number}")


def weakness(part: KeyPart) -> str:
    """Say why a key is too weak; empty if it is not."""
    if part.algorithm in _RSA:
        if part.bits < MIN_RSA_BITS:
            return f"is RSA with {part.bits} bits, below {MIN_RSA_BITS}"
    elif part.curve not in _CURVES:
        return f"is of the kind {part.algorithm_name}, which is not recommended"
    if not digest(part.bound_with):
        name = digest_name(part.bound_with)
        return f"is bound to its owner with {name} only: let its owner renew it"
    return ""
