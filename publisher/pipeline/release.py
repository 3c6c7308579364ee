"""The order of a release: nothing is mailed that the public does not see.

    clocks ▶ build ▶ guard ▶ site live ▶ probe ▶ push ▶ confirm

Each stage can be stopped at any point; the next run goes through all of them again and
skips what is done. What is not done, or not known, is the last thing that is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from publisher.errors import MailmanError, PublisherError, WebError
from publisher.pipeline import (
    awaiting,
    building,
    guarding,
    probing,
    pushing,
    timing,
)
from publisher.pipeline.building import Built
from publisher.pipeline.confirming import Confirmed
from publisher.pipeline.pushing import Pushed, Result
from publisher.ports import PutUp
from publisher.push import due

if TYPE_CHECKING:
    from publisher.model.backlog import Copies
    from publisher.model.chain import Announcement
    from publisher.pipeline.pushing import Mail
    from publisher.pipeline.tools import Outside, Tools
    from publisher.ports import Target

_PATIENCE = 5.0
"""Seconds in which most lists get all of their copies."""
_LOOK = 0.25
SITE = "site"
"""What the journal calls the act of putting the site up."""


class Stage(StrEnum):
    """A part of a release."""

    BUILD = "build"
    GUARD = "guard"
    SITE = "site"
    PROBE = "probe"
    PUSH = "push"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Live:
    """The site was put up."""

    where: str
    change: PutUp


@dataclass(frozen=True, slots=True)
class Probed:
    """The public sees what was built."""

    files: int


@dataclass(frozen=True, slots=True)
class Odd:
    """Something that somebody should mend, and that stops nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class OnWay:
    """A mail was posted, and not everybody has got it yet."""

    announcement: Announcement
    copies: Copies


Event = Odd | Built | Live | Probed | Pushed | Confirmed | OnWay
"""What a release tells while it goes on."""


@dataclass
class Release:
    """One run through the stages."""

    tools: Tools
    outside: Outside
    seconds: dict[Stage, float] = field(default_factory=dict)
    """How long each stage took that is over."""
    finished: dict[Stage, float] = field(default_factory=dict)
    """When each stage was over for the last time, as the timer tells it."""

    def run(self, *, put_up: bool = True, wait: float | None = None) -> Iterator[Event]:
        """Go through all stages, and yield what was done, or raise where it ends.

        Without `put_up`, the site is left where it is. `wait` is for how many seconds
        the canary is asked; None: as the settings say.
        """
        # Before anything else: an embargo would be taken as over, and a list refuse
        # what is put up.
        for text in timing.require(self.tools.settings, self.outside):
            yield Odd(text)
        yield from self._site(put_up=put_up)
        yield from self._mail(wait)

    def _site(self, *, put_up: bool) -> Iterator[Built | Live]:
        tools, outside = self.tools, self.outside
        # First, and again below: what is built may be served as it lies there.
        with self._timed(Stage.GUARD):
            guarding.require_known(tools, outside.web)
        with self._timed(Stage.BUILD):
            self._built = building.build(tools)
        yield self._built
        target = outside.target if put_up else None
        if target is not None:
            with self._timed(Stage.GUARD):
                guarding.require_known(tools, outside.web)
                pushing.require_ours(self._mails(due.OPEN), outside)
            with self._timed(Stage.SITE):
                change = self._put_up(target)
            yield Live(target.name, change)

    def _put_up(self, target: Target) -> PutUp:
        outside = self.outside
        number = outside.journal.begin(SITE, target.name, outside.clock())
        try:
            change = target.put_up(self.tools.progress)
        except PublisherError as error:
            outside.journal.end(number, outside.clock(), str(error))
            raise
        outside.journal.end(number, outside.clock())
        return change

    def _mail(self, wait: float | None) -> Iterator[Event]:
        tools, outside = self.tools, self.outside
        mails = self._mails(due.OPEN)
        posted: dict[str, Announcement] = {}
        if mails:
            announced = [announcement for announcement, _ in mails]
            with self._timed(Stage.PROBE):
                pushing.require_lists(tools, mails, outside.lists)
                files = self._probe(announced)
            yield Probed(files)
            self._watch(announced)
            with self._timed(Stage.PUSH):
                for pushed in pushing.push(tools, mails, outside):
                    if pushed.result in (Result.SENT, Result.FOUND):
                        announcement = pushed.announcement
                        posted[announcement.message_id] = announcement
                    yield pushed
        yield from self._confirm(posted, wait)
        yield from self._follow(posted.values())

    def _probe(self, announced: Sequence[Announcement]) -> int:
        """Return how many files the public sees as they were built, or raise."""
        tools, outside = self.tools, self.outside
        try:
            return probing.probe(tools, announced, self._built.summaries, outside)
        except WebError:
            # Another clone may have put a newer site up since: then that is said.
            guarding.require_known(tools, outside.web)
            raise

    def _watch(self, mails: Sequence[Announcement]) -> None:
        canary = self.tools.settings.canary
        if canary is not None and self.outside.inbox is not None:
            lists = dict.fromkeys(each.mailing_list for each in mails)
            awaiting.watch(canary, self.outside, lists)

    def _confirm(
        self, posted: Collection[str], wait: float | None
    ) -> Iterator[Confirmed]:
        if self.outside.inbox is None:
            return
        with self._timed(Stage.CONFIRM):
            yield from awaiting.look(
                self.tools,
                self._built.summaries,
                self.outside,
                wait=wait,
                fresh=posted,
            )

    def _follow(self, posted: Iterable[Announcement]) -> Iterator[OnWay]:
        """Yield the mails of which copies are on their way yet, after a short while.

        A list server that does not say so any more takes nothing back.
        """
        outside = self.outside
        end = outside.timer() + _PATIENCE
        for announcement in posted:
            with suppress(MailmanError):
                copies = outside.lists.copies(announcement)
                while copies and copies.sending and outside.timer() < end:
                    outside.sleep(_LOOK)
                    copies = outside.lists.copies(announcement)
                if copies and copies.on_way:
                    yield OnWay(announcement, copies)

    def _mails(self, states: Collection[due.State]) -> Sequence[Mail]:
        outcomes = self.outside.journal.outcomes()
        return pushing.announcements(
            self.tools, self._built.summaries, outcomes, states
        )

    @contextmanager
    def _timed(self, stage: Stage) -> Iterator[None]:
        begun = self.outside.timer()
        try:
            yield
        finally:
            self.finished[stage] = self.outside.timer()
            spent = self.finished[stage] - begun
            self.seconds[stage] = self.seconds.get(stage, 0.0) + spent
