"""What became of texts that were to be signed, filled in while it goes on.

So it also says what was done before an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from publisher.cli.left import Left

if TYPE_CHECKING:
    from pathlib import Path

    from publisher.model.chain import EditionKey, ToSign
    from publisher.model.unsigned import Unsigned
    from publisher.pipeline.signing import Kept


@dataclass
class Signing:
    """What became of texts that were to be signed."""

    dry_run: bool = False
    texts: tuple[ToSign, ...] = ()
    """What can be signed, or could."""
    signed: list[Kept] = field(default_factory=list)
    skipped: tuple[Unsigned, ...] = ()
    """What needs no signature now."""
    left: Left = field(default_factory=Left)
    """What cannot be signed."""

    def plan(
        self, texts: Iterable[ToSign], skipped: Iterable[Unsigned], left: Left
    ) -> None:
        """Take what there is to sign, and what is not signed."""
        self.texts, self.skipped, self.left = tuple(texts), tuple(skipped), left

    def to_json(self) -> dict[str, Any]:
        """Return it as scripts read it."""
        return {
            "dry_run": self.dry_run,
            "to_sign": [_to_sign(each) for each in self.texts],
            "signed": [_signed(each) for each in self.signed],
            "unsigned": [
                each.to_json() for each in (*self.skipped, *self.left.every())
            ],
        }


@dataclass
class SigningRun(Signing):
    """What `sign` did, here or by way of a folder that travels."""

    folder: Path | None = None
    """What was exported to."""
    sums: str = ""
    """The SHA-256 of its list of digests."""
    open: tuple[str, ...] = ()
    """Texts that came back without a signature."""

    def to_json(self) -> dict[str, Any]:
        """Return it as scripts read it."""
        folder = self.folder
        return {
            **super().to_json(),
            "exported": folder and {"folder": str(folder), "sha256": self.sums},
            "open": list(self.open),
        }


def _key(key: EditionKey | None) -> dict[str, Any]:
    return {
        "id": str(key.id) if key else None,
        "revision": key.revision if key else None,
        "language": key.language if key else None,
    }


def _to_sign(each: ToSign) -> dict[str, Any]:
    return {
        **_key(each.key),
        "path": str(each.path),
        "text_sha256": sha256(each.text.encode()).hexdigest(),
        "unannounced": each.unannounced or None,
        "stale": each.stale or None,
    }


def _signed(each: Kept) -> dict[str, Any]:
    return {
        **_key(each.to_sign.key),
        "path": str(each.path),
        "sha256": sha256(each.data).hexdigest(),
        "fingerprints": list(each.signers),
    }
