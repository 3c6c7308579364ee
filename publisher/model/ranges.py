"""Which versions of a product are meant: `>=2.0, <2.4.1 || =3.0`, taken apart.

A range is a list of alternatives between `||`; all comparators of an alternative hold
together, with a comma or a blank between them. Whatever is written otherwise is prose:
it is shown as it stands, and nothing is concluded from it. Versions are not compared
here, since every vendor orders its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_LENGTH = 4096
"""Characters of a range; a longer one is taken for prose."""

_VERSION = r"[0-9A-Za-z](?:[0-9A-Za-z._+~:/-]*[0-9A-Za-z])?"
_COMPARATOR = re.compile(rf"(?P<operator><=|>=|==|<|>|=) *(?P<version>{_VERSION})")
_BARE = re.compile(r"[Vv]?[0-9](?:[0-9A-Za-z._+~:-]*[0-9A-Za-z])?")
_OPEN = re.compile(r"(?:^|[._-])[Xx](?:[._-]|$)")
_BETWEEN = re.compile(r" *, *| +")
_ALL = frozenset(("*", "all", "all versions"))


class Operator(StrEnum):
    """How a version relates to the one that is named."""

    BEFORE = "<"
    UP_TO = "<="
    AFTER = ">"
    FROM = ">="
    EXACTLY = "="


@dataclass(frozen=True, slots=True)
class Comparator:
    """One condition, e.g. `<2.4.1`."""

    operator: Operator
    version: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """What a range has between two `||`."""

    written: str
    """As its author wrote it, without blanks around it."""
    comparators: tuple[Comparator, ...]
    """All of them hold; none at all means every version."""


def parse(text: str) -> tuple[Alternative, ...] | None:
    """Return the alternatives of a range, in their order; None if it is prose.

    A version that stands alone means itself; one that is open (`2.x`) is prose.
    """
    if len(text) > MAX_LENGTH:
        return None
    found = []
    for part in text.split("||"):
        written = part.strip()
        comparators = _comparators(written)
        if comparators is None:
            return None
        found.append(Alternative(written, comparators))
    return tuple(found)


def _comparators(text: str) -> tuple[Comparator, ...] | None:
    if text.casefold() in _ALL:
        return ()
    if _BARE.fullmatch(text):
        return None if _OPEN.search(text) else (Comparator(Operator.EXACTLY, text),)
    found = []
    at = 0
    while match := _COMPARATOR.match(text, at):
        operator = Operator(match["operator"].replace("==", "="))
        found.append(Comparator(operator, match["version"]))
        if match.end() == len(text):
            return None if any(_OPEN.search(c.version) for c in found) else tuple(found)
        between = _BETWEEN.match(text, match.end())
        if between is None:
            return None
        at = between.end()
    return None
