"""All pages that are not one advisory's: lists, explanations, keys, the rest.

Lists are bounded: the front page shows the newest fifty, a kind's page the newest
hundred, a year's page the year. Each page is planned with the digest of exactly
what it shows, and made only on demand.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from publisher.model.advisory import Kind
from publisher.model.chain import Planned
from publisher.render import keys, layout, paths, record, rows, wellknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from publisher.model.ids import Language
    from publisher.model.keys import KeyState
    from publisher.model.summary import Summary
    from publisher.presentation import Presentation
    from publisher.render.rows import Entry

ON_HOME = 50
"""How many advisories the front page names."""
URGENT = 5
"""How many of them it puts first."""
LEADS = 2
"""With the beginning of how many of these."""
ON_KIND = 100
"""How many advisories a kind's page names; with more, it has pages by year."""


def indexes(
    summaries: Sequence[Summary],
    known: Sequence[KeyState],
    presentation: Presentation,
    now: datetime,
) -> Iterator[Planned]:
    """Plan every page and file of the site that is not one advisory's or a feed.

    Of the keys that are `known`, those are served whose fingerprints the settings
    pin: no other key vouches for a text. `now` tells which of them have expired.
    """
    first = presentation.settings.languages[0]
    ordered = sorted(summaries, key=lambda s: (s.first_published, s.id), reverse=True)
    team = presentation.settings.team
    explained = {
        "keys": keys.shown(known, team, now),
        "locatable": wellknown.locatable(known, presentation.settings, now),
        "record": record.INDEX,
    }
    for language in presentation.settings.languages:
        site = _Site(presentation, language)
        entries = rows.entries(ordered, language)
        if language == first:
            yield _home(site, entries, "index.html")
        yield _home(site, entries, paths.home(language))
        yield from _lists(site, entries)
        yield site.plan("site/verify.html", paths.verify, **explained)
        yield site.plan("site/subscribe.html", paths.subscribe)
    for key in keys.ordered(known, team, now):
        yield _file(presentation, paths.public_key(key.fingerprint), key.public)
    yield from _rest(presentation, first)


class _Site(NamedTuple):
    """The site in one language."""

    presentation: Presentation
    language: Language

    def plan(
        self,
        template: str,
        path: Callable[[Language], str],
        **values: object,
    ) -> Planned:
        """Plan the page at `path`; `values` are JSON values, and all that it shows."""
        return self.page(template, path, path(self.language), **values)

    def page(
        self,
        template: str,
        path: Callable[[Language], str],
        at: str,
        **values: object,
    ) -> Planned:
        """Plan the page, at another place than the one by which it is known."""
        settings = self.presentation.settings
        known = path(self.language)
        page = layout.Page(
            path=at,
            site=settings.site.url,
            alternates={language: path(language) for language in settings.languages},
            default=path(settings.languages[0]),
            canonical="" if at == known else known,
        )
        return Planned(
            PurePosixPath(at),
            layout.key(self.presentation, template, at, values),
            functools.partial(
                layout.render,
                self.presentation,
                template,
                self.language,
                page,
                **values,
            ),
        )


def _home(site: _Site, entries: list[Entry], at: str) -> Planned:
    urgent = [
        (entry.row, entry.lead if place < LEADS else "")
        for place, entry in enumerate(rows.urgent(entries, URGENT))
    ]
    counts: dict[int, int] = defaultdict(int)
    for entry in entries:
        counts[entry.id.year] += 1
    return site.page(
        "site/home.html",
        paths.home,
        at,
        urgent=urgent,
        newest=[entry.row for entry in rows.newest(entries, ON_HOME)],
        total=len(entries),
        years=sorted(counts.items(), reverse=True),
    )


def _lists(site: _Site, entries: list[Entry]) -> Iterator[Planned]:
    years: dict[int, list[Entry]] = defaultdict(list)
    kinds: dict[Kind, list[Entry]] = {kind: [] for kind in Kind}
    for entry in entries:
        years[entry.id.year].append(entry)
        kinds[entry.row.kind].append(entry)
    for year, found in years.items():
        path = functools.partial(paths.year, number=year)
        yield site.plan(
            "site/year.html",
            path,
            year=year,
            rows=[entry.row for entry in found],
            years=sorted(years, reverse=True),
        )
    for kind, found in kinds.items():
        yield from _kind(site, kind, found)


def _kind(site: _Site, kind: Kind, entries: list[Entry]) -> Iterator[Planned]:
    years: dict[int, list[Entry]] = defaultdict(list)
    if len(entries) > ON_KIND:
        for entry in entries:
            years[entry.id.year].append(entry)
    names = sorted(years, reverse=True)
    path: Callable[[Language], str] = functools.partial(paths.kind, kind=kind)
    shown = [entry.row for entry in entries[:ON_KIND]]
    yield site.plan("site/kind.html", path, kind=kind, rows=shown, years=names)
    for year, found in years.items():
        path = functools.partial(paths.kind_year, kind=kind, number=year)
        listed = [entry.row for entry in found]
        yield site.plan(
            "site/kind_year.html",
            path,
            kind=kind,
            year=year,
            rows=listed,
            years=names,
        )


def _rest(presentation: Presentation, language: Language) -> Iterator[Planned]:
    for name in ("style.css", "favicon.svg", "robots.txt", paths.VERIFIER):
        template = f"site/{name}"
        make = functools.partial(_text, presentation, template, language)
        yield Planned(PurePosixPath(name), layout.key(presentation, template), make)
    site = presentation.settings.site.url
    page = layout.Page(path="404.html", site=site, root=layout.root(site))
    make = functools.partial(
        layout.render,
        presentation,
        "site/404.html",
        language,
        page,
        everyone=presentation.words,
    )
    template = "site/404.html"
    yield Planned(PurePosixPath(page.path), layout.key(presentation, template), make)


def _text(presentation: Presentation, template: str, language: Language) -> bytes:
    return presentation.render(template, language).encode()


def _file(presentation: Presentation, path: str, data: bytes) -> Planned:
    key = layout.key(presentation, path, data.hex())
    return Planned(PurePosixPath(path), key, lambda: data)
