"""A folder of this machine: the link `current` is exchanged for a new release at once.

    FOLDER/release-17/         a release: nothing in it is ever changed
    FOLDER/release-17.files    what it holds
    FOLDER/current             a link to the release that is served

A release is made beside the others and becomes visible by one rename, so the public
sees the one or the other and never a mixture. What a run leaves that was killed has a
name that begins with a dot, and the next run removes it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.adapters import lock
from publisher.adapters.deploy import releases
from publisher.adapters.deploy.releases import Release
from publisher.errors import OperatorError, WorldError
from publisher.ports import PutUp

if TYPE_CHECKING:
    from publisher.adapters.site import SiteFolder
    from publisher.model.settings import FolderTarget

_CURRENT = "current"
_NEXT = ".current.new"
_LOCK = ".lock"
_RELEASE = re.compile(r"release-([1-9][0-9]*)")
_HALF = re.compile(r"\.release-[1-9][0-9]*\.(new|gone)")
_OURS = re.compile(
    r"current|\.current\.new|\.lock|release-[1-9][0-9]*(\.files)?"
    r"|\.release-[1-9][0-9]*\.(new|gone)|lost\+found"
)


class Folder:
    """Releases in a folder, of which one is served."""

    def __init__(self, settings: FolderTarget, root: Path, site: SiteFolder) -> None:
        """Take the project's folder, to which the target may be relative."""
        self._settings = settings
        self._top = root / settings.folder
        self._site = site

    @property
    def name(self) -> str:
        """The folder."""
        return str(self._settings)

    def put_up(self, progress: Callable[[str, int, int], None]) -> PutUp:
        """Make a release and have it served, or raise WorldError."""
        self._require_outside()
        try:
            self._make_top()
            with lock.held(self._top / _LOCK):
                self._require_ours()
                self._sweep()
                with self._cleared():
                    return self._put_up(progress)
        except OSError as error:
            msg = (
                f"{error.filename or self._top}: {error.strerror}: the site was not "
                "put up, and what was served before still is; nothing was mailed"
            )
            raise WorldError(msg) from error

    def _put_up(self, progress: Callable[[str, int, int], None]) -> PutUp:
        wanted = self._site.built()
        before = self._served()
        if before.is_exactly(wanted):
            self._prune()
            return PutUp(0, 0)
        number = max(self._numbers(), default=0) + 1
        half = self._top / f".release-{number}.new"
        listing, sent = releases.make(half, wanted, self._site, before, progress)
        self._top.joinpath(f"release-{number}.files").write_text(
            listing, "utf-8", "surrogateescape"
        )
        half.rename(self._top / f"release-{number}")
        # One call for all: after a power cut the link must not lead to empty files.
        os.sync()
        self._serve(number)
        self._prune()
        return PutUp(sent, len(before.files.keys() - wanted.keys()))

    def _serve(self, number: int) -> None:
        following = self._top / _NEXT
        following.symlink_to(f"release-{number}")
        following.replace(self._top / _CURRENT)
        descriptor = os.open(self._top, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _served(self) -> Release:
        name = self._link()
        return Release.read(self._top / name, self._top / f"{name}.files")

    def _link(self) -> str:
        """Return the name of the release that is served; empty if there is none."""
        link = self._top / _CURRENT
        return str(link.readlink()) if link.is_symlink() else ""

    def _numbers(self) -> list[int]:
        """Return the numbers of the releases that are there, in order."""
        found = (_RELEASE.fullmatch(file.name) for file in self._top.iterdir())
        return sorted(int(match[1]) for match in found if match)

    def _prune(self) -> None:
        """Remove old releases; a folder without a list is none that we made."""
        served = self._link()
        old = [
            self._top / f"release-{number}"
            for number in self._numbers()
            if f"release-{number}" != served
            and (self._top / f"release-{number}.files").is_file()
        ]
        for release in old[: max(0, len(old) - self._settings.keep)]:
            # At once: a part of a release must not look like one.
            gone = release.rename(self._top / f".{release.name}.gone")
            release.with_name(f"{release.name}.files").unlink()
            shutil.rmtree(gone)

    def _sweep(self) -> None:
        """Remove what a run left that was killed."""
        (self._top / _NEXT).unlink(missing_ok=True)
        for half in self._halves():
            shutil.rmtree(half)
        for listing in self._top.glob("release-*.files"):
            if not listing.with_suffix("").is_dir():
                listing.unlink()

    @contextlib.contextmanager
    def _cleared(self) -> Iterator[None]:
        """Make room after a failure; what cannot be removed now is left to `_sweep`."""
        try:
            yield
        except (OSError, WorldError):
            with contextlib.suppress(OSError):
                for half in self._halves():
                    shutil.rmtree(half, ignore_errors=True)
            raise

    def _halves(self) -> Iterator[Path]:
        for file in list(self._top.iterdir()):
            if _HALF.fullmatch(file.name):
                yield file

    def _make_top(self) -> None:
        if not self._top.is_dir():
            self._top.mkdir(parents=True)
            self._top.chmod(0o755)

    def _require_outside(self) -> None:
        site, top = self._site.folder.resolve(), self._top.resolve()
        if top == site or site in top.parents or top in site.parents:
            msg = (
                f"{self.name}: deploy.folder holds the built site or lies in it: name "
                "a folder elsewhere"
            )
            raise OperatorError(msg)

    def _require_ours(self) -> None:
        """Raise OperatorError if the folder is somebody else's."""
        current = self._top / _CURRENT
        if current.is_symlink():
            if not _RELEASE.fullmatch(name := str(current.readlink())):
                msg = (
                    f"{current}: leads to {name}, which is no release: remove the link "
                    "if nobody needs it, or name another folder; nothing was changed"
                )
                raise OperatorError(msg)
            return
        if current.exists():
            msg = (
                f"{current}: is no link: it has to be one that this program makes; "
                "move it away, or name another folder; nothing was changed"
            )
            raise OperatorError(msg)
        names = (file.name for file in self._top.iterdir())
        strangers = [name for name in names if not _OURS.fullmatch(name)]
        if strangers and not self._numbers():
            msg = (
                f"{self._top}: holds {min(strangers)!r}, which is not this program's: "
                "name an empty folder, or one that is not there yet; nothing was "
                "changed"
            )
            raise OperatorError(msg)
