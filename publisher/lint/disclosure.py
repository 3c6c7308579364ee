"""What is amiss with the project's security.txt (L7xx)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher import security_txt
from publisher.lint.rule import Problem
from publisher.source import Location

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.model.keys import KeyState
    from publisher.model.settings import Settings

WARN = timedelta(days=30)
"""So long before it expires."""
_AT = Location(PurePosixPath(security_txt.NAME))
_SIGN = "`publisher sign` to make a new one"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The project's security.txt, as far as it is known."""

    text: str | None
    """What it says; None if it is not there, or if its signature does not count."""
    doubt: str
    """Why its signature does not count; empty if it does, or if it is not there."""
    wanted: bool
    """Whether the project is old enough to have one."""
    settings: Settings
    key: KeyState | None
    """The team's current key."""
    now: datetime


def missing(of: Disclosure) -> Iterator[Problem]:
    """Find that there is none although texts are signed already."""
    if of.wanted and of.text is None and not of.doubt:
        yield Problem(_AT, "there is none, so the site serves none", _SIGN)


def unsigned(of: Disclosure) -> Iterator[Problem]:
    """Find a signature that does not count."""
    if of.doubt:
        message = f"it does not count, and the site does not serve it: {of.doubt}"
        yield Problem(_AT, message, _SIGN)


def other(of: Disclosure) -> Iterator[Problem]:
    """Find one that says something else than the settings."""
    if of.text is not None and not security_txt.is_of(
        of.text, of.settings, of.key, of.now
    ):
        message = "it says something else than the settings: the site does not serve it"
        yield Problem(_AT, message, _SIGN)


def ending(of: Disclosure) -> Iterator[Problem]:
    """Find one that has expired or will soon."""
    try:
        end = security_txt.expires(of.text or "")
    except ValueError:
        return
    day = end.date().isoformat()
    if end <= of.now:
        yield Problem(
            _AT, f"it expired on {day}, and the site does not serve it", _SIGN
        )
    elif end - of.now < WARN:
        yield Problem(_AT, f"it expires on {day}", _SIGN)
