"""The lists of advisories by year, kind, severity, vendor, product and CVE id."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from publisher.model.advisory import Kind
from publisher.model.score import Severity
from publisher.render import paths
from publisher.render.indexes import cves, pages, vendors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from publisher.model.chain import Planned
    from publisher.render.indexes.site import Item, Site


def planned(site: Site, items: Sequence[Item]) -> Iterator[Planned]:
    """Plan all lists of `items`, which come oldest first."""
    yield from _by_year(site, items)
    yield from _by_kind(site, items)
    yield from _by_severity(site, items)
    yield from vendors.planned(site, items)
    yield from cves.planned(site, items)


def _by_year(site: Site, items: Sequence[Item]) -> Iterator[Planned]:
    years: dict[int, list[Item]] = {}
    for item in items:
        years.setdefault(item.summary.id.year, []).append(item)
    zone = site.presentation.settings.team.timezone

    def month(item: Item) -> str:
        local = item.summary.first_published.astimezone(zone)
        name = f"{local.month:02d}"
        same = local.year == item.summary.id.year
        return name if same else f"{local.year}-{name}"

    for year, found in years.items():
        path = functools.partial(paths.year, number=year)
        about = {"year": year}
        listing = pages.Listing("site/year.html", path, found, month, about)
        # The pages of months do not change when a year begins.
        yield from pages.planned(site, listing, years=sorted(years, reverse=True))


def _by_kind(site: Site, items: Sequence[Item]) -> Iterator[Planned]:
    kinds: dict[Kind, list[Item]] = {kind: [] for kind in Kind}
    for item in items:
        kinds[item.summary.kind].append(item)
    for kind, found in kinds.items():
        path = functools.partial(paths.kind, kind=kind)
        about = {"kind": kind}
        listing = pages.Listing("site/kind.html", path, found, pages.by_year, about)
        yield from pages.planned(site, listing)


def _by_severity(site: Site, items: Sequence[Item]) -> Iterator[Planned]:
    """Plan the lists by the most severe score; what has no score is in none."""
    severities: dict[str, list[Item]] = {each.slug: [] for each in reversed(Severity)}
    for item in items:
        if item.summary.severity is not None:
            severities[item.summary.severity].append(item)
    counts = [(slug, len(found)) for slug, found in severities.items()]
    yield from site.plan("site/severities.html", paths.severities, counts=counts)
    for slug, found in severities.items():
        path = functools.partial(paths.severity, severity=slug)
        about = {"severity": slug}
        listing = pages.Listing("site/severity.html", path, found, pages.by_year, about)
        yield from pages.planned(site, listing)
