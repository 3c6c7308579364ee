"""Compares a plain text with what another reader shows: the first difference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.strangers.reader import Part, Parts, Reading, Sign, Table, Words

_BLANKS = re.compile(r"\s*")
_LEAD = re.compile(r"(?:[ >]|[*•-] |[0-9]+[.)] )*")
_AROUND = 30
_ANY = Sign(_BLANKS)
_COLON = Sign(re.compile(r":"), is_needed=True)
_UNDERLINES = Sign(re.compile(r"[\s>]*=[= >\n]*"))
_BULLET = Sign(re.compile(r"[\s>]*[*•-](?=\s)"))


class DifferenceError(ValueError):
    """The plain text has other letters, from the place `at` on."""

    def __init__(self, at: int, what: str) -> None:
        self.at = at
        super().__init__(what)


def difference(reading: Reading, plain: str, whole: str) -> str | None:
    """Say how `plain`, the body in a signed text, differs first; None: it does not.

    `whole` is all of that text, in which links have their addresses.
    """
    try:
        end = _Place(plain).after(reading.parts).at
        if plain[end:].strip(" \n>"):
            return f"added {plain[end : end + _AROUND]!r}"
    except DifferenceError as error:
        near = plain[max(0, error.at - _AROUND) : error.at + _AROUND]
        return f"{error} at {near!r}"
    lines = plain.split("\n")
    for code in reading.codes:
        # Empty lines at its edges show nothing.
        shown = code.lstrip("\n").rstrip().split("\n")
        if code.strip() and not _is_verbatim(shown, lines):
            return f"code is not verbatim: {code[:_AROUND]!r}"
    squeezed = "".join(whole.split())
    for address in (each.removeprefix("mailto:") for each in reading.addresses):
        if not address.startswith("#") and "".join(address.split()) not in squeezed:
            return f"lost the address {address!r}"
    return None


@dataclass(slots=True)
class _Place:
    """How far a plain text was read."""

    plain: str
    at: int = 0
    is_blank_due: bool = False
    """Whether the words had a blank after what was read last."""
    is_free: bool = True
    """Whether it was a sign, around which blanks do not matter."""
    is_open: bool = False
    """Whether the last bracket that could open did."""

    def after(self, parts: Iterable[Part]) -> _Place:
        """Read `parts`, or raise DifferenceError."""
        for part in parts:
            if isinstance(part, Table):
                self._table(part)
            elif isinstance(part, Sign):
                self._sign(part)
            else:
                self._words(part)
        return self

    def _sign(self, sign: Sign) -> None:
        if sign.closes and not self.is_open:
            return
        match = sign.pattern.match(self.plain, self.at)
        place = self._inside()
        if match is None and self._begins(place):
            match = sign.pattern.match(self.plain, place)
        if sign.opens:
            self.is_open = match is not None
        if match is not None and match.end() > self.at:
            self.at, self.is_free = match.end(), True
        elif match is None and sign.is_needed:
            raise DifferenceError(self.at, f"lost {sign.pattern.pattern!r}")

    def _words(self, words: Words) -> None:
        for character in words.text:
            if character.isspace():
                self.is_blank_due = True
            else:
                self._character(character)

    def _character(self, character: str) -> None:
        place = self._next()
        if not self._shows(character, place):
            place = self._inside()
        if not self._shows(character, place):
            raise DifferenceError(place, f"lost {character!r}")
        between = self.plain[self.at : place]
        if not self.is_free and self.is_blank_due and not between:
            raise DifferenceError(self.at, f"lost a blank before {character!r}")
        stray = between and "\n" not in between
        if stray and not self.is_free and not self.is_blank_due:
            raise DifferenceError(self.at, f"added a blank before {character!r}")
        self.at = place + 1
        self.is_free = self.is_blank_due = False

    def _shows(self, character: str, place: int) -> bool:
        return self.plain.startswith(character, place)

    def _next(self, start: int | None = None) -> int:
        """Return where the next character is that is no blank."""
        match = _BLANKS.match(self.plain, self.at if start is None else start)
        return match.end() if match else len(self.plain)

    def _inside(self) -> int:
        """Return the same, past the marks of quotations at the beginning of a line."""
        place = self._next()
        while self._shows(">", place) and self._begins(place):
            place = self._next(place + 1)
        return place

    def _begins(self, place: int) -> bool:
        """Tell whether marks of quotations and lists alone stand before on its line."""
        line = self.plain[self.plain.rfind("\n", 0, place) + 1 : place]
        return _LEAD.fullmatch(line) is not None

    def _table(self, table: Table) -> None:
        """Read a table as columns, or else as records."""
        first = _Place(self.plain, self.at)
        second = _Place(self.plain, self.at)
        try:
            self.at = first.after(_columns(table.rows)).at
        except DifferenceError as one:
            try:
                self.at = second.after(_records(table.rows)).at
            except DifferenceError as other:
                raise max(one, other, key=lambda each: each.at) from None
        self.is_free, self.is_blank_due = True, False


def _columns(rows: tuple[tuple[Parts, ...], ...]) -> Iterator[Part]:
    for index, row in enumerate(rows):
        for cell in row:
            yield _ANY
            yield from cell
        if index == 0:
            yield _UNDERLINES
        yield _ANY


def _records(rows: tuple[tuple[Parts, ...], ...]) -> Iterator[Part]:
    for row in rows[1:]:
        yield _BULLET
        for label, cell in zip(rows[0], row, strict=False):
            yield _ANY
            if label:
                yield from (*label, _COLON)
            yield _ANY
            yield from cell


def _is_verbatim(code: list[str], lines: list[str]) -> bool:
    """Tell whether `code` stands in `lines`, each line behind the same blanks."""
    for start, line in enumerate(lines):
        first = code[0].rstrip()
        if not line.endswith(first):
            continue
        before = line[: len(line) - len(first)]
        # A list's mark stands before its first line alone.
        after = re.sub("[^>]", " ", before)
        rest = [(after + each).rstrip() for each in code[1:]]
        if lines[start + 1 : start + len(code)] == rest:
            return True
    return False
