"""Characters that may not stand in a source, and what each is called."""

from __future__ import annotations

import re
import unicodedata

from publisher.columns import measure

BIDIRECTIONAL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What changes the direction of the text around it (UAX #9)."""
# Blanks without width, fillers, joiners, line and paragraph separators, annotations,
# tags, and the sign that something could not be decoded.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2028\u2029"
    "\u2060-\u2065\u206a-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffd"
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BLANK = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Ideographs that NFC would replace by others: names are written with them.
_COMPATIBLE = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")


def name(character: str) -> str:
    """Return code point and name, e.g. `U+202E (RIGHT-TO-LEFT OVERRIDE)`."""
    known = unicodedata.name(character, "")
    if not known:
        known = _NAMELESS.get(unicodedata.category(character), "no character")
    return f"U+{ord(character):04X} ({known})"


_NAMELESS = {"Cc": "control character", "Co": "private use", "Cs": "surrogate"}


def controls(text: str) -> list[int]:
    """Return where control characters stand, tabs and line feeds aside."""
    return [
        at
        for at, character in enumerate(text)
        if character not in "\t\n" and unicodedata.category(character) == "Cc"
    ]


def bidirectional(text: str) -> list[int]:
    """Return where characters stand that change the direction of text."""
    return [match.start() for match in BIDIRECTIONAL.finditer(text)]


def invisible(text: str) -> list[int]:
    """Return where characters stand that nobody sees.

    A variation selector is one unless it chooses the look of what stands before it:
    of an ideograph, or of a symbol.
    """
    selectors = _SELECTOR.finditer(text)
    idle = [m.start() for m in selectors if not _selects(text, m.start())]
    return sorted([*idle, *(match.start() for match in _UNSEEN.finditer(text))])


def nameless(text: str) -> list[int]:
    """Return where private-use, unassigned and non-characters stand."""
    return [
        at
        for at, character in enumerate(text)
        if unicodedata.category(character) in ("Co", "Cn", "Cs")
        and not _UNSEEN.match(character)
    ]


def odd_blanks(text: str) -> list[int]:
    """Return where blanks stand that look like a space and are none."""
    return [match.start() for match in _BLANK.finditer(text)]


def is_composed(text: str) -> bool:
    """Tell whether `text` is in NFC, names' own ideographs left aside."""
    if unicodedata.is_normalized("NFC", text):
        return True
    parts = _COMPATIBLE.split(text)
    return all(unicodedata.is_normalized("NFC", part) for part in parts[::2])


def composed(text: str) -> str:
    """Return `text` in NFC, names' own ideographs as they are."""
    if unicodedata.is_normalized("NFC", text):
        return text
    parts = _COMPATIBLE.split(text)
    parts[::2] = [unicodedata.normalize("NFC", part) for part in parts[::2]]
    return "".join(parts)


def columns(text: str, language: str) -> int:
    """Return the columns that `text` takes in the signed text of a language."""
    return measure(language).width(text)


def _selects(text: str, at: int) -> bool:
    """Tell whether the selector at `at` chooses the look of what stands before it."""
    if not at:
        return False
    before = text[at - 1]
    if text[at] in "\ufe0e\ufe0f":
        return before in "#*0123456789" or unicodedata.category(before)[0] == "S"
    return _IDEOGRAPH.match(before) is not None
