"""The built site's folder: files are replaced only when they change, and at once."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from publisher.errors import WorldError

if TYPE_CHECKING:
    from publisher.adapters.store import SqliteCache


class SiteFolder:
    """The folder `site/`, with a memory of what was written there."""

    def __init__(self, folder: Path, cache: SqliteCache) -> None:
        """Use `folder`, which need not be there yet."""
        self._folder = folder
        self._cache = cache
        self._kind = f"site {folder}"
        self._known = dict(cache.get(self._kind))
        self._fresh: dict[str, str] = {}

    @property
    def folder(self) -> Path:
        """The folder, for those who serve it."""
        return self._folder

    def holds(self, path: PurePosixPath) -> str | None:
        """Return the SHA-256 of a file as it lies there; None if it is missing."""
        known = self._known.get(str(path))
        stat = self._stat(path)
        if stat is None:
            return None
        if known:
            digest, *seen = json.loads(known)
            if seen == stat:
                return str(digest)
        digest = sha256((self._folder / path).read_bytes()).hexdigest()
        self._remember(path, digest)
        return digest

    def write(self, path: PurePosixPath, data: bytes) -> bool:
        """Replace a file atomically; tell whether its bytes changed."""
        digest = sha256(data).hexdigest()
        if self.holds(path) == digest:
            return False
        if path.is_absolute() or ".." in path.parts:
            msg = f"{path} would be written outside the site"
            raise ValueError(msg)
        target = self._folder / path
        temporary = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(data)
            temporary.replace(target)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink()
            msg = f"{target}: cannot be written: {error.strerror}"
            raise WorldError(msg) from error
        self._remember(path, digest)
        return True

    def prune(self, keep: Iterable[PurePosixPath]) -> Sequence[PurePosixPath]:
        """Remove what earlier builds wrote and this one did not; never anything else."""
        kept = {str(path) for path in keep}
        gone = sorted(path for path in self._known if path not in kept)
        for path in gone:
            (self._folder / path).unlink(missing_ok=True)
            del self._known[path]
            self._fresh.pop(path, None)
        self._cache.drop(self._kind, gone)
        return [PurePosixPath(path) for path in gone]

    def flush(self) -> None:
        """Keep the memory of what was written for the next run."""
        self._cache.put(self._kind, self._fresh)
        self._fresh = {}

    def _remember(self, path: PurePosixPath, digest: str) -> None:
        entry = json.dumps([digest, *(self._stat(path) or [])])
        self._known[str(path)] = self._fresh[str(path)] = entry

    def _stat(self, path: PurePosixPath) -> list[int] | None:
        try:
            stat = (self._folder / path).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return [stat.st_size, stat.st_mtime_ns, stat.st_ino]
