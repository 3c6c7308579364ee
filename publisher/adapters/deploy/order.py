"""In which order files go where the public sees each of them at once.

New files go first, since nothing that the public sees links to them yet; then what
changed; then what is gone goes. Among each of them the order is that of `rank`, and
the index of the publication record is the last file of all: where it says that a text
is public, all of it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import groupby

LAST = "record/index.json"
"""What the public's view of the record begins with."""
_RANKS = (
    re.compile(r"record/index\.json"),
    re.compile(r"record/.*"),
    re.compile(r"(.*/)?(feed|atom)\.(xml|json|rdf)|(.*/)?[^/]*\.opml"),
    re.compile(r"api/.*|sitemap.*"),
    re.compile(r"advisories/.*\.html"),
    re.compile(r"advisories/.*|keys/.*|\.well-known/.*|.*\.(css|js|py|asc)"),
)
_INDEX = 3.5
"""Between pages of advisories and what programs read: all the other pages."""


def rank(path: str) -> float:
    """Tell how late a file goes: what leads to others goes after them."""
    for late, pattern in enumerate(_RANKS):
        if pattern.fullmatch(path):
            return -late
    return -_INDEX


def batches(paths: Collection[str]) -> Iterator[list[str]]:
    """Yield files of one rank, the early ones first."""
    for _, batch in groupby(sorted(paths, key=lambda p: (rank(p), p)), key=rank):
        yield list(batch)


def strangers(names: Collection[str], wanted: Mapping[str, str]) -> list[str]:
    """Return what lies at the top of a place that has never held the site.

    A place that holds a publication record is taken for ours. Elsewhere, nothing may
    be that the site has not: it would be removed.
    """
    if "record" in names:
        return []
    ours = {path.partition("/")[0] for path in wanted}
    return sorted(name for name in set(names) if name not in ours)
