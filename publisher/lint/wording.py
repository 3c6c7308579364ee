"""Rules of words and characters in a body (L424 to L426)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher.lint import characters, facts
from publisher.lint.rule import Problem

if TYPE_CHECKING:
    from publisher.lint.subject import Subject

_FIXME = re.compile("FIXME")


def frame(subject: Subject) -> Iterator[Problem]:
    """Find lines that could be taken for the frame or the end of a signed text.

    Code is no exception, since the text is signed as a whole.
    """
    for body in subject.bodies:
        for index, line in enumerate(body.lines):
            if facts.is_frame(line):
                message = "the line looks like the frame of a signed text"
                yield Problem(body.at(index), message, "'---' for a rule")


def unfinished(subject: Subject) -> Iterator[Problem]:
    """Find what a template left to be filled in, in code as well.

    That a draft is not finished is what it says itself; it cannot be signed.
    """
    if subject.advisory.draft:
        return
    for body in subject.bodies:
        for index, line in enumerate(body.lines):
            for match in _FIXME.finditer(line):
                at = body.at(index, match.start())
                yield Problem(at, "something is still to be written")


def odd_blank(subject: Subject) -> Iterator[Problem]:
    """Find blanks that look like a space, but break commands that are copied."""
    for body in subject.bodies:
        for index, line in enumerate(body.lines):
            for offset in characters.odd_blanks(line)[:1]:
                message = f"{characters.name(line[offset])} looks like a space"
                yield Problem(body.at(index, offset), message, "a space")
