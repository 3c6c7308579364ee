"""Lines of plain text: where a paragraph is broken.

English breaks between words. Japanese breaks between any two characters, except
where the rules for the beginning and the end of a line forbid it (JIS X 4051; JLREQ,
sections 3.1.7 and 3.1.8). A run of Latin letters and digits is a word in both. Each
place between two units has a cost, and a line ends at the last of the cheapest
places that fit; so every text can be laid out, and a rule is broken only where no
line could keep it. Nothing but blanks is ever dropped or added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from publisher.columns import NARROW, Measure
from publisher.edition import characters

WIDTH = 76
"""The columns of a line."""

FREE, POOR, FORBIDDEN, WORD = range(4)
"""What it costs to break before a unit, cheapest first."""

_NO_BREAK_BLANKS = frozenset("\u00a0\u2007\u202f")
_ATOM = (
    r"[A-Za-z][A-Za-z0-9+.-]{0,14}://[!-~]+"
    r"|(?<![0-9A-Za-z])[0-9A-Fa-f]{32,}(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])CVSS:[!-~]+"
)
_PROSE = re.compile(rf"(?P<blank>\s+)|(?P<atom>{_ATOM})|.", re.DOTALL)
_VERBATIM = re.compile(r"(?P<blank>[ \n]+)|(?P<atom>[^ \n]+)")
_LOOKAHEAD = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a paragraph."""

    text: str
    kept: bool = False
    """Verbatim: not broken if it fits on a line, and then at its blanks only."""
    joined: bool = False
    """Belongs to what precedes it, so that no line should begin with it."""


@dataclass(frozen=True, slots=True)
class _Room:
    """The columns of a line, and how text is measured by them."""

    columns: int
    measure: Measure = NARROW


@dataclass(slots=True)
class _Unit:
    """What is never broken: a character with its marks, an address, a code span."""

    text: str
    blank: str
    """What stands before it, unless it begins a line."""
    cost: int
    columns: int


def fill(
    text: str | Sequence[Piece],
    columns: int = WIDTH,
    first: str = "",
    rest: str = "",
    *,
    measure: Measure = NARROW,
) -> list[str]:
    """Break `text` into lines of at most `columns`, by the measure of its language.

    The first line begins with `first`, the others with `rest`. Addresses, digests
    and CVSS vectors are never broken and may stand out.
    """
    room = _Room(columns - max(map(measure.width, (first, rest))), measure)
    units = _units(text, room)
    lines = ["".join(_shown(line)) for line in _lines(units, room)]
    if not lines:
        return [first.rstrip()] if first.strip() else []
    return [first + lines[0], *(rest + line for line in lines[1:])]


def flat(text: str | Sequence[Piece]) -> str:
    """Return `text` as one line, with single blanks where it is not verbatim."""
    return "".join(_shown(_units(text, _Room(1 << 30))))


