"""CVE ids: by year, and of a year by blocks of a hundred.

In which block an id stands follows from its number alone, so its address is for
ever: `CVE-2026-90007` is on the page `2026/900xx.html`. A year with more than a
hundred blocks groups them by the ten thousand, and by more if it has to.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from publisher.render import paths
from publisher.render.indexes import pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from publisher.model.chain import Planned
    from publisher.model.ids import AdvisoryId
    from publisher.render.indexes.site import Item, Site

PER_CVE = 2
"""How many advisories a block names of one id; one with more has its own list."""
_MANY = 100
_DIGITS = 2
"""How many digits a block leaves open, and each level above it leaves more."""

Ids = dict[str, list["Item"]]
"""The advisories on each CVE id, oldest first."""


def planned(site: Site, items: Sequence[Item]) -> Iterator[Planned]:
    """Plan the lists of the CVE ids of `items`, which come oldest first."""
    years: dict[str, dict[str, Ids]] = {}
    for item in items:
        for cve in item.summary.cves:
            _, year, number = cve.split("-")
            block = years.setdefault(year, {}).setdefault(_block(number, _DIGITS), {})
            block.setdefault(cve, []).append(item)
    counts = [
        (year, sum(map(len, blocks.values())))
        for year, blocks in sorted(years.items(), reverse=True)
    ]
    yield from site.plan("site/cves.html", paths.cves, years=counts, year="", block="")
    for year, blocks in years.items():
        yield from _year(site, year, blocks)
        for name, ids in blocks.items():
            yield from _listed(site, year, name, ids)


def _year(site: Site, year: str, blocks: Mapping[str, Ids]) -> Iterator[Planned]:
    level = _DIGITS
    sizes = {block: len(found) for block, found in blocks.items()}
    while len(sizes) > _MANY:
        level += _DIGITS
        groups: dict[str, dict[str, int]] = {}
        for block, size in sizes.items():
            groups.setdefault(_block(block, level), {})[block] = size
        for group, found in groups.items():
            path = functools.partial(paths.cve_block, year=year, block=group)
            yield from site.plan(
                "site/cves.html", path, blocks=_sorted(found), year=year, block=group
            )
        sizes = {group: sum(found.values()) for group, found in groups.items()}
    path = functools.partial(paths.cves, year=year)
    shown = _sorted(sizes)
    yield from site.plan("site/cves.html", path, blocks=shown, year=year, block="")


def _listed(site: Site, year: str, block: str, ids: Ids) -> Iterator[Planned]:
    shown = []
    named: dict[AdvisoryId, Item] = {}
    for cve, items in sorted(ids.items(), key=lambda each: _order(each[0])):
        newest = items[: -PER_CVE - 1 : -1]
        named.update({item.summary.id: item for item in newest})
        shown.append((cve, [str(item.summary.id) for item in newest], len(items)))
    path = functools.partial(paths.cve_block, year=year, block=block)
    values = {"cves": shown, "year": year, "block": block}
    rows = sorted(named.values(), key=lambda item: item.age, reverse=True)
    yield from site.listed("site/cve_block.html", path, rows, values)
    for cve, items in ids.items():
        if len(items) > PER_CVE:
            path = functools.partial(paths.cve_list, cve=cve)
            about = {"cve": cve}
            listing = pages.Listing("site/cve.html", path, items, pages.by_year, about)
            yield from pages.planned(site, listing)


def _block(number: str, digits: int) -> str:
    """Return the block of a number, or of a smaller block: `900xx` for `90007`."""
    return number[:-digits] + "x" * digits if len(number) > digits else "x" * digits


def _sorted(sizes: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(sizes.items(), key=lambda each: _order(each[0]))


def _order(name: str) -> tuple[int, str]:
    return len(name), name
