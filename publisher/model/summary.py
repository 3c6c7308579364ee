"""What indexes, feeds and announcements need to know of a published advisory.

A summary is small and can be kept as JSON, so that a build reads the whole text of
an advisory only when it changed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self

from publisher.model.advisory import Kind
from publisher.model.ids import AdvisoryId, Language


@dataclass(frozen=True, slots=True)
class Change:
    """One revision as readers of one language hear of it."""

    revision: int
    date: datetime
    summary: str
    notify: bool


@dataclass(frozen=True, slots=True)
class TextSummary:
    """One published language of an advisory."""

    language: Language
    revision: int
    """That this text renders, and whose signed text is the current one."""
    title: str
    lead: str
    """Its first paragraph in plain text."""
    changes: tuple[Change, ...]
    """The revisions that were signed in this language, oldest first. One that was
    not signed counts as part of the next one that was."""
    sha256: str
    """Of the current signed text."""


class ProductName(NamedTuple):
    """A product as it was written; other spellings may mean the same."""

    vendor: str
    name: str

    def __str__(self) -> str:
        """Write both for people."""
        return f"{self.vendor} {self.name}"


@dataclass(frozen=True, slots=True)
class Summary:
    """A published advisory in short."""

    id: AdvisoryId
    kind: Kind
    first_published: datetime
    last_updated: datetime
    revision: int
    """The newest one; a text with a lower one is behind."""
    severity: str | None
    """The slug of the most severe score: `none` to `critical`."""
    score: str | None
    """As people write it, e.g. `9.8`."""
    cves: tuple[str, ...]
    affected: tuple[ProductName, ...]
    """Each product once."""
    withdrawn: bool
    superseded_by: AdvisoryId | None
    texts: tuple[TextSummary, ...]
    """The original's first."""

    @property
    def products(self) -> tuple[str, ...]:
        """Return vendor and name of each affected product."""
        return tuple(map(str, self.affected))

    def text(self, language: Language) -> TextSummary | None:
        """Return the text in `language`, if it is published in it."""
        return next((t for t in self.texts if t.language == language), None)

    def to_json(self) -> dict[str, Any]:
        """Return the summary as JSON knows values; see `from_json`."""
        return {
            **asdict(self),
            "id": str(self.id),
            "first_published": self.first_published.isoformat(),
            "last_updated": self.last_updated.isoformat(),
            "superseded_by": self.superseded_by and str(self.superseded_by),
            "texts": [
                {
                    **asdict(text),
                    "changes": [
                        [c.revision, c.date.isoformat(), c.summary, c.notify]
                        for c in text.changes
                    ],
                }
                for text in self.texts
            ],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Return the summary that `to_json` turned into `data`."""
        superseded_by = data["superseded_by"]
        return cls(
            id=AdvisoryId.parse(data["id"]),
            kind=Kind(data["kind"]),
            first_published=datetime.fromisoformat(data["first_published"]),
            last_updated=datetime.fromisoformat(data["last_updated"]),
            revision=data["revision"],
            severity=data["severity"],
            score=data["score"],
            cves=tuple(data["cves"]),
            affected=tuple(ProductName(*names) for names in data["affected"]),
            withdrawn=data["withdrawn"],
            superseded_by=superseded_by and AdvisoryId.parse(superseded_by),
            texts=tuple(_text(text) for text in data["texts"]),
        )


def _text(data: dict[str, Any]) -> TextSummary:
    changes = tuple(
        Change(revision, datetime.fromisoformat(date), summary, notify)
        for revision, date, summary, notify in data["changes"]
    )
    return TextSummary(**{**data, "changes": changes})
