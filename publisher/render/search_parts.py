"""How the index of the search is cut: which advisories share its files.

The index has parts of 64, 512 or 4,096 numbers of a year. Of the newest year, what
is full is in large parts and the rest in small ones, so that a new advisory changes
one part of 64; of an earlier year, all is in parts as large as it takes. Which
parts there are follows from the ids alone, whatever was built before, and a browser
has a few dozen to look into, also among a hundred thousand advisories.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from publisher.model.ids import AdvisoryId

BUCKETS: Mapping[int, int] = {64: 32, 512: 256, 4096: 1024}
"""How many files a part of so many numbers has: more of them make a query cheaper,
and more work of a change."""
SMALL, MIDDLE, LARGE = BUCKETS
CARDS = 16
"""Numbers whose titles and beginnings are in one file."""


class Part(NamedTuple):
    """A part of the index."""

    year: int
    prefix: str
    start: int
    """The first number that can be in it; a multiple of `size`."""
    size: int

    @property
    def series(self) -> str:
        """Return what the ids of its advisories begin with."""
        return f"{self.prefix}-{self.year:04d}"

    @property
    def buckets(self) -> int:
        """Return how many files it has."""
        return BUCKETS[self.size]


def parts(ids: Iterable[AdvisoryId]) -> Mapping[Part, Sequence[AdvisoryId]]:
    """Return the parts with what is in each, the newest first, in ascending order."""
    ranges: dict[tuple[int, str, int], list[AdvisoryId]] = defaultdict(list)
    for each in sorted(ids):
        ranges[each.year, each.prefix, each.number // LARGE].append(each)
    found: dict[Part, list[AdvisoryId]] = defaultdict(list)
    newest = max((year for year, _, _ in ranges), default=0)
    last = {prefix: n for year, prefix, n in sorted(ranges) if year == newest}
    for (year, prefix, number), members in sorted(ranges.items(), reverse=True):
        growing = year == newest and last[prefix] == number
        for each in members:
            size = _size(each.number, members[-1].number, growing=growing)
            start = each.number // size * size
            found[Part(year, prefix, start, size)].append(each)
    return dict(sorted(found.items(), reverse=True))


def _size(number: int, last: int, *, growing: bool) -> int:
    """Return the size of the part of a number; `last` is the last in its range."""
    if growing:
        return SMALL if number // MIDDLE == last // MIDDLE else MIDDLE
    return next(size for size in BUCKETS if last % LARGE < size)
