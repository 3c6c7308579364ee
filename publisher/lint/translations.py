"""Rules of translations and languages (L5xx)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher.lint.rule import Problem
from publisher.lint.subject import place
from publisher.source import Location

if TYPE_CHECKING:
    from publisher.lint.body import Body
    from publisher.lint.subject import Subject


def ahead(subject: Subject) -> Iterator[Problem]:
    """Find translations of revisions that do not exist."""
    newest = subject.advisory.revision.number
    for text in subject.advisory.translations:
        if text.revision > newest:
            message = f"revision {text.revision} does not exist"
            yield Problem(place(text, "translates"), message, f"at most {newest}")


def behind(subject: Subject) -> Iterator[Problem]:
    """Find translations that are behind their original."""
    newest = subject.advisory.revision.number
    for text in subject.advisory.translations:
        if text.revision < newest:
            message = f"revision {text.revision} is behind its original"
            yield Problem(place(text, "translates"), message, str(newest))


def reason_missing(subject: Subject) -> Iterator[Problem]:
    """Find translations that do not say in their language why it is withdrawn."""
    if subject.advisory.withdrawn is None:
        return
    for text in subject.advisory.translations:
        if "withdrawn.reason" not in text.places:
            message = "the reason of the withdrawal is not translated"
            yield Problem(Location(text.source.path), message, "'withdrawn'")


def reason_unfounded(subject: Subject) -> Iterator[Problem]:
    """Find translations that give a reason although nothing is withdrawn."""
    if subject.advisory.withdrawn is not None:
        return
    for text in subject.advisory.translations:
        if "withdrawn.reason" in text.places:
            message = "the original is not withdrawn"
            yield Problem(place(text, "withdrawn"), message, "'withdrawn' there too")


def language(subject: Subject) -> Iterator[Problem]:
    """Find texts in languages that the project does not have."""
    for text in subject.advisory.texts:
        if text.language not in subject.settings.languages:
            message = f"{text.language!r} is no language of this project"
            expected = "one of " + ", ".join(subject.settings.languages)
            yield Problem(Location(text.source.path), message, expected)


def sections(subject: Subject) -> Iterator[Problem]:
    """Find translations of the newest revision with more or fewer sections."""
    original, *rest = subject.bodies
    expected = _sections(original)
    for body in rest:
        found = _sections(body)
        if body.text.revision == original.text.revision and found != expected:
            message = f"{found} sections, where the original has {expected}"
            yield Problem(body.at(0), message, "the same headings '##'")


def _sections(body: Body) -> int:
    return sum(heading.level == 2 for heading in body.headings)
