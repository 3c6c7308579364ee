"""Tables: columns that line up, or, where a line is too short for them, lists."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from publisher.edition import inline
from publisher.edition.layout import fill, pad

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from publisher.edition.body import Room

_GAP = "  "
_ALIGN = re.compile(r"text-align: (left|right|center);")


def lines(element: Element, room: Room) -> list[str]:
    """Return a table as lines of at most the columns of `room`."""
    cells = [list(row) for row in element.iter("tr")]
    rows = [[inline.line(cell, room.links) for cell in row] for row in cells]
    measure = room.measure
    widths = [max(map(measure.width, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > room.columns:
        # A head without rows is all that there is to show.
        return _records(rows[0], rows[1:], room) or _records(
            [""] * len(widths), rows, room
        )
    aligns = [_align(cell) for cell in next(element.iter("tr"))]
    head = [rows[0], ["=" * each for each in widths]] if any(rows[0]) else []
    padded = partial(pad, measure=measure)
    return [
        _GAP.join(map(padded, row, widths, aligns)).rstrip()
        for row in [*head, *rows[1:]]
    ]


def _align(cell: Element) -> str:
    match = _ALIGN.search(cell.get("style", ""))
    return match[1] if match else "left"


def _records(head: list[str], rows: list[list[str]], room: Room) -> list[str]:
    """Return each row as an item of a list, its values under their labels."""
    found: list[str] = []
    for row in rows:
        marks = ["* "] + ["  "] * len(row)
        for mark, label, value in zip(marks, head, row, strict=False):
            text = room.pair.format(label=label, value=value) if label else value
            found += fill(text, room.columns, mark, "    ", measure=room.measure)
    return found
