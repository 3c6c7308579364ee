"""What the stages work with, put together by the wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.model.settings import Settings
    from publisher.ports import Cache, Repository, Site, Verifier, Workers
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
