"""The project of one drill: all of it real but its text, its id and its lists."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from publisher import plainfile
from publisher.cli import common
from publisher.errors import OperatorError
from publisher.model import drill as drills
from publisher.pipeline import drill
from publisher.wiring import Project

if TYPE_CHECKING:
    from publisher.model.ids import AdvisoryId
    from publisher.model.redirect import Redirect
    from publisher.model.settings import Settings
    from publisher.pipeline.drill import Report
    from publisher.ports import Crawler, Inbox, Lists, Target, Verifier

_NAME = "drill"
_HISTORY = "history.jsonl"
_MOST = 64 << 20
"""Bytes of it: some hundred thousand drills."""
_EARLIER = timedelta(days=1)


@dataclass
class DrillProject(Project):
    """A project below `.publisher/drill/`, which reaches the world through `real`."""

    journal_matters = False

    real: Project = field(kw_only=True)
    advisory: AdvisoryId = field(kw_only=True)
    began: datetime = field(kw_only=True)

    @classmethod
    def begun(cls, real: Project) -> DrillProject:
        """Return a fresh one, without a trace of the drill before it."""
        now = real.clock()
        past = {each.id for each in history(real)}
        zone = real.settings.team.timezone
        advisory = drill.new_id(now.astimezone(zone), past)
        state = _state(real)
        shutil.rmtree(real.local(f"{_NAME}/run"), ignore_errors=True)
        for file in state.glob("cache.sqlite*"):
            file.unlink()
        (state / "run").mkdir()
        return cls(
            state / "run",
            progress=real.progress,
            gnupg_home=real.gnupg_home,
            real=real,
            advisory=advisory,
            began=now,
        )

    @property
    def state(self) -> Path:
        """The folder of drills."""
        return _state(self.real)

    @property
    def site_folder(self) -> Path:
        """A folder in the real site, to which nothing leads."""
        inside = PurePosixPath(drill.FOLDER, str(self.advisory))
        plainfile.within(self.real.site_folder, inside)
        return self.real.site_folder / drill.FOLDER / str(self.advisory)

    @property
    def templates_folder(self) -> Path:
        """The real ones: readers know the team by its look."""
        return self.real.templates_folder

    @cached_property
    def settings(self) -> Settings:
        """The real settings, with a drill's id, address and lists."""
        real = self.real.settings
        url = f"{real.site.url}/{drill.FOLDER}/{self.advisory}"
        return drills.settings(real, url, self.began - _EARLIER)

    @cached_property
    def redirects(self) -> tuple[Redirect, ...]:
        """None: nothing leads to a drill."""
        return ()

    @property
    def clone_root(self) -> Path:
        """The real one's."""
        return self.real.root

    @cached_property
    def verifier(self) -> Verifier:
        """The team's public keys."""
        return self.real.verifier

    @cached_property
    def lists(self) -> Lists:
        """The real list server."""
        return self.real.lists

    @cached_property
    def web(self) -> Crawler:
        """The public's view."""
        return self.real.web

    @cached_property
    def inbox(self) -> Inbox | None:
        """The canary's real mailbox."""
        return self.real.inbox

    @cached_property
    def target(self) -> Target | None:
        """The real place."""
        return guarded_target(self.real)

    def clock(self) -> datetime:
        """Return the present moment."""
        return self.real.clock()

    def committed(self) -> datetime | None:
        """Return when the real project's last commit was made."""
        return self.real.committed()

    def timer(self) -> float:
        """Return seconds since some moment."""
        return self.real.timer()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.real.sleep(seconds)

    def write_sources(self) -> None:
        """Write the text of the drill, as an author would."""
        zone = self.settings.team.timezone
        date = self.began.astimezone(zone).replace(microsecond=0)
        made = drill.sources(self.advisory, self.presentation, date)
        for name, text in made.items():
            path = self.repository.folder(self.advisory) / name
            self.repository.add(path, text.encode())

    def close(self) -> None:
        """Close what was opened for this drill; the rest is the real project's."""
        for name in ("web", "inbox"):
            self.__dict__.pop(name, None)
        super().close()


def guarded_target(real: Project) -> Target | None:
    """Return where the site is put up, unless that would take something away."""
    target = real.target
    if target is None:
        return None
    return drill.GuardedTarget(target, real.tools, real.web)


def take_down(real: Project) -> int:
    """Remove the pages of earlier drills from the built site; return how many."""
    folder = real.site_folder / drill.FOLDER
    own = [each for each in folder.glob("*") if drill.is_own(each.name)]
    for each in own:
        if each.is_symlink() or not each.is_dir():
            msg = f"{each}: is no folder of a drill: see what it is, and move it away"
            raise OperatorError(msg)
        shutil.rmtree(each)
    with suppress(OSError):
        folder.rmdir()
    return len(own)


def history(real: Project) -> Iterator[Report]:
    """Yield what came of earlier drills, the oldest first."""
    file = _file(real)
    marks = real.clone.marks(_HISTORY)
    data = plainfile.wanted(file, file, _MOST) if os.path.lexists(file) else b""
    for line in data.decode(errors="replace").splitlines():
        # One that a power cut tore is not worth an error, nor is another clone's.
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            found = json.loads(line)
            if marks.know(found["clone"]):
                yield drill.Report.from_json(found)


def remember(real: Project, report: Report) -> None:
    """Add a drill to the history, durably."""
    marked = report.to_json() | {"clone": real.clone.marks(_HISTORY).own}
    file = _file(real)
    with common.written(file), file.open("a", encoding="utf-8") as stream:
        # On a line of its own, even if the one before it was torn.
        stream.write(f"\n{json.dumps(marked, ensure_ascii=False)}\n")
        stream.flush()
        os.fsync(stream.fileno())


def _file(real: Project) -> Path:
    _state(real)
    return real.local(f"{_NAME}/{_HISTORY}")


def _state(real: Project) -> Path:
    folder = real.local(_NAME)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
