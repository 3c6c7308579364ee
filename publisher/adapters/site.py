"""The built site's folder: files are replaced only when they change, and at once."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator, Mapping, Sequence, Set
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from publisher import plainfile
from publisher.adapters.buildlog import is_inside
from publisher.errors import WorldError

if TYPE_CHECKING:
    from publisher.adapters.buildlog import BuildLog
    from publisher.adapters.store import SqliteCache


class SiteFolder:
    """The folder `site/`, with a memory of what was written there."""

    def __init__(
        self, folder: Path, cache: SqliteCache, log: BuildLog | None = None
    ) -> None:
        """Use `folder`, which need not be there yet.

        `log` is for the names of what is written and not in `cache` yet; with it, a
        build goes on where another one was killed, and leaves nothing of it.
        """
        self._folder = folder
        self._top = str(folder)
        self._cache = cache
        self._kind = f"site {folder}"
        self._known = dict(cache.get(self._kind))
        self._fresh: dict[str, str] = {}
        self._sound: set[PurePosixPath] = set()
        self._log = log
        self._left = log.begun() if log else ()
        for name in self._left:
            # Nothing is known of what is in it; but that it is ours, to be pruned.
            self._known.setdefault(name, "")

    @property
    def folder(self) -> Path:
        """The folder, for those who serve it."""
        return self._folder

    @property
    def digest(self) -> str:
        """A digest of what builds left there; with the same one, nothing changed."""
        return sha256(repr(sorted(self._known.items())).encode()).hexdigest()

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
        try:
            data = plainfile.read(self._folder / path, plainfile.BUILT)
        except (OSError, ValueError):
            # No build left such a file: the next one puts its own in its place.
            return None
        digest = sha256(data).hexdigest()
        self._remember(name, digest)
        return digest

    def read(self, path: PurePosixPath) -> bytes:
        """Return the bytes of a file that lies there."""
        file = self._folder / path
        return plainfile.wanted(file, file, plainfile.BUILT, WorldError)

    def built(self) -> Mapping[str, str]:
        """Return the SHA-256 of each file that the last build left, by its path.

        What else lies in the folder is not among them, whoever put it there. One that
        was taken away since is a WorldError.
        """
        found = {}
        for name in sorted(self._known):
            digest = self.holds(PurePosixPath(name))
            if digest is None:
                msg = f"{self._folder / name}: is missing: run `publisher build`"
                raise WorldError(msg)
            found[name] = digest
        return found

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
        if not is_inside(str(path)):
            msg = f"{path} would be written outside the site"
            raise ValueError(msg)
        target = self._folder / path
        temporary = _temporary(target)
        try:
            if self._log is not None:
                self._log.note(str(path))
            self._require_sound(path.parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            # Whatever has its name, a link or another name of some file, stays as is.
            temporary.unlink(missing_ok=True)
            with temporary.open("xb") as stream:
                stream.write(data)
            temporary.replace(target)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink()
            msg = f"{target}: cannot be written: {error.strerror}"
            raise WorldError(msg) from error
        self._remember(str(path), digest)
        return True

    def prune(self, keep: Set[str]) -> Sequence[PurePosixPath]:
        """Remove what earlier builds wrote and this one did not, and nothing else."""
        for name in self._left:
            self._require_sound(PurePosixPath(name).parent)
            _temporary(self._folder / name).unlink(missing_ok=True)
        gone = sorted(self._known.keys() - keep)
        for path in gone:
            self._require_sound(PurePosixPath(path).parent)
            (self._folder / path).unlink(missing_ok=True)
            del self._known[path]
            self._fresh.pop(path, None)
        self._cache.drop(self._kind, gone)
        return [PurePosixPath(path) for path in gone]

    def flush(self) -> None:
        """Keep the memory of what was written for the next run."""
        self._cache.put(self._kind, self._fresh)
        self._fresh = {}
        if self._log is not None:
            self._log.end()

    def _require_sound(self, folder: PurePosixPath) -> None:
        """Raise OperatorError if what lies in `folder` would lie outside the site."""
        if folder not in self._sound:
            plainfile.within(self._folder, folder / "_")
            self._sound.add(folder)

    def _remember(self, name: str, digest: str) -> None:
        self._known[name] = self._fresh[name] = f"{digest} {self._state(name)}"

    def _state(self, name: str) -> str | None:
        """Return what changes when a file does; None if it is missing."""
        # No Path here: a build asks this of every file of the site.
        try:
            state = os.stat(f"{self._top}/{name}", follow_symlinks=False)  # noqa: PTH116
        except (FileNotFoundError, NotADirectoryError):
            return None
        if not stat.S_ISREG(state.st_mode):
            return None
        return f"{state.st_size} {state.st_mtime_ns} {state.st_ino}"


def _temporary(target: Path) -> Path:
    # One build writes at a time, and finds again what another one has left.
    return target.with_name(f".{target.name}.new")
