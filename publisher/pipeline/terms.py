"""The terms under which texts are found, kept so that none is read twice for them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from publisher.ports import Cache

_KIND = "terms"
_MANY = 500


def known(cache: Cache) -> Callable[[Sequence[str]], Mapping[str, str]]:
    """Return what reads the terms of texts by their keys."""
    return functools.partial(cache.get, _KIND)


class Terms:
    """What becomes of the terms of advisories that are rendered."""

    def __init__(self, cache: Cache) -> None:
        """Keep them in `cache`."""
        self._cache = cache
        self._fresh: dict[str, str] = {}

    def keep(self, terms: Mapping[str, str]) -> None:
        """Keep what `search_terms.of` returned; `flush` has to follow."""
        self._fresh.update(terms)
        # Those of a whole archive are too many for one heap.
        if len(self._fresh) > _MANY:
            self.flush()

    def flush(self) -> None:
        """Write what is not written yet."""
        self._cache.put(_KIND, self._fresh)
        self._fresh = {}
