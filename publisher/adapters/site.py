"""The built site's folder: files are replaced only when they change, and at once."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
        self._top = str(folder)
        self._cache = cache
        self._kind = f"site {folder}"
        self._known = dict(cache.get(self._kind))
        self._fresh: dict[str, str] = {}

    @property
    def folder(self) -> Path:
        """The folder, for those who serve it."""
        return self._folder

    def files(self) -> Iterator[PurePosixPath]:
        """Yield the paths of all files that lie there, in order."""
        for file in sorted(self._folder.rglob("*")):
            if file.is_file():
                yield PurePosixPath(file.relative_to(self._folder))

    def holds(self, path: PurePosixPath) -> str | None:
        """Return the SHA-256 of a file as it lies there; None if it is missing."""
        name = str(path)
        state = self._state(name)
        if state is None:
            return None
        digest, _, seen = self._known.get(name, "").partition(" ")
        if seen == state:
            return digest
        digest = sha256((self._folder / path).read_bytes()).hexdigest()
        self._remember(name, digest)
        return digest

    def intact(self, outputs: Mapping[str, str]) -> bool:
        """Tell whether files lie there with the given digests, by their paths."""
        for name, digest in outputs.items():
            state = self._state(name)
            if state is not None and self._known.get(name) == f"{digest} {state}":
                continue
            # Perhaps only the memory of it is lost.
            if self.holds(PurePosixPath(name)) != digest:
                return False
        return True

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
        self._remember(str(path), digest)
        return True

    def prune(self, keep: Iterable[PurePosixPath]) -> Sequence[PurePosixPath]:
        """Remove what earlier builds wrote and this one did not, and nothing else."""
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

    def _remember(self, name: str, digest: str) -> None:
        self._known[name] = self._fresh[name] = f"{digest} {self._state(name)}"

    def _state(self, name: str) -> str | None:
        """Return what changes when a file does; None if it is missing."""
        # No Path here: a build asks this of every file of the site.
        try:
            stat = os.stat(f"{self._top}/{name}")  # noqa: PTH116
        except (FileNotFoundError, NotADirectoryError):
            return None
        return f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ino}"
