"""The front page: what is most urgent, what is newest, and the way to all the rest."""

from __future__ import annotations

import functools
import heapq
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher.model.chain import Planned
from publisher.render import layout, paths, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from publisher.model.ids import Language
    from publisher.model.summary import Summary
    from publisher.render.indexes.site import Item, Site
    from publisher.render.rows import Entry

ON_HOME = 20
"""How many advisories the front page names."""
URGENT = 5
"""How many of them it puts first."""
LEADS = 2
"""With the beginning of how many of these."""


def planned(site: Site, items: Sequence[Item]) -> Iterator[Planned]:
    """Plan the front page, in the first language at the root of the site as well."""
    summaries = [item.summary for item in items]
    summaries.sort(key=lambda summary: summary.last_updated, reverse=True)
    counts = Counter(summary.id.year for summary in summaries)
    shared = {"total": len(items), "years": sorted(counts.items(), reverse=True)}
    yield _planned(site, summaries, site.languages[0], "index.html", shared)
    for language in site.languages:
        yield _planned(site, summaries, language, paths.home(language), shared)


def _planned(
    site: Site,
    summaries: Sequence[Summary],
    language: Language,
    at: str,
    shared: Mapping[str, object],
) -> Planned:
    entries = recent(summaries, language)
    urgent = [
        (entry.row, entry.lead if place < LEADS else "")
        for place, entry in enumerate(rows.urgent(entries, URGENT))
    ]
    newest = [entry.row for entry in rows.newest(entries, ON_HOME)]
    values = {"urgent": urgent, "newest": newest, **shared}
    template = "site/home.html"
    return Planned(
        PurePosixPath(at),
        layout.key(site.presentation, template, at, values),
        functools.partial(site.render, template, language, paths.home, at, values),
    )


def recent(summaries: Iterable[Summary], language: Language) -> list[Entry]:
    """Return all entries that can be among the newest or most urgent, and few others.

    `summaries` come with the last updated first. No advisory has news after its last
    update, so that the rest need no look.
    """
    found: list[Entry] = []
    newest: list[datetime] = []
    for summary in summaries:
        if len(newest) == ON_HOME:
            since = max(newest) - rows.CURRENT
            if summary.last_updated < min(newest[0], since):
                break
        entry = rows.entries((summary,), language)[0]
        found.append(entry)
        heapq.heappush(newest, entry.news)
        if len(newest) > ON_HOME:
            heapq.heappop(newest)
    return found
