"""Rules of what servers said of links (L8xx)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.lint.links import short
from publisher.lint.rule import Problem
from publisher.ports import Life

if TYPE_CHECKING:
    from publisher.ports import Reply
    from publisher.source import Location


@dataclass(frozen=True, slots=True)
class Asked:
    """An address, where it stands, and what was heard of it."""

    url: str
    places: tuple[Location, ...]
    is_ours: bool
    reply: Reply


def dead(asked: Asked) -> Iterator[Problem]:
    """Find links to pages of others that are gone."""
    if asked.reply.life is Life.DEAD and not asked.is_ours:
        yield _problem(asked, "is dead", "a page that is there, or an archive's copy")


def own(asked: Asked) -> Iterator[Problem]:
    """Find links to pages of our own that are gone."""
    if asked.reply.life is Life.DEAD and asked.is_ours:
        yield _problem(asked, "to ourselves is dead", "a page of ours that is there")


def unheard(asked: Asked) -> Iterator[Problem]:
    """Find links of which nothing is known."""
    if asked.reply.life is Life.UNKNOWN:
        yield _problem(asked, "could not be checked", "")


def _problem(asked: Asked, what: str, expected: str) -> Problem:
    message = f"the link {short(asked.url)} {what}: {asked.reply.reason}"
    if len(asked.places) > 1:
        message += f"; it is there {len(asked.places)} times"
    return Problem(asked.places[0], message, expected)
