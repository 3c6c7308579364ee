"""The built site's folder: files are replaced only when they change, and at once."""

from __future__ import annotations

import contextlib
import os
import shutil
import weakref
from collections.abc import Iterator, Mapping, Sequence, Set
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from publisher.errors import WorldError

if TYPE_CHECKING:
    from publisher.adapters.store import SqliteCache


class SiteFolder:
    """The folder `site/`, with a memory of what was written there."""

    def __init__(
        self, folder: Path, cache: SqliteCache, log: Path | None = None
    ) -> None:
        """Use `folder`, which need not be there yet.

        `log` is a file for the names of what is written and not in `cache` yet; with
        it, a build goes on where another one was killed, and leaves nothing of it.
        """
        self._folder = folder
        self._top = str(folder)
        self._cache = cache
        self._kind = f"site {folder}"
        self._known = dict(cache.get(self._kind))
        self._fresh: dict[str, str] = {}
        self._log = log
        self._logging: weakref.finalize[[int], SiteFolder] | None = None
        self._descriptor = -1
        self._left = self._begun()
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
        digest = sha256((self._folder / path).read_bytes()).hexdigest()
        self._remember(name, digest)
        return digest

    def read(self, path: PurePosixPath) -> bytes:
        """Return the bytes of a file that lies there."""
        file = self._folder / path
        try:
            return file.read_bytes()
        except OSError as error:
            msg = f"{file}: cannot be read: {error.strerror}"
            raise WorldError(msg) from error

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
        if path.is_absolute() or ".." in path.parts:
            msg = f"{path} would be written outside the site"
            raise ValueError(msg)
        target = self._folder / path
        temporary = _temporary(target)
        try:
            self._note(str(path))
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

    def prune(self, keep: Set[str]) -> Sequence[PurePosixPath]:
        """Remove what earlier builds wrote and this one did not, and nothing else."""
        for name in self._left:
            _temporary(self._folder / name).unlink(missing_ok=True)
        gone = sorted(self._known.keys() - keep)
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
        if self._logging is not None:
            self._logging()
            self._logging = None
        if self._log is not None:
            self._log.unlink(missing_ok=True)

    def _note(self, name: str) -> None:
        """Note that a file is about to be written, also for whoever comes after us."""
        if self._log is None:
            return
        if self._logging is None:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self._descriptor = os.open(self._log, flags, 0o600)
            self._logging = weakref.finalize(self, os.close, self._descriptor)
        # A full disk may have cut off the last line of an earlier build.
        os.write(self._descriptor, f"\n{_seal(name)} {name}\n".encode())

    def _begun(self) -> Sequence[str]:
        """Return the names that a build has noted which was killed."""
        if self._log is None or not self._log.exists():
            return ()
        if not self._log.is_file():
            shutil.rmtree(self._log)
            return ()
        lines = self._log.read_text(encoding="utf-8", errors="replace").split("\n")
        parted = (line.partition(" ") for line in lines)
        # What is not as it was written might be the name of somebody else's file.
        names = [name for seal, _, name in parted if name and seal == _seal(name)]
        return list(dict.fromkeys(names))

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


def _seal(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:16]


def _temporary(target: Path) -> Path:
    # One build writes at a time, and finds again what another one has left.
    return target.with_name(f".{target.name}.new")
