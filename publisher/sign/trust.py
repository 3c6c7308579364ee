"""The one place that decides whether a signature counts.

It counts if the file is one cleartext-signed block and nothing else, and every
signature in it is good, made with SHA-2 over text, not later than now, by a key that
is pinned, strong enough (`publisher.sign.recommended`), and was neither expired nor
not yet made when it signed.

Two cases can be mended afterwards. A key that was revoked as retired or superseded
(soft) counts for what it signed before; else (hard) it counts for nothing. And a
signature may say that it holds for a time only, which is over one day. Such a signature
is set aside, and another one in the same file may stand; if none does, it is a
RevokedError or an EndedError. Everything else is a TrustError that says which of these
failed. There is no way around this function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from publisher.errors import EndedError, RevokedError, SetAsideError, TrustError
from publisher.imprint import is_rewrapped
from publisher.model.chain import Signature
from publisher.sign import cleartext, recommended

if TYPE_CHECKING:
    from publisher.model.keys import KeyPart, KeyState
    from publisher.ports import SignatureReport

_TEXT_SIGNATURE = "01"
_BAD = {
    "ERROR": "the block holds something else than signatures",
    "BADSIG": "the text was changed after it was signed",
    "NODATA": "there is no signature",
    "FAILURE": "gpg could not finish the check",
}
_NO_KEY = "9"
_UNCHECKED = {
    _NO_KEY: "the signature cannot be checked: its key is not among the team's",
    "39": "the signature is older than the key that made it",
    "125": "the key that made the signature is not one that signs texts",
}
"""By the number with which gpg says why (doc/DETAILS: ERRSIG; libgpg-error)."""
_GOOD = ("GOODSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG")
"""What goes before a valid signature: whether it and its key count is decided here."""
_ENDED = (
    "the signature itself has expired, on {}: sign again (`publisher sign --again`), "
    "without `default-sig-expire` in gpg.conf"
)


@dataclass(frozen=True, slots=True)
class SignedPayload:
    """A text with at least one signature that counts."""

    text: str
    signatures: tuple[Signature, ...]
    """Those that count, in the order in which they stand in the file."""

    @property
    def signature(self) -> Signature:
        """Return the first signature that counts."""
        return self.signatures[0]


@dataclass(frozen=True, slots=True)
class Policy:
    """Whose signatures count, and as of when."""

    pinned: tuple[str, ...]
    """Fingerprints of the team's primary keys."""
    keys: Mapping[str, KeyState]
    """What is known of them, by fingerprint."""
    now: datetime


def decide(data: bytes, report: SignatureReport, policy: Policy) -> SignedPayload:
    """Return what `data` says and who signed it, or raise TrustError.

    SetAsideError if only signatures that were set aside are in it.
    """
    try:
        text = cleartext.payload(data)
    except ValueError as error:
        raise TrustError(str(error)) from error
    standing: list[Signature] = []
    aside: list[SetAsideError] = []
    for status in _valid(report, text, data):
        try:
            standing.append(_accepted(status, policy))
        except SetAsideError as error:
            aside.append(error)
    if not standing:
        raise aside[0]
    return SignedPayload(text, tuple(standing))


def stranger(report: SignatureReport) -> str:
    """Return what is known of a key that signed and is not there: its fingerprint.

    Empty if gpg knows the keys of all signatures, or does not say.
    """
    for status in report.statuses:
        if status[0] == "ERRSIG" and status[6:7] == (_NO_KEY,) and len(status) > 7:
            return status[7] if status[7] != "-" else ""
    return ""


def _valid(report: SignatureReport, text: str, data: bytes) -> list[Sequence[str]]:
    """Return what gpg says of each signature, if it calls all of them valid."""
    told = {status[0]: status for status in report.statuses}
    if "BADSIG" in told and is_rewrapped(text):
        msg = "the lines of this copy were wrapped anew: take the file as published"
        raise TrustError(msg)
    for keyword, reason in _BAD.items():
        if keyword in told:
            raise TrustError(reason)
    if "ERRSIG" in told:
        raise TrustError(_unchecked(told["ERRSIG"], data))
    valid: list[Sequence[str]] = [s for s in report.statuses if s[0] == "VALIDSIG"]
    good = [status for status in report.statuses if status[0] in _GOOD]
    if not valid or len(valid) != len(good):
        msg = "gpg did not call the signature valid"
        raise TrustError(msg)
    return valid


