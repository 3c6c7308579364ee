"""What a line of a signed text may hold: decided here, and nowhere else.

Lint, the text edition, signing, importing, verifying and the Mailman plugin ask this
module; the site's stand-alone `verify.py` has a copy, and a test compares the two for
every code point. So what lint accepts is never refused later.

The ranges are fixed. Asking Python what is printable would give one verdict on one
version of it and another on the next, since Unicode grows every year: a text could be
signed on one machine and be refused on another, or in a copy of `verify.py` that
somebody keeps for years. Therefore unassigned code points are let through: they show
as a box to whoever has no font for them, and hide nothing. Those that Unicode has set
aside for characters that will not be seen (Default_Ignorable_Code_Point) are refused,
assigned or not. Unicode's composed form (NFC) is asked of those who write a text alone,
since it takes a table that grows; who verifies one does not ask.

Refused are: controls, what changes the direction of text (UAX #9), what nobody sees,
format characters (category Cf), surrogates, private use and noncharacters; blanks that
look like a space and are none; any blank at the end of a line, and lines that GnuPG
does not read to their end.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 10_000
"""Bytes in a line; what is longer could hold something that was not signed.

GnuPG 2.2 reads 19,995 bytes of a line and drops the rest without a word. Since blanks
at its end are not signed either, a line that somebody pads with enough of them may say
anything behind them, and the signature is still called good.
"""


class Kind(Enum):
    """What is wrong with a character, or with a line."""

    CONTROL = auto()
    BIDIRECTIONAL = auto()
    INVISIBLE = auto()
    NAMELESS = auto()
    BLANK = auto()
    """It looks like a space. In prose, the text edition writes a space for it."""
    END = auto()
    """A blank at the end of a line, which no signature covers."""
    LENGTH = auto()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, and where in it."""

    column: int
    """In characters, from 1."""
    kind: Kind
    reason: str
    """As the end of a sentence that begins with the line: `ends with a blank`."""


# Other controls than the tab; a line has no line feed.
_CONTROL = "\x00-\x08\x0a-\x1f\x7f-\x9f"
_BIDIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Fillers, joiners, blanks without width, separators of lines and paragraphs,
# annotations, tags, what encloses or lays out its neighbours (Cf), the sign that
# something could not be decoded, and what is reserved for more of them.
_INVISIBLE = (
    "\u00ad\u034f\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200d\u2028\u2029\u2060-\u2065\u206a-\u206f\u2800\u3164\ufeff"
    "\uffa0\ufff0-\ufffd\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
# Surrogates, private use, noncharacters.
_NAMELESS = (
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}"
              for plane in range(0x10000, 0xF0000, 0x10000))
)  # fmt: skip
_BLANK = "\u00a0\u1680\u2000-\u200a\u202f\u205f"
BLANKS = " \t\u3000\u00a0\u1680\u202f\u205f" + "".join(map(chr, range(0x2000, 0x200B)))
"""All blanks; the ideographic space is one like any other in Japanese text."""
# A variation selector is seen only in what it does to the symbol (Unicode, section
# 23.4) or to the ideograph before it; anywhere else it could carry a message unseen.
_IDLE = re.compile(
    "(?<![#*0-9\u00a9\u00ae\u2010-\u2bff\u3030\u303d\u3200-\u33ff"
    "\U0001f000-\U0001fbff])[\ufe0e\ufe0f]"
    "|(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
    "[\ufe00-\ufe0d\U000e0100-\U000e01ef]"
)
_KINDS = {
    Kind.CONTROL: re.compile(f"[{_CONTROL}]"),
    Kind.BIDIRECTIONAL: re.compile(f"[{_BIDIRECTIONAL}]"),
    Kind.INVISIBLE: re.compile(f"[{_INVISIBLE}]|{_IDLE.pattern}"),
    Kind.NAMELESS: re.compile(f"[{_NAMELESS}]"),
    Kind.BLANK: re.compile(f"[{_BLANK}]"),
}
_HIDDEN = re.compile(
    f"[{_CONTROL}{_BIDIRECTIONAL}{_INVISIBLE}{_NAMELESS}]|{_IDLE.pattern}"
)
_HELD = re.compile(
    f"[{_CONTROL}{_BIDIRECTIONAL}{_INVISIBLE}{_NAMELESS}{_BLANK}]|{_IDLE.pattern}"
)
_ARMOR = re.compile("-----(?:BEGIN|END) PGP", re.IGNORECASE)
# Ideographs that NFC would replace by others: names are written with them.
_COMPATIBLE = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
_WORDS = {
    Kind.CONTROL: "control character",
    Kind.NAMELESS: "private use, or no character",
}


def fault(line: str) -> Fault | None:
    """Say what keeps a line, given without its line feed, from being signed."""
    found = _fault(_HELD, line)
    if found is not None:
        return found
    kept = line.rstrip(BLANKS)
    if len(kept) < len(line):
        return Fault(len(kept) + 1, Kind.END, "ends with a blank")
    # No character takes more than four bytes.
    if len(line) * 4 > LONGEST and len(line.encode()) > LONGEST:
        return Fault(1, Kind.LENGTH, f"is longer than {LONGEST} bytes")
    return None


def hidden(line: str) -> Fault | None:
    """Say the same of the characters of a line of a source, which is laid out anew."""
    return _fault(_HIDDEN, line)


def places(line: str, kind: Kind) -> Iterator[int]:
    """Yield the offsets at which characters of a kind stand, from 0."""
    for match in _KINDS[kind].finditer(line):
        yield match.start()


def is_armor(line: str) -> bool:
    """Tell whether a line could be taken for the frame of an OpenPGP message.

    That is an armor header line (RFC 9580, section 6.2), wherever in the line it is.
    """
    return _ARMOR.search(line) is not None


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


def name(character: str) -> str:
    """Return code point and name, e.g. `U+202E (RIGHT-TO-LEFT OVERRIDE)`."""
    known = unicodedata.name(character, "") or _WORDS.get(_kind(character), "")
    known = "tab" if character == "\t" else known
    return f"U+{ord(character):04X}" + (f" ({known})" if known else "")


def _fault(pattern: re.Pattern[str], line: str) -> Fault | None:
    match = pattern.search(line)
    if match is None:
        return None
    character = match[0]
    return Fault(match.start() + 1, _kind(character), f"holds {name(character)}")


def _kind(character: str) -> Kind:
    found = (kind for kind, pattern in _KINDS.items() if pattern.match(character))
    return next(found, Kind.NAMELESS)