def pad(
    text: str, columns: int, align: str = "left", *, measure: Measure = NARROW
) -> str:
    """Fill `text` up with blanks; `align` is `left`, `right` or `center`."""
    missing = max(0, columns - measure.width(text))
    before = {"right": missing, "center": missing // 2}.get(align, 0)
    return " " * before + text + " " * (missing - before)


def _shown(units: Sequence[_Unit]) -> Iterator[str]:
    for index, unit in enumerate(units):
        yield unit.blank + unit.text if index else unit.text


def _lines(units: Sequence[_Unit], room: _Room) -> Iterator[Sequence[_Unit]]:
    start = 0
    while start < len(units):
        end = _end(units, start, room)
        yield units[start:end]
        start = end


def _end(units: Sequence[_Unit], start: int, room: _Room) -> int:
    end, used = _reach(units, start, room)
    if used > room.columns:
        # What stands out takes along what must not be parted from it.
        before = [at for at in range(start + 1, end) if units[at].cost < FORBIDDEN]
        if before:
            return before[-1]
        places = range(end, min(end + _LOOKAHEAD, len(units) + 1))
        return min(places, key=lambda at: (_cost_at(units, at), at))
    if end == len(units):
        return end
    return min(range(start + 1, end + 1), key=lambda at: (units[at].cost, -at))


def _cost_at(units: Sequence[_Unit], place: int) -> int:
    return units[place].cost if place < len(units) else FREE


def _reach(units: Sequence[_Unit], start: int, room: _Room) -> tuple[int, int]:
    """Return where a line ends that takes all it can, and the columns it uses."""
    used = units[start].columns
    for end in range(start + 1, len(units)):
        unit = units[end]
        more = room.measure.width(unit.blank) + unit.columns
        # What is wider than any line stands out wherever it begins.
        sticks = unit.columns > room.columns and unit.cost >= FORBIDDEN
        if used > room.columns or (used + more > room.columns and not sticks):
            return end, used
        used += more
    return len(units), used


def _units(text: str | Sequence[Piece], room: _Room) -> list[_Unit]:
    reader = _Reader(room)
    for piece in [Piece(text)] if isinstance(text, str) else text:
        reader.read(piece)
    _weigh_words(reader.units, room)
    return reader.units


@dataclass(slots=True)
class _Reader:
    """Takes pieces apart into units."""

    room: _Room
    units: list[_Unit] = field(default_factory=list)
    _blank: str = ""
    _least: int = FREE

    def read(self, piece: Piece) -> None:
        """Add the units of `piece`."""
        if piece.joined:
            self._least = FORBIDDEN
        width = self.room.measure.width(piece.text) if piece.kept else 0
        if 0 < width <= self.room.columns:
            self._add(piece.text)
            return
        for match in (_VERBATIM if piece.kept else _PROSE).finditer(piece.text):
            if match.lastgroup == "blank":
                self._skip(match[0], kept=piece.kept)
            elif match.lastgroup == "atom" or not self._continues(match[0]):
                self._add(match[0])

    def _skip(self, blank: str, *, kept: bool) -> None:
        if kept or set(blank) == {"\u3000"}:
            self._blank += blank
        else:
            self._blank = self._blank or " "
            if set(blank) <= _NO_BREAK_BLANKS:
                self._least = FORBIDDEN

    def _continues(self, character: str) -> bool:
        if self._blank or not self.units:
            return False
        last = self.units[-1]
        if not characters.continues(last.text, character):
            return False
        last.text += character
        last.columns += self.room.measure.columns(character)
        return True

    def _add(self, text: str) -> None:
        width = self.room.measure.width(text)
        if self.units:
            cost = max(self._least, _cost(self.units[-1].text, self._blank, text))
            self.units.append(_Unit(text, self._blank, cost, width))
        else:
            self.units.append(_Unit(text, "", FREE, width))
        self._blank, self._least = "", FREE


def _cost(before: str, blank: str, after: str) -> int:
    last, first = characters.edge(before), after[0]
    if characters.is_bound(last, first):
        return FORBIDDEN
    if blank:
        return FREE
    if not characters.is_japanese(last) and not characters.is_japanese(first):
        return WORD
    if characters.is_bracketed(last, first):
        return FORBIDDEN
    return POOR if characters.is_counted(last, first) else FREE


def _weigh_words(units: list[_Unit], room: _Room) -> None:
    """Keep units with their numbers, and let words break that fit on no line."""
    start = 0
    for end in range(1, len(units) + 1):
        if end < len(units) and units[end].cost == WORD:
            continue
        word = units[start:end]
        if sum(unit.columns for unit in word) > room.columns:
            for before, unit in pairwise(word):
                unit.cost = _cost_within(before, unit)
        elif start and _is_unit(units[start - 1], word):
            word[0].cost = max(word[0].cost, POOR)
        start = end


def _cost_within(before: _Unit, unit: _Unit) -> int:
    last, first = characters.edge(before.text), unit.text[0]
    return FORBIDDEN if characters.is_bracketed(last, first) else POOR


def _is_unit(before: _Unit, word: list[_Unit]) -> bool:
    text = "".join(unit.text for unit in word)
    return (
        word[0].blank != "" and before.text[-1].isdecimal() and characters.is_unit(text)
    )
