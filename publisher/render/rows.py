"""What a list shows of an advisory, and how the advisories are grouped into lists."""

from __future__ import annotations

import heapq
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from publisher.model.advisory import Kind
from publisher.model.ids import AdvisoryId

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from publisher.model.ids import Language
    from publisher.model.summary import Summary

SEVERE = {"high": 1, "critical": 2}
CURRENT = timedelta(days=60)


class Row(NamedTuple):
    """One advisory in a list; a value of JSON, so that lists can be digested."""

    id: str
    kind: Kind
    language: Language
    """Of the text that is named: another one than the list's, if there is none."""
    title: str
    first: str
    """When it was first published, in ISO 8601."""
    news: str
    """When its readers last heard of it; a mended typo is no news."""
    update: int | None
    """The revision that they heard of, unless it was the first."""
    severity: str | None
    score: str | None
    withdrawn: bool
    superseded: bool

    @property
    def advisory(self) -> AdvisoryId:
        """Return `id` as an id."""
        return AdvisoryId.parse(self.id)

    @property
    def first_published(self) -> datetime:
        """Return `first` as a moment."""
        return datetime.fromisoformat(self.first)

    @property
    def last_news(self) -> datetime:
        """Return `news` as a moment."""
        return datetime.fromisoformat(self.news)


class Entry(NamedTuple):
    """A row with what orders it, and the beginning of its text."""

    id: AdvisoryId
    news: datetime
    row: Row
    lead: str


def entries(summaries: Iterable[Summary], language: Language) -> list[Entry]:
    """Return each advisory as a list in `language` shows it, in the order given."""
    return [_entry(summary, language) for summary in summaries]


def newest(entries: Iterable[Entry], count: int) -> list[Entry]:
    """Return the `count` entries with the newest news, newest first."""
    return heapq.nlargest(count, entries, key=_age)


def urgent(entries: Sequence[Entry], count: int) -> list[Entry]:
    """Return the entries that still hold, emergencies and then the severest first.

    Counted are those with news in the sixty days before the newest of all, so
    that the answer follows from the archive and not from the clock.
    """
    since = max((entry.news for entry in entries), default=None)
    if since is None:
        return []
    return heapq.nlargest(
        count,
        (e for e in entries if _weight(e.row) and e.news >= since - CURRENT),
        key=lambda entry: (_weight(entry.row), *_age(entry)),
    )


def _entry(summary: Summary, language: Language) -> Entry:
    text = summary.texts[0]
    for other in summary.texts:
        if other.language == language:
            text = other
    told = [change for change in text.changes if change.notify]
    news = told[-1].date if told else summary.first_published
    row = Row(
        str(summary.id),
        summary.kind,
        text.language,
        text.title,
        summary.first_published.isoformat(),
        news.isoformat(),
        told[-1].revision if len(told) > 1 else None,
        summary.severity,
        summary.score,
        summary.withdrawn,
        summary.superseded_by is not None,
    )
    return Entry(summary.id, news, row, text.lead)


def _age(entry: Entry) -> tuple[datetime, AdvisoryId]:
    return entry.news, entry.id


def _weight(row: Row) -> int:
    if row.withdrawn or row.superseded:
        return 0
    # Many are being hit right now; it has no score, or an early one.
    if row.kind is Kind.EMERGENCY:
        return max(SEVERE.values()) + 1
    return SEVERE.get(row.severity or "", 0)
