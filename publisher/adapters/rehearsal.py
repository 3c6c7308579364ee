"""A site and a cache that only seem to change: for saying what would be done."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Mapping, Sequence, Set
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.ports import Cache, Site


class RehearsedSite:
    """A site with what would be written over it."""

    def __init__(self, site: Site) -> None:
        """Take the site that is left as it is."""
        self._site = site
        self._written: dict[PurePosixPath, str] = {}
        # What would be written may be all of a large site. It is read from several
        # processes, which share a file's position: so by place, and without a buffer.
        self._data = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        weakref.finalize(self, self._data.close)
        self._end = 0
        self._places: dict[PurePosixPath, tuple[int, int]] = {}

    def holds(self, path: PurePosixPath) -> str | None:
        """Return the SHA-256 of a file as it would be; None if it is missing."""
        return self._written.get(path) or self._site.holds(path)

    def read(self, path: PurePosixPath) -> bytes:
        """Return the bytes of a file as it would be."""
        if path not in self._places:
            return self._site.read(path)
        start, length = self._places[path]
        return os.pread(self._data.fileno(), length, start)

    def intact(self, outputs: Mapping[str, str]) -> bool:
        """Tell whether files would lie there with the given digests."""
        return all(self.holds(PurePosixPath(n)) == d for n, d in outputs.items())

    def write(self, path: PurePosixPath, data: bytes) -> bool:
        """Tell whether a file's bytes would change."""
        digest = sha256(data).hexdigest()
        changed = self.holds(path) != digest
        self._places[path] = self._end, len(data)
        self._end += os.pwrite(self._data.fileno(), data, self._end)
        self._written[path] = digest
        return changed

    def prune(self, keep: Set[str]) -> Sequence[PurePosixPath]:
        """Remove nothing."""
        del keep
        return []

    def flush(self) -> None:
        """Keep nothing."""


class RehearsedCache:
    """A cache that forgets, with its end, what it was told."""

    def __init__(self, cache: Cache) -> None:
        """Take the cache that is left as it is."""
        self._cache = cache
        self._kinds: dict[str, dict[str, str]] = {}

    def get(self, kind: str, keys: Sequence[str] | None = None) -> Mapping[str, str]:
        """Return what is known under `keys`; None: everything of this kind."""
        known = self._all(kind)
        if keys is None:
            return dict(known)
        return {key: known[key] for key in keys if key in known}

    def put(self, kind: str, entries: Mapping[str, str]) -> None:
        """Remember `entries` for a while."""
        self._all(kind).update(entries)

    def drop(self, kind: str, keys: Sequence[str]) -> None:
        """Forget entries for a while."""
        for key in keys:
            self._all(kind).pop(key, None)

    def _all(self, kind: str) -> dict[str, str]:
        if kind not in self._kinds:
            self._kinds[kind] = dict(self._cache.get(kind))
        return self._kinds[kind]
