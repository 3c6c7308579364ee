"""How many columns text takes, where each character is as wide as one or two letters.

Characters of ambiguous width (UAX #11, class A: ※ ○ ① → “ …, Greek and Cyrillic) are
wide in the fonts that East Asian texts are read with, and narrow in all others.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

_EAST_ASIAN = frozenset(("ja", "zh", "ko", "yue"))
_NO_WIDTH = frozenset(("Mn", "Me", "Cf"))


@dataclass(frozen=True, slots=True)
class Measure:
    """How wide characters are to the readers of one language."""

    ambiguous: int = 1
    """The columns of a character of ambiguous width."""

    def columns(self, character: str) -> int:
        """Return the columns of one character: wide ones two, combining ones none."""
        return _columns(character, self.ambiguous)

    def width(self, text: str) -> int:
        """Return the columns that `text` takes."""
        if text.isascii():
            return len(text)
        return sum(_columns(character, self.ambiguous) for character in text)


NARROW = Measure(1)
WIDE = Measure(2)


@cache
def measure(language: str) -> Measure:
    """Return how texts in a language, e.g. `ja` or `zh-Hant`, are measured."""
    return WIDE if language.partition("-")[0].lower() in _EAST_ASIAN else NARROW


@lru_cache(maxsize=16384)
def _columns(character: str, ambiguous: int) -> int:
    if unicodedata.category(character) in _NO_WIDTH:
        return 0
    match unicodedata.east_asian_width(character):
        case "W" | "F":
            return 2
        case "A":
            return ambiguous
        case _:
            return 1
