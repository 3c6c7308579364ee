"""What is not signed, and why, as values: what people read is made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from publisher.model.chain import EditionKey
    from publisher.model.ids import AdvisoryId, Language


class Reason(StrEnum):
    """Why a text is not signed; scripts read these words, so they stay as they are.

    Those that are also states of an advisory are called as there (`model.state`).
    """

    SIGNED = "signed"
    """It is signed already."""
    DRAFT = "draft"
    """Its source says `draft: true`."""
    BEHIND = "behind"
    """A translation of an earlier revision of the original."""
    UNPROVEN = "unproven"
    """To be signed again, and nothing tells it from a forgery."""
    FAULTY = "faulty"
    """Its advisory does not pass lint."""
    REDATED = "redated"
    """The date of its first release is not the one that was recorded."""
    AUTHOR = "author"
    """Whoever would sign it wrote it."""
    UNKNOWN_AUTHOR = "unknown-author"
    """Nobody can tell who wrote it: it is not committed, say."""
    UNKNOWN_SIGNER = "unknown-signer"
    """Nobody can tell who would sign it."""
    DOUBTFUL = "doubtful"
    """What came back signed, or what stands, does not count."""


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A text, or a whole advisory, that is not signed."""

    reason: Reason
    text: str
    """For people: which one it is, what is wrong, and what to do."""
    id: AdvisoryId | None = None
    """None: it is no advisory's, or it is not known whose."""
    revision: int | None = None
    """None: all that there is of the advisory."""
    language: Language | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the text is made of, for programs."""

    @classmethod
    def of(
        cls, key: EditionKey | None, reason: Reason, text: str, **facts: Any
    ) -> Unsigned:
        """Return why one text is not signed."""
        if key is None:
            return cls(reason, text, facts=facts)
        return cls(reason, text, key.id, key.revision, key.language, facts)

    @property
    def name(self) -> str:
        """Write which it is: `ADV-2026-0007 r2 ja`, or the id alone."""
        parts = [str(self.id)] if self.id else []
        if self.revision is not None:
            parts.append(f"r{self.revision} {self.language}")
        return " ".join(parts)

    def __str__(self) -> str:
        """Write it for people."""
        return self.text

    def to_json(self) -> dict[str, Any]:
        """Return it as scripts read it."""
        return {
            "id": str(self.id) if self.id else None,
            "revision": self.revision,
            "language": self.language,
            "reason": str(self.reason),
            "text": self.text,
            "facts": dict(self.facts),
        }


def lines(found: Iterable[Unsigned]) -> str:
    """Return what is wrong, each thing once: some of it is said of many texts."""
    return "\n".join(dict.fromkeys(each.text for each in found))
