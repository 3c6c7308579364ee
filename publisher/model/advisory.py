"""An advisory: the facts that its original holds, and its text in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from publisher.model import remedy
from publisher.model.score import Score, Severity
from publisher.model.state import Standing, State
from publisher.source import Location

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import PurePosixPath

    from publisher.model.ids import AdvisoryId, Language


class Kind(StrEnum):
    """What a CERT publishes."""

    ALERT = "alert"
    EMERGENCY = "emergency"
    ADVISORY = "advisory"
    NOTE = "note"
    REPORT = "report"
    TRANSLATION = "translation"


class Tlp(StrEnum):
    """The labels of the Traffic Light Protocol 2.0 (FIRST)."""

    RED = "RED"
    AMBER_STRICT = "AMBER+STRICT"
    AMBER = "AMBER"
    GREEN = "GREEN"
    CLEAR = "CLEAR"


@dataclass(frozen=True, slots=True)
class Revision:
    """One entry of the history; its number is its place there, from 1."""

    number: int
    date: datetime
    """Aware: it keeps the zone that it was written with."""
    summary: str
    notify: bool
    """Whether it is announced by mail and feed; a mended typo is not."""


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """One weakness that the advisory is about."""

    cve: str | None
    title: str | None
    scores: tuple[Score, ...]
    cwes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """An affected product, its affected versions and the version that mends it."""

    vendor: str
    name: str
    versions: str
    """As it was written; `model.ranges` takes it apart."""
    fixed: str | None
    """As it was written: a version, or a word of `model.remedy`."""

    @property
    def remedy(self) -> remedy.Remedy | None:
        """Return what `fixed` means; None if nothing is said."""
        return None if self.fixed is None else remedy.parse(self.fixed)


@dataclass(frozen=True, slots=True)
class Reference:
    """A document elsewhere."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The foreign document that a `translation` renders, and its licence."""

    title: str
    publisher: str
    url: str
    license: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That and why an advisory no longer holds."""

    date: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """That a finding of lint is right as it is, and why."""

    finding: str
    """Its code, e.g. `L309`."""
    reason: str
    at: str | None
    """What the line or the finding says, to tell it from others of the same code."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file that a text was read from."""

    path: PurePosixPath
    """Relative to the project's root, e.g. `advisories/2026/ADV-2026-0007/ja.md`."""
    sha256: str
    """Of the file's bytes, in lower-case hexadecimal."""


@dataclass(frozen=True, slots=True)
class Text:
    """What an advisory says in one language."""

    language: Language
    revision: int
    """The revision that it renders: the newest one, or an older one when behind."""
    title: str
    summaries: tuple[str, ...]
    """What each revision up to `revision` changed, oldest first."""
    body: str
    """Markdown, with LF line ends and a final one."""
    body_line: int
    """The line of the file on which the body begins, from 1."""
    withdrawn_reason: str | None
    origin: Origin | None
    source: SourceFile
    places: Mapping[str, Location]
    """Where each front matter value stands, by dotted name: `history.1.date`."""
    accepted: tuple[Acceptance, ...] = ()
    """Findings in this file that are to stay as they are."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Of a translation: texts of the original's facts, as this language says them."""

    def said(self, fact: str) -> str:
        """Return a text of the original's facts as this language says it."""
        return self.facts.get(fact, fact)

    def place(self, name: str) -> Location:
        """Return where a value stands, or what holds it if that is not known."""
        while name:
            if name in self.places:
                return self.places[name]
            name = name.rpartition(".")[0]
        return Location(self.source.path)


@dataclass(frozen=True, slots=True)
class Advisory:
    """All that the folder of one advisory says, as it was written."""

    id: AdvisoryId
    kind: Kind
    tlp: Tlp
    draft: bool
    history: tuple[Revision, ...]
    """Oldest first; never empty."""
    vulnerabilities: tuple[Vulnerability, ...]
    affected: tuple[Product, ...]
    references: tuple[Reference, ...]
    acknowledgments: tuple[str, ...]
    withdrawn: Withdrawal | None
    superseded_by: AdvisoryId | None
    original: Text
    translations: tuple[Text, ...]
    """In the order of their language tags."""

    @property
    def texts(self) -> tuple[Text, ...]:
        """Return the original, then the translations."""
        return (self.original, *self.translations)

    @property
    def revision(self) -> Revision:
        """Return the newest revision."""
        return self.history[-1]

    @property
    def first_published(self) -> datetime:
        """Return the date of the first revision, which never moves."""
        return self.history[0].date

    @property
    def last_updated(self) -> datetime:
        """Return the date of the newest revision."""
        return self.revision.date

    @property
    def cves(self) -> tuple[str, ...]:
        """Return the CVE ids in the order in which they are named."""
        return tuple(v.cve for v in self.vulnerabilities if v.cve is not None)

    @property
    def top_score(self) -> Score | None:
        """Return the most severe score, of a newer CVSS version among equals."""
        scores = [score for v in self.vulnerabilities for score in v.scores]
        order = [(s.severity, s.value, s.version) for s in scores]
        return scores[order.index(max(order))] if scores else None

    @property
    def severity(self) -> Severity | None:
        """Return the severity of the most severe score, if there is any."""
        top = self.top_score
        return None if top is None else top.severity

    def withheld(self, now: datetime) -> Standing | None:
        """Say why nothing of this may be published at `now`; None: it may."""
        if self.tlp is not Tlp.CLEAR:
            return Standing(State.RESTRICTED, tlp=str(self.tlp))
        if self.draft:
            return Standing(State.DRAFT)
        if self.first_published > now:
            return Standing.embargoed(self.first_published)
        return None

    def text(self, language: Language) -> Text | None:
        """Return the text in `language`, if there is one."""
        return next((t for t in self.texts if t.language == language), None)

    def said_in(self, text: Text) -> Advisory:
        """Return this with its facts as `text` says them."""
        if not text.facts:
            return self
        said = text.said
        return replace(
            self,
            vulnerabilities=tuple(
                replace(each, title=each.title and said(each.title))
                for each in self.vulnerabilities
            ),
            affected=tuple(
                Product(
                    said(each.vendor),
                    said(each.name),
                    said(each.versions),
                    each.fixed and said(each.fixed),
                )
                for each in self.affected
            ),
            references=tuple(
                replace(each, title=said(each.title)) for each in self.references
            ),
            acknowledgments=tuple(map(said, self.acknowledgments)),
        )

    def is_behind(self, text: Text) -> bool:
        """Tell whether `text` renders an older revision than the newest."""
        return text.revision < self.revision.number
