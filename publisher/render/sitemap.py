"""The sitemap (sitemaps.org, 0.9): an index, and a list of pages for each year.

Each page names the same one in other languages, and when its advisory changed last.
"""

from __future__ import annotations

import functools
import hashlib
from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import escape

from publisher.model.advisory import Kind
from publisher.model.chain import Planned
from publisher.render import layout, marks, paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from publisher.model.ids import Language
    from publisher.model.summary import Summary
    from publisher.presentation import Presentation

MOST = 20_000
"""How many addresses a list holds at most. 50,000 are allowed, and 50 MB: with many
languages, each address takes more than a kilobyte."""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_XHTML = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'


class _Page(NamedTuple):
    """A page in each of its languages."""

    languages: Mapping[Language, str]
    """Its paths."""
    default: str
    changed: datetime | None


def files(
    summaries: Sequence[Summary], presentation: Presentation
) -> Iterator[Planned]:
    """Plan the lists of pages, and the list of lists."""
    years: dict[int, list[Summary]] = defaultdict(list)
    for summary in sorted(summaries, key=lambda each: each.id):
        years[summary.id.year].append(summary)
    known = sorted(years)
    first = functools.partial(_pages, known, presentation)
    yield _plan(paths.sitemap("site"), first, known, presentation)
    listed: list[tuple[str, str]] = [(paths.sitemap("site"), "")]
    most = MOST // len(presentation.settings.languages)
    for year, found in years.items():
        for part in range(-(-len(found) // most)):
            some = found[part * most : (part + 1) * most]
            path = paths.sitemap(f"{year}-{part + 1}" if part else f"{year}")
            marked = "\n".join(map(marks.mark, some)).encode()
            pages = functools.partial(_advisories, some, presentation)
            digest = hashlib.sha256(marked).hexdigest()
            yield _plan(path, pages, digest, presentation)
            changed = max(summary.last_updated for summary in some)
            listed.append((path, changed.isoformat()))
    make = functools.partial(_index, listed, presentation.settings.site.url)
    key = layout.key(presentation, paths.SITEMAP, listed)
    yield Planned(PurePosixPath(paths.SITEMAP), key, make)


def _plan(
    path: str,
    pages: functools.partial[Iterator[_Page]],
    shown: object,
    presentation: Presentation,
) -> Planned:
    make = functools.partial(_list, pages, presentation.settings.site.url)
    key = layout.key(presentation, path, shown)
    return Planned(PurePosixPath(path), key, make)


def _pages(years: Sequence[int], presentation: Presentation) -> Iterator[_Page]:
    """Yield the pages that are not one advisory's and lead to all the others."""
    languages = presentation.settings.languages
    listed: list[Callable[[Language], str]] = [
        *(paths.home, paths.search, paths.subscribe, paths.verify, paths.feeds),
        *(functools.partial(paths.kind, kind=kind) for kind in Kind),
        *(functools.partial(paths.year, number=year) for year in years),
    ]
    for path in listed:
        there = {language: path(language) for language in languages}
        yield _Page(there, there[languages[0]], None)


def _advisories(
    summaries: Iterable[Summary], presentation: Presentation
) -> Iterator[_Page]:
    order = presentation.settings.languages.index
    for summary in summaries:
        languages = sorted((text.language for text in summary.texts), key=order)
        there = {each: paths.advisory(summary.id, each) for each in languages}
        yield _Page(there, paths.landing(summary.id), summary.last_updated)


def _list(pages: functools.partial[Iterator[_Page]], site: str) -> bytes:
    lines = [f"<urlset {_SPACE} {_XHTML}>"]
    for page in pages():
        named = [*page.languages.items(), ("x-default", page.default)]
        links = [
            f'<xhtml:link rel="alternate" hreflang="{language}"'
            f' href="{escape(layout.address(site, path))}"/>'
            for language, path in named
        ]
        for path in page.languages.values():
            address = escape(layout.address(site, path))
            lines += ["<url>", f"<loc>{address}</loc>"]
            if page.changed:
                lines.append(f"<lastmod>{page.changed.isoformat()}</lastmod>")
            lines += [*links, "</url>"]
    return _document(lines, "</urlset>")


def _index(listed: Sequence[tuple[str, str]], site: str) -> bytes:
    lines = [f"<sitemapindex {_SPACE}>"]
    for path, changed in listed:
        when = f"<lastmod>{changed}</lastmod>" if changed else ""
        address = escape(layout.address(site, path))
        lines.append(f"<sitemap><loc>{address}</loc>{when}</sitemap>")
    return _document(lines, "</sitemapindex>")


def _document(lines: Sequence[str], end: str) -> bytes:
    return (_HEAD + "\n".join([*lines, end, ""])).encode()
