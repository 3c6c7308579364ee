"""Rules of what stands in the prose of a body (L42x)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher.lint import characters, facts
from publisher.lint.rule import Problem

if TYPE_CHECKING:
    from publisher.lint.subject import Subject

_HTML = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*://[^\s<>]*>)[A-Za-z/!?]")
_ENTITY = re.compile(
    r"&(?:#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});"
)
_IMAGE = re.compile(r"(?<!\\)!\[")
_FIXME = re.compile("FIXME")


def html(subject: Subject) -> Iterator[Problem]:
    """Find HTML: tags, comments, declarations and processing instructions."""
    for body in subject.bodies:
        for at, _ in body.match(_HTML):
            message = "this looks like HTML, which is no part of a body"
            yield Problem(at, message, "code, or a blank after '<'")


def entity(subject: Subject) -> Iterator[Problem]:
    """Find HTML entities, which are plain text and would be read as such."""
    for body in subject.bodies:
        for at, found in body.match(_ENTITY):
            message = f"the HTML entity {found} stands as it is in the text"
            yield Problem(at, message, "the character itself, or code")


def image(subject: Subject) -> Iterator[Problem]:
    """Find images, which a plain text cannot show."""
    for body in subject.bodies:
        for at, _ in body.match(_IMAGE):
            yield Problem(at, "a text cannot hold images", "a link")


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
    """Find what a template left to be filled in, in code as well."""
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
