"""One list on as many pages as it needs, so that none is large and few change.

The first page shows the newest hundred. A list with more has an archive: its
advisories by period (the years, or of a year the months), each period on pages of a
hundred that are counted from its oldest. So a page that is full shows the same
advisories for ever, and one that is published late moves those of its period alone.
"""

from __future__ import annotations

import functools
import itertools
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from publisher.render import paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from publisher.model.chain import Planned
    from publisher.model.ids import Language
    from publisher.render.indexes.site import Item, Site

PER_PAGE = 100
"""How many advisories a page names at most."""


class Listing(NamedTuple):
    """One list: what it holds, where it begins, how it is shown."""

    template: str
    first: Callable[[Language], str]
    """Where its first page lies."""
    items: Sequence[Item]
    """Oldest first."""
    period: Callable[[Item], str]
    """To which period of the archive an advisory belongs, as a part of an address."""
    about: Mapping[str, object]
    """What its pages say besides, as JSON values."""


class Period(NamedTuple):
    """A part of an archive, as the list's first page names it."""

    name: str
    pages: int
    total: int
    """Of its advisories."""
    newest: str
    """When the newest of them was published, in ISO 8601."""

    @property
    def date(self) -> datetime:
        """Return `newest` as a moment."""
        return datetime.fromisoformat(self.newest)


class _Page(NamedTuple):
    period: str
    number: int
    items: Sequence[Item]
    """Oldest first."""

    @property
    def place(self) -> tuple[str, int]:
        return self.period, self.number

    @property
    def part(self) -> str:
        return f"{self.period}, {self.number}" if self.number > 1 else self.period


def by_year(item: Item) -> str:
    """Return the year in an advisory's id."""
    return str(item.summary.id.year)


def planned(site: Site, listing: Listing, **first: object) -> Iterator[Planned]:
    """Plan the first page of a list, and its archive if it has one.

    What the `first` page alone says is apart: the archive does not change with it.
    """
    archive = list(_archive(listing))
    older = next((p for p in reversed(archive) if _reaches(p, listing)), None)
    about = {
        "total": len(listing.items),
        "part": "",
        "period": "",
        "periods": _periods(archive),
        "older": older and older.place,
    }
    newest = listing.items[: -PER_PAGE - 1 : -1]
    values = {**listing.about, **about, **first}
    yield from site.listed(listing.template, listing.first, newest, values)
    for place, page in enumerate(archive):
        after = archive[place + 1].place if place + 1 < len(archive) else None
        about = {
            "part": page.part,
            "period": page.period,
            "number": page.number,
            "older": archive[place - 1].place if place else None,
            "newer": after,
        }
        path = functools.partial(_path, listing.first, page.place)
        values = {**listing.about, **about}
        yield from site.listed(listing.template, path, page.items[::-1], values)


def _path(
    first: Callable[[Language], str], place: tuple[str, int], language: Language
) -> str:
    return paths.listing(first(language), *place)


def _archive(listing: Listing) -> Iterator[_Page]:
    """Yield the pages of the archive, the oldest first."""
    if len(listing.items) <= PER_PAGE:
        return
    periods: dict[str, list[Item]] = {}
    for item in listing.items:
        periods.setdefault(listing.period(item), []).append(item)
    for period, found in sorted(periods.items()):
        for number, start in enumerate(range(0, len(found), PER_PAGE), 1):
            yield _Page(period, number, found[start : start + PER_PAGE])


def _reaches(page: _Page, listing: Listing) -> bool:
    """Tell whether a page goes on where the first page of the list ends."""
    next_one = listing.items[-PER_PAGE - 1]
    return any(item is next_one for item in page.items)


def _periods(archive: Sequence[_Page]) -> list[Period]:
    found = []
    for period, group in itertools.groupby(archive, key=lambda page: page.period):
        pages = list(group)
        newest = pages[-1].items[-1].summary.first_published
        total = sum(len(page.items) for page in pages)
        found.append(Period(period, len(pages), total, newest.isoformat()))
    return found[::-1]
