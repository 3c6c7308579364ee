"""What the stages work with, put together by the wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from publisher.model.redirect import Redirect
    from publisher.model.settings import Settings
    from publisher.ports import (
        Cache,
        Crawler,
        Inbox,
        Journal,
        Lists,
        Repository,
        Site,
        Target,
        Verifier,
        Workers,
    )
    from publisher.presentation import Presentation

Progress = Callable[[str, int, int], None]
"""Told what is done, how much of it, and how much there is."""


def silent(what: str, done: int, total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Tools:
    """A project as the stages see it."""

    settings: Settings
    presentation: Presentation
    repository: Repository
    verifier: Verifier
    cache: Cache
    site: Site
    workers: Workers
    now: datetime
    """The moment of the run; it decides which embargoes are over."""
    progress: Progress = silent
    redirects: tuple[Redirect, ...] = ()
    """Old addresses of the site that still have to lead somewhere."""


class Outside(Protocol):
    """The world as a release sees it; each part is looked for when it is asked for."""

    @property
    def journal(self) -> Journal:
        """What was done before."""
        ...

    @property
    def web(self) -> Crawler:
        """The public's view of the site."""
        ...

    @property
    def target(self) -> Target | None:
        """Where the site is put up; None: what is built is served as it lies there."""
        ...

    @property
    def lists(self) -> Lists:
        """The list server; SettingsError if none is set."""
        ...

    @property
    def inbox(self) -> Inbox | None:
        """The canary's mailbox; None if there is none that can be read."""
        ...

    def clock(self) -> datetime:
        """Return the present moment."""
        ...

    def committed(self) -> datetime | None:
        """Return when the last commit was made; None if nobody can tell."""
        ...

    def timer(self) -> float:
        """Return seconds since some moment, which no setting of the clock changes."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...
