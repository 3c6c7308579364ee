"""The one place that decides whether a signature counts.

It counts if the file is one cleartext-signed block and nothing else, every
signature in it is good, made with SHA-2 over text, not later than now, by a key
that is pinned, not revoked, and was not expired when it signed. Everything else is
a TrustError that says which of these failed. There is no way around this function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from publisher.errors import TrustError
from publisher.model.chain import Signature
from publisher.sign import cleartext

if TYPE_CHECKING:
    from publisher.ports import KeyState, SignatureReport

_DIGESTS = {"8": "SHA-256", "9": "SHA-384", "10": "SHA-512", "12": "SHA3-256"}
_WEAK = {"1": "MD5", "2": "SHA-1", "3": "RIPEMD-160", "11": "SHA-224"}
_TEXT_SIGNATURE = "01"
_BAD = {
    "BADSIG": "the text was changed after it was signed",
    "ERRSIG": "the signature cannot be checked: its key is not among the team's",
    "EXPSIG": "the signature itself has expired",
    "REVKEYSIG": "the key that signed was revoked",
    "NODATA": "there is no signature",
    "FAILURE": "gpg could not finish the check",
}


@dataclass(frozen=True, slots=True)
class SignedPayload:
    """A text with a signature that counts."""

    text: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class Policy:
    """Whose signatures count, and as of when."""

    pinned: tuple[str, ...]
    """Fingerprints of the team's primary keys."""
    keys: Mapping[str, KeyState]
    """What is known of them, by fingerprint."""
    now: datetime


def decide(data: bytes, report: SignatureReport, policy: Policy) -> SignedPayload:
    """Return what `data` says and who signed it, or raise TrustError."""
    try:
        text = cleartext.payload(data)
    except ValueError as error:
        raise TrustError(str(error)) from error
    keywords = {status[0] for status in report.statuses}
    for keyword, reason in _BAD.items():
        if keyword in keywords:
            raise TrustError(reason)
    valid = [status for status in report.statuses if status[0] == "VALIDSIG"]
    good = [s for s in report.statuses if s[0] in ("GOODSIG", "EXPKEYSIG")]
    if not valid or len(valid) != len(good):
        msg = "gpg did not call the signature valid"
        raise TrustError(msg)
    signatures = [_accepted(status, policy) for status in valid]
    return SignedPayload(text, signatures[0])


def _accepted(status: Sequence[str], policy: Policy) -> Signature:
    if len(status) < 11:
        msg = "gpg reports the signature in a form that is not known"
        raise TrustError(msg)
    signing_key, primary, digest = status[1], status[10], status[8]
    if primary not in policy.pinned:
        msg = f"the key {primary} is not among the team's fingerprints"
        raise TrustError(msg)
    if digest not in _DIGESTS:
        name = _WEAK.get(digest, f"digest {digest}")
        msg = f"the signature uses {name}, which does not count any more"
        raise TrustError(msg)
    if status[9] != _TEXT_SIGNATURE:
        msg = f"the signature is of class {status[9]}, not one over text"
        raise TrustError(msg)
    made = datetime.fromtimestamp(int(status[3]), UTC)
    if made > policy.now:
        msg = f"the signature is from the future ({made.isoformat()})"
        raise TrustError(msg)
    _check_key(policy.keys, primary, signing_key, made)
    return Signature(primary, made)


def _check_key(
    keys: Mapping[str, KeyState], primary: str, signing_key: str, made: datetime
) -> None:
    key = keys.get(primary)
    if key is None:
        msg = f"the public key {primary} is not in keys/"
        raise TrustError(msg)
    if key.revoked:
        msg = f"the key {primary} was revoked"
        raise TrustError(msg)
    for expires in (key.expires, key.subkeys.get(signing_key)):
        if expires is not None and expires <= made:
            msg = f"the key {primary} had expired when it signed"
            raise TrustError(msg)