def _unchecked(status: Sequence[str], data: bytes) -> str:
    """Say why gpg could not check a signature (GnuPG, doc/DETAILS: ERRSIG).

    It takes digests of the text as the header says (RFC 9580, section 7).
    """
    digest, error = (status[3], status[6]) if len(status) > 6 else ("", "")
    if error in _UNCHECKED:
        return _UNCHECKED[error]
    if digest.isdigit() and not recommended.digest(int(digest)):
        return _weak(int(digest))
    name = recommended.digest_name(int(digest)) if digest.isdigit() else ""
    label = f"Hash: {name.replace('-', '', 1)}"
    if name and label.encode() not in data.partition(b"\n\n")[0].split(b"\n"):
        return (
            f"the header does not name {name}, which its signature uses: it was "
            "changed or taken away: take the file as it was published"
        )
    return f"gpg cannot check the signature (its error {error or 'is not told'})"


def _weak(digest: int) -> str:
    name = recommended.digest_name(digest)
    return f"the signature uses {name}, which does not count any more"


def _accepted(status: Sequence[str], policy: Policy) -> Signature:
    if len(status) < 11 or not all(status[at].isdigit() for at in (3, 4, 8)):
        msg = "gpg reports the signature in a form that is not known"
        raise TrustError(msg)
    signing_key, primary, digest = status[1], status[10], int(status[8])
    if primary not in policy.pinned:
        msg = f"the key {primary} is not among the team's fingerprints"
        raise TrustError(msg)
    if not recommended.digest(digest):
        raise TrustError(_weak(digest))
    if status[9] != _TEXT_SIGNATURE:
        msg = f"the signature is of class {status[9]}, not one over text"
        raise TrustError(msg)
    made = datetime.fromtimestamp(int(status[3]), UTC)
    if made > policy.now:
        msg = f"the signature is from the future ({made.isoformat()})"
        raise TrustError(msg)
    for part in _parts(policy.keys, primary, signing_key):
        _check_part(part, made)
    end = datetime.fromtimestamp(int(status[4]), UTC) if int(status[4]) else None
    if end is not None and end <= policy.now:
        raise EndedError(_ENDED.format(end.date()))
    return Signature(primary, made, end)


def _parts(
    keys: Mapping[str, KeyState], primary: str, signing_key: str
) -> tuple[KeyPart, ...]:
    """Return the key that signed and the primary key that vouches for it."""
    key = keys.get(primary)
    signer = key.part(signing_key) if key else None
    if key is None or signer is None:
        msg = f"the public key {primary} is not in keys/, or not with all of its parts"
        raise TrustError(msg)
    return (key.primary,) if signer is key.primary else (key.primary, signer)


def _check_part(part: KeyPart, made: datetime) -> None:
    name = part.fingerprint
    if reason := recommended.weakness(part):
        msg = f"the key {name} {reason}"
        raise TrustError(msg)
    if made < part.created:
        msg = f"the key {name} was made after the signature"
        raise TrustError(msg)
    if part.expires is not None and part.expires <= made:
        msg = f"the key {name} had expired when it signed"
        raise TrustError(msg)
    revocation = part.revocation
    if revocation is None or (not revocation.hard and made < revocation.time):
        return
    day = revocation.time.date().isoformat()
    if revocation.hard:
        msg = (
            f"the key {name} was revoked on {day} as compromised, so nothing that it "
            "signed counts: sign again with another key (`publisher sign --again`)"
        )
    else:
        msg = f"the key {name} was revoked on {day}, before it signed this"
    raise RevokedError(msg)
