"""Rules of headings (L41x)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher.lint.rule import Problem
from publisher.lint.subject import place
from publisher.model.advisory import Kind
from publisher.model.headings import says_what_to_do

if TYPE_CHECKING:
    from publisher.lint.subject import Subject

RESERVED = frozenset(
    (
        "references",
        "revision history",
        "contact",
        "contact information",
        "acknowledgments",
        "acknowledgements",
        "関連情報",
        "参考情報",
        "改訂履歴",
        "更新履歴",
        "連絡先",
        "謝辞",
    )
)
"""What page and text add by themselves, made from the facts and the settings."""
_EXAMPLES = {"en": "'Solution'", "ja": "'対策'"}
_SECTION = 2
_PUNCTUATION = re.compile(r"[\W_]+")


def first_level(subject: Subject) -> Iterator[Problem]:
    """Find headings of the first level, which is that of the title."""
    for body in subject.bodies:
        for heading in body.headings:
            if heading.level == 1:
                message = "a heading of the first level, which is the title's"
                expected = r"'##', or '\#' for the character itself"
                yield Problem(heading.at, message, expected)


def skipped_level(subject: Subject) -> Iterator[Problem]:
    """Find headings more than one level below the one before them."""
    for body in subject.bodies:
        level = 1
        for heading in body.headings:
            if heading.level > level + 1:
                message = f"a heading of level {heading.level} below one of {level}"
                yield Problem(heading.at, message, f"level {level + 1}")
            level = heading.level


def reserved(subject: Subject) -> Iterator[Problem]:
    """Find headings of sections that every text has by itself."""
    for body in subject.bodies:
        for heading in body.headings:
            folded = unicodedata.normalize("NFKC", heading.text).casefold()
            if _PUNCTUATION.sub(" ", folded).strip() in RESERVED:
                message = f"the section {heading.text!r} is added by itself"
                yield Problem(heading.at, message, "the front matter")


def misplaced(subject: Subject) -> Iterator[Problem]:
    """Find headings without words, and headings within lists and quotations."""
    for body in subject.bodies:
        for heading in body.headings:
            if not heading.text or heading.is_nested:
                message = "a heading without words, or within a list or quotation"
                yield Problem(heading.at, message, r"'\#' for the character itself")


def without_steps(subject: Subject) -> Iterator[Problem]:
    """Find alerts and emergencies that have no section that says what to do.

    It is known of Japanese and English, and of no other language here.
    """
    advisory = subject.advisory
    if advisory.kind not in (Kind.ALERT, Kind.EMERGENCY) or advisory.withdrawn:
        return
    for body in subject.bodies:
        language = body.text.language.partition("-")[0]
        example = _EXAMPLES.get(language)
        found = (h for h in body.headings if h.level == _SECTION)
        if example and not any(says_what_to_do(each.text) for each in found):
            message = f"this {advisory.kind} has no section that says what to do"
            at = body.at(0) if body.headings else place(body.text, "title")
            yield Problem(at, message, f"a heading '##' such as {example}")
