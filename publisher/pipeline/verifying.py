"""Say of files and mails whose signature they carry, over what, and how it stands.

Whether a signature counts is decided in `publisher.sign.trust` alone. On top of that, a
text has to be in the publication record: what is signed and not recorded was never
published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from publisher.errors import TrustError
from publisher.imprint import imprint
from publisher.pipeline import accepting, recording, unpacking
from publisher.pipeline.standing import Standings, expiry
from publisher.sign import cleartext, trust

if TYPE_CHECKING:
    from publisher.model.chain import EditionKey
    from publisher.model.found import Found
    from publisher.pipeline.standing import Standing
    from publisher.pipeline.tools import Tools
    from publisher.pipeline.unpacking import Piece

_BATCH = 500
_BATCH_BYTES = 2**24
"""So many texts are verified at once, or fewer if they are large."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose signature counts."""

    fingerprint: str
    """Of the primary key."""
    user_ids: tuple[str, ...]
    time: datetime

    def __str__(self) -> str:
        """Write who it is and when it was."""
        who = f" ({self.user_ids[0]})" if self.user_ids else ""
        return f"signed {self.time.isoformat()} by {self.fingerprint}{who}"


@dataclass(frozen=True, slots=True)
class Verified:
    """What is known of one text."""

    name: str
    doubt: str = ""
    """Why it does not count; empty if it does."""
    ours: bool = True
    """Whether there is anything to check; False: it lies in a mailbox and is none of
    our texts."""
    key: EditionKey | None = None
    expires: datetime | None = None
    """Set for a security.txt only."""
    signers: tuple[Signer, ...] = ()
    standing: Standing | None = None
    """What the record says of it; None if there is no record."""
    note: str = ""
    """What else is to be known, and is no doubt."""

    @property
    def good(self) -> bool:
        """Tell whether it was checked and counts."""
        return self.ours and not self.doubt

    def __str__(self) -> str:
        """Write it for people."""
        what = str(self.key) if self.key else "security.txt" if self.expires else ""
        known = ", ".join([what, *map(str, self.signers)]) if what else ""
        if self.doubt:
            return f"in doubt: {self.doubt}" + (f" ({known})" if known else "")
        expires = f"expires {self.expires.isoformat()}" if self.expires else ""
        stands = str(self.standing) if self.standing else ""
        return "; ".join(part for part in (known, expires, stands, self.note) if part)

    def to_json(self) -> dict[str, Any]:
        """Return it as `publisher verify --json` shows it."""
        key, stands = self.key, self.standing
        first = self.signers[0] if self.signers else None
        return {
            "file": self.name,
            "good": self.good,
            "doubt": self.doubt,
            "note": self.note,
            "id": str(key.id) if key else None,
            "revision": key.revision if key else None,
            "language": key.language if key else None,
            "fingerprint": first.fingerprint if first else None,
            "signed": first.time.isoformat() if first else None,
            "signers": [
                {
                    "fingerprint": each.fingerprint,
                    "user_ids": list(each.user_ids),
                    "signed": each.time.isoformat(),
                }
                for each in self.signers
            ],
            "recorded": stands.recorded if stands else None,
            "newest": stands.newest if stands else None,
            "newest_revision": stands.newest_revision if stands else None,
            "expires": self.expires.isoformat() if self.expires else None,
        }


def verify(tools: Tools, found: Iterable[Found]) -> Iterator[Verified]:
    """Yield what is known of each text in `found`, in order.

    A folder or mailbox without any text to check is in doubt itself. TrustError if the
    publication record of the project is in doubt.
    """
    record = recording.current(tools)
    standings = Standings(record, tools.now) if record.entries else None
    looked: Counter[str] = Counter()
    checked: Counter[str] = Counter()
    for batch in _batches(found, looked, checked):
        yield from _verified(tools, batch, standings)
    for within, number in looked.items():
        if within and not checked[within]:
            what = "1 file or mail" if number == 1 else f"{number} files and mails"
            yield Verified(within, f"holds no signed text: {what} looked into")


def decided(
    tools: Tools, texts: Sequence[bytes]
) -> list[trust.SignedPayload | TrustError]:
    """Return for each text what it says and who signed it, or why it does not count."""
    # gpg is given only what has the form of a signed text: it reads much else, too.
    doubts = [_form_doubt(data) for data in texts]
    pairs = zip(texts, doubts, strict=True)
    reports = iter(tools.verifier.reports([data for data, doubt in pairs if not doubt]))
    policy = accepting.policy(tools)
    found: list[trust.SignedPayload | TrustError] = []
    for data, doubt in zip(texts, doubts, strict=True):
        try:
            found.append(doubt or trust.decide(data, next(reports), policy))
        except TrustError as error:
            found.append(error)
    return found


def _form_doubt(data: bytes) -> TrustError | None:
    try:
        cleartext.payload(data)
    except ValueError as error:
        return TrustError(str(error))
    return None


def signers(tools: Tools, payload: trust.SignedPayload) -> tuple[Signer, ...]:
    """Return whose signatures count, by name."""
    keys = tools.verifier.keys()
    return tuple(
        Signer(each.fingerprint, keys[each.fingerprint].user_ids, each.time)
        for each in payload.signatures
    )


def judged(
    tools: Tools,
    name: str,
    data: bytes,
    payload: trust.SignedPayload,
    standings: Standings | None,
) -> Verified:
    """Return what is known of a text whose signature counts."""
    who = signers(tools, payload)
    try:
        inside = imprint(payload.text)
    except ValueError as error:
        expires = expiry(payload.text)
        if expires is None:
            doubt = f"is signed by the team and is no text of an advisory: {error}"
            return Verified(name, doubt, signers=who)
        doubt = "has expired" if expires <= tools.now else ""
        return Verified(name, doubt, expires=expires, signers=who)
    if standings is None:
        return Verified(name, key=inside.key, signers=who)
    digest = sha256(data).hexdigest()
    return Verified(
        name,
        standings.doubt(inside, digest),
        key=inside.key,
        signers=who,
        standing=standings.of(inside, digest),
    )


def _batches(
    found: Iterable[Found], looked: Counter[str], checked: Counter[str]
) -> Iterator[list[Piece | Verified]]:
    """Yield what is to be checked, and what is not ours, and count both."""
    batch: list[Piece | Verified] = []
    size = 0
    for each in found:
        pieces = unpacking.pieces(each)
        looked[each.within] += 1
        checked[each.within] += len(pieces)
        batch += pieces or [Verified(each.name, ours=False)]
        size += sum(len(piece.data) for piece in pieces)
        if len(batch) >= _BATCH or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    yield batch


def _verified(
    tools: Tools, batch: Sequence[Piece | Verified], standings: Standings | None
) -> Iterator[Verified]:
    texts = [p for p in batch if not isinstance(p, Verified) and not p.doubt]
    decisions = iter(decided(tools, [piece.data for piece in texts]))
    for each in batch:
        if isinstance(each, Verified):
            yield each
        elif each.doubt:
            yield Verified(each.name, each.doubt)
        else:
            decision = next(decisions)
            if isinstance(decision, TrustError):
                yield Verified(each.name, str(decision))
            else:
                yield judged(tools, each.name, each.data, decision, standings)
