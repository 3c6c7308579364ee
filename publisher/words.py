"""The words of one language: message catalogue, dates and names of things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from babel.dates import format_date, format_time

from publisher.model.advisory import Kind
from publisher.model.score import Part, Severity

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from publisher.model.ids import Language
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
        pattern = _DATES.get(self.language, "long")
        local = moment.astimezone(zone)
        return format_date(local, pattern, locale=self._locale)

    def moment(self, moment: datetime, zone: ZoneInfo) -> str:
        """Return day, time and zone of `moment`, as this language writes them."""
        local = moment.astimezone(zone)
        time = format_time(local, "HH:mm", locale=self._locale)
        return f"{self.date(moment, zone)} {time} {local.tzname()}"

    @property
    def _locale(self) -> str:
        return self.language.replace("-", "_")
