"""Characters of a source: those that may not stand there, and how wide others are."""

from __future__ import annotations

from publisher.columns import measure
from publisher.model import plain
from publisher.model.plain import Kind, composed, is_composed, name

__all__ = [
    "bidirectional",
    "columns",
    "composed",
    "controls",
    "invisible",
    "is_composed",
    "name",
    "nameless",
    "odd_blanks",
]


def controls(text: str) -> list[int]:
    """Return where control characters stand, tabs and line feeds aside."""
    return [at for at in plain.places(text, Kind.CONTROL) if text[at] != "\n"]


def bidirectional(text: str) -> list[int]:
    """Return where characters stand that change the direction of text."""
    return list(plain.places(text, Kind.BIDIRECTIONAL))


def invisible(text: str) -> list[int]:
    """Return where characters stand that nobody sees.

    A variation selector is one unless it chooses the look of what stands before it:
    of an ideograph, or of a symbol.
    """
    return list(plain.places(text, Kind.INVISIBLE))


def nameless(text: str) -> list[int]:
    """Return where private-use characters, surrogates and noncharacters stand."""
    return list(plain.places(text, Kind.NAMELESS))


def odd_blanks(text: str) -> list[int]:
    """Return where blanks stand that look like a space and are none."""
    return list(plain.places(text, Kind.BLANK))


def columns(text: str, language: str) -> int:
    """Return the columns that `text` takes in the signed text of a language."""
    return measure(language).width(text)
