"""Rules of titles: how long they are, and how they begin and end (L309, L310, L320)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher.lint import characters
from publisher.lint.rule import Problem
from publisher.lint.subject import place
from publisher.model.settings import MAX_TITLE

if TYPE_CHECKING:
    from publisher.lint.subject import Subject
    from publisher.model.advisory import Text

_ENDINGS = ".,:;。、，．：；"  # noqa: RUF001 (full-width on purpose)
_BEGINNINGS = ".,:;!?。、，．：；！？)]}）］｝」』】"  # noqa: RUF001 (full-width on purpose)
# Names such as .NET and .htaccess begin with their dot.
_NAME = re.compile(r"\.\w")
# U.S., Ph.D.
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.){2,}")
_LAST_WORD = re.compile(r"(?:^|[\s(（&/,、])([^\s(（&/,、]+)\.$")
_ABBREVIATIONS = frozenset(
    (
        *("inc", "ltd", "co", "corp", "llc", "llp", "plc", "pte", "pty", "bhd", "sdn"),
        *("bros", "mfg", "intl", "assn", "assoc", "dept", "univ", "inst", "govt"),
        *("s.p.a", "oy", "srl", "jr", "sr", "dr", "prof", "etc", "al", "approx"),
        *("ver", "vers", "rev", "vol", "vs", "incl", "excl", "misc", "jan", "feb"),
        *("mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
    )
)
"""Words that keep their full stop at the end of a title, without it, in lower case."""


def long(subject: Subject) -> Iterator[Problem]:
    """Find titles that are longer than the settings want them."""
    for text in subject.advisory.texts:
        most = subject.settings.lint.columns(text.language)
        width = characters.columns(text.title, text.language)
        if most < width <= MAX_TITLE:
            yield _problem(text, width, most)


def overlong(subject: Subject) -> Iterator[Problem]:
    """Find titles that are no titles any more."""
    for text in subject.advisory.texts:
        width = characters.columns(text.title, text.language)
        if width > MAX_TITLE:
            yield _problem(text, width, MAX_TITLE)


def ends(subject: Subject) -> Iterator[Problem]:
    """Find titles that begin or end with punctuation, as parts of a sentence do."""
    for text in subject.advisory.texts:
        title = text.title
        begins = title[:1] in _BEGINNINGS and not _NAME.match(title)
        if begins or (title[-1:] in _ENDINGS and not _is_abbreviated(title)):
            message = "the title begins or ends with punctuation"
            yield Problem(place(text, "title"), message, "a title, not a sentence")


def _problem(text: Text, width: int, most: int) -> Problem:
    message = f"the title takes {width} columns (full-width characters two)"
    return Problem(place(text, "title"), message, f"at most {most}")


def _is_abbreviated(title: str) -> bool:
    """Tell whether the full stop at the end belongs to the last word."""
    found = _LAST_WORD.search(title[-40:])
    if found is None:
        return False
    word = found[1]
    return word.lower() in _ABBREVIATIONS or bool(_INITIALS.fullmatch(f"{word}."))
