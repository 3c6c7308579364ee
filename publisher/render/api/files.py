"""The index of the machine index: what there is, by year and by time of change."""

from __future__ import annotations

import functools
import hashlib
import heapq
import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from publisher.model.advisory import Kind
from publisher.model.chain import Planned
from publisher.render import layout, marks, paths
from publisher.render.api import form
from publisher.render.record import INDEX

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from publisher.model.ids import AdvisoryId
    from publisher.model.settings import Settings
    from publisher.model.summary import Summary
    from publisher.presentation import Presentation

LATEST = 100
"""How many changes the file of the newest ones has at most."""
SCHEMAS = ("advisory", "changes", "changes-index", "common", "index", "year")


class Event(NamedTuple):
    """One revision of an advisory; compared from left to right."""

    date: datetime
    id: AdvisoryId
    revision: int
    summary: Summary


def files(
    summaries: Sequence[Summary], presentation: Presentation
) -> Iterator[Planned]:
    """Plan every file of the machine index that is not one advisory's."""
    plan = _Plan(presentation)
    years: dict[int, list[Summary]] = defaultdict(list)
    months: dict[str, list[Event]] = defaultdict(list)
    for summary in sorted(summaries, key=lambda each: each.id):
        years[summary.id.year].append(summary)
        for event in _events(summary):
            months[f"{event.date.astimezone(UTC):%Y-%m}"].append(event)
    state = {month: _state(months[month]) for month in sorted(months)}
    newest = heapq.nlargest(LATEST, (e for found in months.values() for e in found))
    for year, found in years.items():
        path, digest = paths.api_year(year), _digest(map(marks.mark, found))
        make = functools.partial(_year, year, found, presentation)
        yield plan(path, make, digest)
    for month, events in months.items():
        make = functools.partial(_changes, month, events, presentation)
        yield plan(paths.api_changes(month), make, state[month])
    make = functools.partial(_changes, None, newest, presentation)
    yield plan(paths.API_LATEST, make, _state(newest))
    make = functools.partial(_months, state, presentation)
    yield plan(paths.API_CHANGES, make, list(state.items()))
    counts = _counts(summaries)
    make = functools.partial(_index, counts, presentation.settings)
    yield plan(paths.API_INDEX, make, counts)
    for name in SCHEMAS:
        make = functools.partial(_schema, name, presentation)
        yield plan(paths.api_schema(name), make)


class _Plan(NamedTuple):
    presentation: Presentation

    def __call__(
        self, path: str, make: functools.partial[bytes], *shown: object
    ) -> Planned:
        """Plan the file at `path`; `shown` are JSON values, and all that it shows."""
        key = layout.key(self.presentation, path, *shown)
        return Planned(PurePosixPath(path), key, make)


def _events(summary: Summary) -> Iterator[Event]:
    """Yield the revisions of which readers of any language can know."""
    dates = {c.revision: c.date for text in summary.texts for c in text.changes}
    for revision, date in dates.items():
        yield Event(date, summary.id, revision, summary)


def _state(events: Iterable[Event]) -> str:
    return _digest(f"{e.revision} {marks.mark(e.summary)}" for e in events)


def _digest(found: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


def _year(year: int, summaries: Sequence[Summary], presentation: Presentation) -> bytes:
    site = presentation.settings.site.url
    entries = [_short(each, site) for each in summaries]
    return form.document(site, "year", {"year": year, "advisories": entries})


def _short(summary: Summary, site: str) -> dict[str, Any]:
    by = summary.superseded_by
    return {
        "id": str(summary.id),
        "kind": summary.kind,
        **form.links(site, summary.id),
        "first_published": summary.first_published.isoformat(),
        "last_updated": summary.last_updated.isoformat(),
        "revision": summary.revision,
        "status": form.state(summary),
        "superseded_by": str(by) if by else None,
        "severity": summary.severity,
        "score": float(summary.score) if summary.score else None,
        "cves": list(summary.cves),
        "titles": {text.language: text.title for text in summary.texts},
        "sha256": {text.language: text.sha256 for text in summary.texts},
    }


def _changes(
    month: str | None, events: Sequence[Event], presentation: Presentation
) -> bytes:
    """Return the changes of a month, oldest first, or the newest ones, newest first."""
    site = presentation.settings.site.url
    ordered = sorted(events, key=lambda e: e[:3], reverse=month is None)
    index = layout.address(site, paths.API_CHANGES)
    changes = [_change(event, site) for event in ordered]
    members = {"month": month, "index": index, "changes": changes}
    return form.document(site, "changes", members)


def _change(event: Event, site: str) -> dict[str, Any]:
    summary = event.summary
    told = {
        text.language: change
        for text in summary.texts
        for change in text.changes
        if change.revision == event.revision
    }
    return {
        "id": str(event.id),
        "revision": event.revision,
        "date": event.date.isoformat(),
        "notify": any(change.notify for change in told.values()),
        "kind": summary.kind,
        "status": form.state(summary),
        "severity": summary.severity,
        **form.links(site, event.id),
        "titles": {t.language: t.title for t in summary.texts if t.language in told},
        "summary": {language: change.summary for language, change in told.items()},
    }


def _months(state: Mapping[str, str], presentation: Presentation) -> bytes:
    site = presentation.settings.site.url
    months = [
        {
            "month": month,
            "url": layout.address(site, paths.api_changes(month)),
            "state": digest,
        }
        for month, digest in state.items()
    ]
    latest = layout.address(site, paths.API_LATEST)
    return form.document(site, "changes-index", {"latest": latest, "months": months})


def _counts(summaries: Iterable[Summary]) -> dict[str, Any]:
    kinds: Counter[str] = Counter(str(summary.kind) for summary in summaries)
    years: Counter[int] = Counter(summary.id.year for summary in summaries)
    return {
        "advisories": kinds.total(),
        "kinds": {str(kind): kinds[str(kind)] for kind in Kind},
        "years": sorted(years.items()),
    }


def _index(counts: Mapping[str, Any], settings: Settings) -> bytes:
    site = settings.site.url
    url = functools.partial(layout.address, site)
    members = {
        "version": 1,
        "team": {
            language: settings.team.name[language] for language in settings.languages
        },
        "site": f"{site}/",
        "languages": list(settings.languages),
        "advisories": counts["advisories"],
        "kinds": counts["kinds"],
        "years": [
            {"year": year, "advisories": count, "url": url(paths.api_year(year))}
            for year, count in counts["years"]
        ],
        "advisory": url(paths.API) + "/advisories/{id}.json",
        "changes": url(paths.API_CHANGES),
        "latest": url(paths.API_LATEST),
        "schemas": {name: url(paths.api_schema(name)) for name in SCHEMAS},
        "feeds": {
            language: {
                **{form: url(paths.channel(language, form)) for form in paths.FORMATS},
                "opml": url(paths.opml(language)),
            }
            for language in settings.languages
        },
        "keys": [url(paths.public_key(each)) for each in settings.team.pinned],
        "record": url(INDEX),
    }
    return form.document(site, "index", members)


def _schema(name: str, presentation: Presentation) -> bytes:
    """Return a schema under the address by which this site's files name it."""
    schema = json.loads(presentation.source(f"api/{name}.json"))
    site = presentation.settings.site.url
    schema["$id"] = layout.address(site, paths.api_schema(name))
    return f"{json.dumps(schema, ensure_ascii=False, indent=1)}\n".encode()
