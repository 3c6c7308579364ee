"""The project's work tree: read, digested, and added to."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from publisher import plainfile
from publisher.errors import AuthorError, WorldError
from publisher.model.ids import AdvisoryId

if TYPE_CHECKING:
    from publisher.ports import Cache

FOLDER = "advisories"
RECORD = "record"
_YEAR = re.compile(r"[12][0-9]{3}")
_File = tuple[str, tuple[int, int, int]]
"""A file's name, and its size, time of change and number."""
_SETTLED_NS = 2_000_000_000
"""A file changed within the last two seconds may change again without its time
showing it; its digest is not remembered."""


class Checkout:
    """The folder `advisories/` of a project."""

    def __init__(self, root: Path, cache: Cache, new: Path | None = None) -> None:
        """Read the project at `root`, remembering digests in `cache`.

        In the folder `new`, files are written before they are put to their places, if
        it is on the same file system; else beside those. It is out of git's sight: what
        is there may be left by a run that was killed.
        """
        self._root = root
        self._cache = cache
        self._new = new

    def folder(self, advisory: AdvisoryId) -> PurePosixPath:
        """Return the folder of an advisory, relative to the project's root."""
        return PurePosixPath(FOLDER, f"{advisory.year:04d}", str(advisory))

    def snapshot(self) -> Mapping[AdvisoryId, Mapping[str, str]]:
        """Return the SHA-256 of each file by advisory and name, ordered by id.

        Only what changed since the last call is read: a file whose size, time and
        number stayed the same is taken to be the same.
        """
        stats = {advisory: self._stat(advisory) for advisory in sorted(self._ids())}
        names = [str(advisory) for advisory in stats]
        known = self._cache.get("stat", names)
        fresh: dict[str, str] = {}
        digests: dict[AdvisoryId, Mapping[str, str]] = {}
        settled = time.time_ns() - _SETTLED_NS
        for advisory, files in stats.items():
            remembered = known.get(str(advisory))
            stat, kept = json.loads(remembered) if remembered else ("", {})
            if stat == repr(files):
                digests[advisory] = kept
                continue
            digests[advisory] = {
                name: sha256(data).hexdigest()
                for name, data in self.read(advisory).items()
            }
            if all(changed < settled for _, (_, changed, _) in files):
                fresh[str(advisory)] = json.dumps([repr(files), digests[advisory]])
        self._cache.put("stat", fresh)
        return digests

    def read(self, advisory: AdvisoryId) -> Mapping[str, bytes]:
        """Return the files of an advisory's folder, by file name."""
        folder = self.folder(advisory)
        return {
            name: plainfile.wanted(
                self._root / folder / name,
                folder / name,
                plainfile.SOURCE,
                AuthorError,
            )
            for name, _ in self._stat(advisory)
        }

    def committed(self, path: PurePosixPath, digest: str) -> bytes:
        """Return what a file held once, by its SHA-256, or raise OperatorError."""
        from publisher.adapters.history import GitHistory

        return GitHistory(self._root).content(path, digest)

    def add(self, path: PurePosixPath, data: bytes) -> None:
        """Write a new file, whole or not at all; AuthorError if it is there."""
        try:
            with self._written(path, data) as temporary:
                # Unlike a rename, a link never replaces what is there.
                os.link(temporary, self._root / path)
        except FileExistsError as error:
            msg = f"{path}: is there already and is never overwritten"
            raise AuthorError(msg) from error

    def replace(self, path: PurePosixPath, data: bytes) -> None:
        """Write a file, whole or not at all, whether it is there or not."""
        with self._written(path, data) as temporary:
            temporary.replace(self._root / path)

    def find(self, path: PurePosixPath) -> bytes | None:
        """Return a file of the project; None if it is not there."""
        plainfile.within(self._root, path)
        target = self._root / path
        # A link that leads nowhere is there, too.
        if not os.path.lexists(target):
            return None
        return plainfile.wanted(target, path, plainfile.SOURCE)

    def record(self) -> Mapping[str, bytes]:
        """Return the files of the publication record by their paths.

        OperatorError for one that is no plain file.
        """
        if not plainfile.folder(self._root / RECORD, RECORD):
            return {}
        names = (file.name for file in (self._root / RECORD).glob("*.jsonl"))
        paths = [f"{RECORD}/{name}" for name in sorted(names)]
        return {
            path: plainfile.wanted(self._root / path, path, plainfile.RECORD)
            for path in paths
        }

    @contextmanager
    def _written(self, path: PurePosixPath, data: bytes) -> Iterator[Path]:
        """Write a file that is on the disk, and is to become `path`, or WorldError."""
        plainfile.within(self._root, path)
        target = self._root / path
        temporary = None
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._place(target.parent) / f".{path.name}.{os.getpid()}"
            temporary.unlink(missing_ok=True)
            with temporary.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            yield temporary
            _sync(target.parent)
        except FileExistsError:
            raise
        except OSError as error:
            msg = f"{path}: cannot be written: {error.strerror}: mend that, try again"
            raise WorldError(msg) from error
        finally:
            if temporary is not None:
                temporary.unlink(missing_ok=True)

    def _place(self, folder: Path) -> Path:
        """Return where a file is written that goes into `folder`."""
        if self._new is None:
            return folder
        if self._new.is_file() and not self._new.is_symlink():
            self._new.unlink()
        plainfile.folder(self._new, self._new)
        self._new.mkdir(exist_ok=True)
        same = self._new.stat().st_dev == folder.stat().st_dev
        return self._new if same else folder

    def _stat(self, advisory: AdvisoryId) -> list[_File]:
        files: list[_File] = []
        with os.scandir(self._root / self.folder(advisory)) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if not entry.is_file(follow_symlinks=False):
                    msg = (
                        f"{self.folder(advisory) / entry.name}: is no plain file: "
                        "links and folders have no place here, take it away"
                    )
                    raise AuthorError(msg)
                stat = entry.stat(follow_symlinks=False)
                if stat.st_size > plainfile.SOURCE:
                    msg = (
                        f"{self.folder(advisory) / entry.name}: has {stat.st_size} "
                        f"bytes (expected at most {plainfile.SOURCE}): take it away"
                    )
                    raise AuthorError(msg)
                state = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
                files.append((entry.name, state))
        return sorted(files)

    def _ids(self) -> Iterator[AdvisoryId]:
        top = self._root / FOLDER
        if not plainfile.folder(top, FOLDER):
            return
        for year in self._folders(top):
            if not _YEAR.fullmatch(year.name):
                msg = f"{FOLDER}/{year.name}: is no year (expected {FOLDER}/2026/…)"
                raise AuthorError(msg)
            for folder in self._folders(Path(year.path)):
                try:
                    advisory = AdvisoryId.parse(folder.name)
                except ValueError as error:
                    msg = f"{FOLDER}/{year.name}/{folder.name}: {error}"
                    raise AuthorError(msg) from error
                if f"{advisory.year:04d}" != year.name:
                    msg = (
                        f"{FOLDER}/{year.name}/{folder.name}: is in the folder of "
                        f"another year (expected {self.folder(advisory)})"
                    )
                    raise AuthorError(msg)
                yield advisory

    def _folders(self, top: Path) -> Iterator[os.DirEntry[str]]:
        with os.scandir(top) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if not entry.is_dir(follow_symlinks=False):
                    place = Path(entry.path).relative_to(self._root)
                    msg = (
                        f"{place}: is no folder: only folders of advisories belong here"
                    )
                    raise AuthorError(msg)
                yield entry


def _sync(folder: Path) -> None:
    """Have a new name in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
