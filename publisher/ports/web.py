"""Where the site is put up, and what the public sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.errors import WebError


@dataclass(frozen=True, slots=True)
class PutUp:
    """What putting the site up changed."""

    sent: int | None
    """Files that were new or changed; None if nobody counted."""
    removed: int | None


class Target(Protocol):
    """Where the public finds the site."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    def put_up(self, progress: Callable[[str, int, int], None]) -> PutUp:
        """Bring it to what was built, or raise WorldError.

        It can be stopped at any point and done again. No page is ever there whose
        links lead to what is not there yet.
        """
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """What a web server answers."""

    data: bytes
    media_type: str = ""
    """In lower case and without parameters; empty if it is not said."""
    cached: str = ""
    """The headers by which a cache says that the answer is its own; or empty."""


class Web(Protocol):
    """The public's view of the site."""

    def look(self, url: str) -> Page:
        """Return what a GET of `url` answers and as what, or raise WebError."""
        ...

    def fetch(self, url: str) -> bytes:
        """Return what a GET of `url` answers, or raise WebError."""
        ...

    def date(self, url: str) -> datetime | None:
        """Return what the server's clock shows, in whole seconds; None: not known."""
        ...


class Crawler(Web, Protocol):
    """The public's view of much of the site at once."""

    def fetch_all(self, urls: Sequence[str]) -> Iterator[bytes | WebError]:
        """Yield what a GET of each of `urls` answers, in their order, or its error."""
        ...


class Life(StrEnum):
    """What became of a page that a link leads to."""

    ALIVE = "alive"
    DEAD = "dead"
    UNKNOWN = "unknown"
    """It could not be found out; nothing is known against it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What was heard of a link."""

    life: Life
    reason: str = ""
    """Why it is not known to be alive."""


class Links(Protocol):
    """The pages of others that advisories link to."""

    def ask(self, urls: Sequence[str], seconds: float) -> Mapping[str, Reply]:
        """Ask each server once, for so long altogether; each of `urls` has a reply."""
        ...
