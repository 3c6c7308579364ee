"""The rule of sections that say nothing (L442)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher.lint.body import HEADINGS
from publisher.lint.rule import Problem

if TYPE_CHECKING:
    from publisher.lint.body import Body, Heading
    from publisher.lint.subject import Subject


def empty(subject: Subject) -> Iterator[Problem]:
    """Find headings with nothing below them, be it text or a lower heading."""
    for body in subject.bodies:
        for heading in _empty(body):
            message = f"the section {heading.text!r} is empty"
            yield Problem(heading.at, message, "text, or no heading")


def _empty(body: Body) -> Iterator[Heading]:
    headings = [heading for heading in body.headings if not heading.is_nested]
    # A rule between two sections is in none of them.
    tags = [element.tag for element in body.tree if element.tag != "hr"]
    following = [*tags[1:], "h1"]
    places = [place for place, tag in enumerate(tags) if tag in HEADINGS]
    for heading, place in zip(headings, places, strict=False):
        after = following[place]
        if after in HEADINGS and HEADINGS.index(after) < heading.level:
            yield heading
