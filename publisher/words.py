"""The words of one language: message catalogue, dates and names of things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from babel.dates import format_date, format_time

from publisher.model import ranges
from publisher.model.advisory import Kind
from publisher.model.moment import UNDATED, UNWRITTEN
from publisher.model.ranges import Operator
from publisher.model.remedy import Category
from publisher.model.remedy import parse as remedy_of
from publisher.model.score import Part, Severity

if TYPE_CHECKING:
    import datetime as time
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from publisher.model.ids import Language
    from publisher.model.ranges import Alternative
    from publisher.model.score import Score

KINDS: Mapping[Kind, str] = {
    Kind.ALERT: "Alert",
    Kind.EMERGENCY: "Emergency report",
    Kind.ADVISORY: "Security advisory",
    Kind.NOTE: "Technical note",
    Kind.REPORT: "Report",
    Kind.TRANSLATION: "Translation",
}
"""The message of each kind's name."""
SEVERITIES: Mapping[Severity, str] = {
    Severity.NONE: "None",
    Severity.LOW: "Low",
    Severity.MEDIUM: "Medium",
    Severity.HIGH: "High",
    Severity.CRITICAL: "Critical",
}
"""The message of each severity's name."""
COMPARATORS: Mapping[Operator, str] = {
    Operator.BEFORE: "before {version}",
    Operator.UP_TO: "{version} or earlier",
    Operator.AFTER: "later than {version}",
    Operator.FROM: "{version} or later",
    Operator.EXACTLY: "{version}",
}
"""The message of what each comparator of a range says."""
NO_FIX: Mapping[Category, str] = {
    Category.NONE_AVAILABLE: "no fix yet",
    Category.NO_FIX_PLANNED: "no fix planned",
    Category.FIX_PLANNED: "fix planned",
}
"""The message of each word that says that no version is fixed."""

SCORE = "{severity} ({scale} score {score})"
"""The message of a score in a text."""
SCALES: Mapping[Part, str] = {
    Part.TEMPORAL: "{name} temporal",
    Part.ENVIRONMENTAL: "{name} environmental",
}
"""The messages of the scores of versions 2 and 3 that are more than the base score."""

_DATES = {"en": "d MMMM y"}


@dataclass(frozen=True, slots=True)
class Words:
    """One language as templates use it; English is the language of the messages."""

    language: Language
    messages: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, message: str, **values: object) -> str:
        """Return `message` in this language, its `{name}` fields filled."""
        text = self.messages.get(message) or message
        return text.format(**values) if values else text

    def kind(self, kind: Kind) -> str:
        """Return the name of a kind."""
        return self(KINDS[kind])

    def severity(self, severity: Severity) -> str:
        """Return the name of a severity."""
        return self(SEVERITIES[severity])

    def scale(self, score: Score) -> str:
        """Return which score it is: of which version, and of which of its metrics."""
        # Version 4 has it in the name.
        message = None if score.version == "4.0" else SCALES.get(score.part)
        return self(message, name=score.name) if message else score.name

    def score(self, score: Score) -> str:
        """Return a score with its severity, as a text has it."""
        return self(
            SCORE,
            severity=self.severity(score.severity),
            scale=self.scale(score),
            score=score.value,
        )

    def date(self, moment: datetime, zone: ZoneInfo) -> str:
        """Return the day of `moment` in `zone`, as this language writes it."""
        if moment == UNDATED:
            return UNWRITTEN
        return self._day(moment.astimezone(zone))

    def moment(self, moment: datetime, zone: ZoneInfo) -> str:
        """Return day, time and zone of `moment`, as this language writes them."""
        if moment == UNDATED:
            return UNWRITTEN
        local = moment.astimezone(zone)
        time = format_time(local, "HH:mm", locale=self._locale)
        return f"{self.date(moment, zone)} {time} {local.tzname()}"

    def versions(self, text: str) -> tuple[str, ...]:
        """Return each alternative of a range in words, with what machines read.

        What is no range is one alternative, as it was written.
        """
        found = ranges.parse(text)
        return (text,) if found is None else tuple(map(self._alternative, found))

    def fixed(self, text: str | None) -> str:
        """Return what the text of `fixed` says: a version, or that there is none."""
        if text is None:
            return self("none known")
        remedy = remedy_of(text)
        if remedy.due is not None:
            return self("fix planned for {date}", date=self._day(remedy.due))
        return remedy.version or self(NO_FIX[remedy.category])

    def _alternative(self, each: Alternative) -> str:
        said = [
            self(COMPARATORS[one.operator], version=one.version)
            for one in each.comparators
        ] or [self("all versions")]
        whole = said[0]
        for more in said[1:]:
            whole = self("{condition}, {other}", condition=whole, other=more)
        if each.written.strip("= ") == whole:
            return whole
        if not each.comparators and each.written != "*":
            return whole
        return self("{words} ({range})", words=whole, range=each.written)

    def _day(self, day: time.date) -> str:
        pattern = _DATES.get(self.language, "long")
        return format_date(day, pattern, locale=self._locale)

    @property
    def _locale(self) -> str:
        return self.language.replace("-", "_")
