"""Say of files and mails whose signature they carry, and over what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from publisher.errors import TrustError
from publisher.imprint import imprint
from publisher.render import mail
from publisher.sign import cleartext, trust

if TYPE_CHECKING:
    from publisher.model.chain import EditionKey
    from publisher.pipeline.tools import Tools


@dataclass(frozen=True, slots=True)
class Verified:
    """What is known of one file."""

    name: str
    doubt: str = ""
    """Why it does not count; empty if it does."""
    key: EditionKey | None = None
    fingerprint: str = ""
    time: datetime | None = None

    def __str__(self) -> str:
        """Write it for people."""
        if self.doubt:
            return f"in doubt: {self.doubt}"
        made = self.time.isoformat() if self.time else ""
        return f"{self.key}, signed {made} by {self.fingerprint}"

    def to_json(self) -> dict[str, Any]:
        """Return it as `publisher verify --json` shows it."""
        key = self.key
        return {
            "file": self.name,
            "good": not self.doubt,
            "doubt": self.doubt,
            "id": str(key.id) if key else None,
            "revision": key.revision if key else None,
            "language": key.language if key else None,
            "fingerprint": self.fingerprint or None,
            "signed": self.time.isoformat() if self.time else None,
        }


def verify(tools: Tools, files: Sequence[tuple[str, bytes]]) -> list[Verified]:
    """Verify signed texts, and mails whose body is one."""
    return [_verify(tools, name, data) for name, data in files]


def _verify(tools: Tools, name: str, data: bytes) -> Verified:
    try:
        signed = _signed_text(data)
        report = tools.verifier.reports([signed])[0]
        policy = trust.Policy(
            tools.settings.team.fingerprints, tools.verifier.keys(), tools.now
        )
        payload = trust.decide(signed, report, policy)
        key = imprint(payload.text).key
    except (TrustError, ValueError) as error:
        return Verified(name, doubt=str(error))
    signature = payload.signature
    return Verified(name, "", key, signature.fingerprint, signature.time)


def _signed_text(data: bytes) -> bytes:
    if data.startswith(cleartext.BEGIN_TEXT.encode()):
        return data
    # Mail programs save a mail with the line ends of the wire or with their own.
    lines = data.replace(b"\r\n", b"\n")
    head, blank, _ = lines.partition(b"\n\n")
    is_mail = blank and b"content-type:" in head.lower()
    return mail.body(lines) if is_mail else data
