"""What changed from one signed text to the next, line by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from publisher.imprint import imprint

if TYPE_CHECKING:
    from publisher.model.chain import SignedText

_AROUND = 3
"""Unchanged lines that are shown before and after a change."""


class Mark(StrEnum):
    """What became of a line."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    LEFT_OUT = "left-out"
    """Not a line: some unchanged ones are not shown here."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the comparison."""

    mark: Mark
    text: str


def lines(old: SignedText, new: SignedText) -> tuple[Line, ...]:
    """Compare two texts. Their imprints, which differ always, are left out."""
    before, after = _body(old), _body(new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    found: list[Line] = []
    for group in matcher.get_grouped_opcodes(_AROUND):
        if group[0][3] > 0:
            found.append(Line(Mark.LEFT_OUT, ""))
        for tag, first, last, start, end in group:
            found += _lines(tag, before[first:last], after[start:end])
        if group[-1][4] < len(after):
            found.append(Line(Mark.LEFT_OUT, ""))
    return tuple(_joined(found))


def _lines(tag: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    if tag == "equal":
        yield from (Line(Mark.SAME, line) for line in new)
    else:
        yield from (Line(Mark.REMOVED, line) for line in old)
        yield from (Line(Mark.ADDED, line) for line in new)


def _joined(found: Sequence[Line]) -> Iterator[Line]:
    """Leave out the second of two marks for lines that are not shown."""
    last = None
    for line in found:
        if line.mark is not Mark.LEFT_OUT or last is not Mark.LEFT_OUT:
            yield line
        last = line.mark


def _body(text: SignedText) -> list[str]:
    whole = text.edition.text
    body = whole.removesuffix(str(imprint(whole)))
    # A rule parts the two.
    return body.rstrip("=\n").split("\n")
