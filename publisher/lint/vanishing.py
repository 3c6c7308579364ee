"""The rule of marks that vanish in what has to be verbatim (L436).

Both readers of a text take them away, so that nothing differs: an address, a path, a
pattern, a name, a number or an indicator becomes another one. What somebody emphasised
stays silent.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from publisher.lint.readings import character, found
from publisher.lint.rule import Problem
from publisher.markup.reading import Mark, Role
from publisher.markup.widths import is_wide

if TYPE_CHECKING:
    from publisher.lint.body import Body
    from publisher.lint.subject import Subject

_SHOWN = 60
_REACH = 120
"""Characters on each side of a mark that are looked at."""
_CHUNK = re.compile(r"[^\s`\u3000]*")
_ASCII = re.compile(r"[!-_a-~]*")
_MEANT = re.compile(
    # What follows the backslash is no mark: paths, the registry, shares.
    r"\\[A-Za-z0-9]|^[A-Za-z]:\\|^HK(?:EY_|[A-Z]{1,2}\\)|^\\\\"
    # Folders of an environment, of a drive, above; what is in them by a pattern.
    r"|%[A-Za-z_]+%\\|\$[A-Za-z_{][^\\]*\\|\\[^\\]*\$$|\.\.\\|[A-Za-z0-9%})]\\\*\.[A-Za-z0-9]"
    # Regular expressions, commands, what breaks out of a text in quotes.
    r"|\\\.[A-Za-z0-9(\[\\/.]|\\[;/]|\\\$[({]|\\\?[\\*]|\\[\"'][;)\],}=]|^\"\\\"$"
    r"|[A-Za-z0-9]\\[{}%=,:]"
)
"""A backslash that is meant, in what stands around it without a blank."""
_JOINTS = frozenset("/\\@=$%&#~+^|_")
_WEAK_JOINTS = frozenset("/+%=")
"""Those that part emphasised words, too: `**Ctrl**+**C**`."""
_INNER = frozenset("/\\.:|=&;,-+%$@~^#_")
_CALLED = frozenset("([")
_OPENING = frozenset("\"'([{<「『（【“‘〈《")  # noqa: RUF001 (quotes of several languages)
_CLOSING = frozenset("\"',;)]}>」』）】”’〉》")
_NAME = re.compile(r"[A-Za-z0-9]+(?:_+[A-Za-z0-9]+)+")
_WORD = re.compile(r"[A-Za-z0-9]+(?:[_-]+[A-Za-z0-9]+)*")


def vanishing(subject: Subject) -> Iterator[Problem]:
    """Find marks that vanish in addresses, paths, names, numbers and indicators."""
    for body in subject.bodies:
        told: set[str] = set()
        for _, group in itertools.groupby(body.forge.marks, key=_paragraph):
            marks = tuple(group)
            ends = _ends(marks)
            for mark in marks:
                chunk = _chunk(mark)
                if chunk not in told and _spoils(mark, ends):
                    told.add(chunk)
                    yield _vanished(body, mark, chunk)


def _vanished(body: Body, mark: Mark, chunk: str) -> Problem:
    line = mark.line + mark.source.count("\n", 0, mark.start)
    shown = mark.source[mark.start : mark.end]
    message = f"{shown!r} vanishes in {chunk[:_SHOWN]!r}"
    expected = "code, as in `like this`, if it is verbatim"
    return Problem(found(body, line, chunk), message, expected)


def _paragraph(mark: Mark) -> tuple[int, str]:
    return mark.line, mark.source


def _ends(marks: Sequence[Mark]) -> dict[int, int]:
    """Return where marks of emphasis end, and where what they belong to begins or ends.

    By the place of an opening mark: that of its closing one, and the other way round.
    """
    ends: dict[int, int] = {}
    opened: list[Mark] = []
    for mark in marks:
        if mark.role is Role.OPENS:
            opened.append(mark)
        elif mark.role is Role.CLOSES and opened:
            first = opened.pop()
            ends[first.start], ends[mark.start] = mark.start, first.start
    return ends


def _chunk(mark: Mark) -> str:
    """Return what stands around a mark without a blank."""
    return _around(mark, _CHUNK)


def _around(mark: Mark, pattern: re.Pattern[str]) -> str:
    before = mark.source[max(0, mark.start - _REACH) : mark.start]
    left = pattern.match(before[::-1])
    right = pattern.match(mark.source, mark.start, mark.end + _REACH)
    return (left[0][::-1] if left else "") + (right[0] if right else "")


def _spoils(mark: Mark, ends: Mapping[int, int]) -> bool:
    if mark.role is Role.ESCAPES:
        return _spoils_escape(mark)
    return _Emphasis(mark, ends).is_spoilt


def _spoils_escape(mark: Mark) -> bool:
    """Tell whether a backslash was meant that is taken for an escape."""
    escaped, after = (
        character(mark.source, mark.end),
        character(mark.source, mark.end + 1),
    )
    if escaped == "\\" and after.isalnum():
        return True
    return _MEANT.search(_around(mark, _ASCII)) is not None


class _Emphasis:
    """A mark that begins or ends emphasis, and what stands at its two sides."""

    def __init__(self, mark: Mark, ends: Mapping[int, int]) -> None:
        self._mark = mark
        self._ends = ends
        self._step = -1 if mark.role is Role.OPENS else 1
        place = mark.start - 1 if self._step < 0 else mark.end
        self._outer = character(mark.source, place)
        self._further = character(mark.source, place + self._step)
        self._is_joined = place + self._step in self._marked(place + self._step)
        inner = mark.end if self._step < 0 else mark.start - 1
        self._inner = character(mark.source, inner)
        self._is_inner_mark = inner in self._marked(inner)
        self._is_outer_mark = place in self._marked(place)

    def _marked(self, place: int) -> set[int]:
        """Return `place` if a mark of emphasis stands there."""
        near = range(place - 1, place + 1)
        return (
            {place}
            if any(at in self._ends for at in near)
            and (character(self._mark.source, place) in "*_")
            else set()
        )

    @property
    def is_spoilt(self) -> bool:
        """Tell whether the mark stands where nobody emphasises a word."""
        if self._step < 0 and self._inner in _CLOSING and self._outer in _OPENING:
            # It is alone between two brackets or quotes.
            return True
        if self._is_within() or self._is_named():
            return True
        return not self._is_inner_mark and self._inner in _INNER and self._is_wild()

    def _is_within(self) -> bool:
        """Tell whether what is emphasised goes on without a blank."""
        outer, is_strong = self._outer, self._mark.end - self._mark.start > 1
        if self._is_outer_mark:
            return False
        if _is_word(outer):
            is_number = outer.isdigit() or self._inner.isdigit()
            return not is_strong or is_number or not _is_word(self._inner)
        if outer in _JOINTS:
            is_parted = is_strong and _is_word(self._inner)
            return not (outer in _WEAK_JOINTS and (is_parted or self._is_joined))
        goes_on = _is_word(self._further) or self._further in _JOINTS
        return outer == "." and goes_on

    def _is_named(self) -> bool:
        """Tell whether an identifier stands between low lines."""
        mark = self._mark
        if mark.source[mark.start] != "_":
            return False
        if self._step > 0:
            return self._outer in _CALLED
        words, is_double = self._words(), mark.end - mark.start > 1
        return bool(_NAME.fullmatch(words) or (is_double and _WORD.fullmatch(words)))

    def _is_wild(self) -> bool:
        """Tell whether a sign at the edge is no part of one emphasised word."""
        if self._step > 0:
            return self._inner == "_"
        words = self._words()
        return not words or bool(re.search(r"[\s*_]", words))

    def _words(self) -> str:
        """Return what an opening mark emphasises, if it is short."""
        end = self._ends.get(self._mark.start, self._mark.end)
        return self._mark.source[self._mark.end : min(end, self._mark.end + _REACH)]


def _is_word(character: str) -> bool:
    return character.isalnum() and not is_wide(character)
