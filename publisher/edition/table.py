"""Tables: columns that line up, or, where a line is too short for them, lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from publisher.edition import inline
from publisher.edition.characters import width
from publisher.edition.layout import fill, pad

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from publisher.edition.inline import Links

_GAP = "  "
_ALIGN = re.compile(r"text-align: (left|right|center);")


def lines(element: Element, links: Links, pair: str, columns: int) -> list[str]:
    """Return a table as lines of at most `columns`.

    `pair` is how a label and its value are written: `{label}: {value}`.
    """
    rows = [[inline.line(cell, links) for cell in row] for row in element.iter("tr")]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > columns:
        return _records(rows[0], rows[1:], pair, columns)
    aligns = [_align(cell) for cell in next(element.iter("tr"))]
    head = [rows[0], ["=" * each for each in widths]] if any(rows[0]) else []
    return [
        _GAP.join(map(pad, row, widths, aligns)).rstrip() for row in [*head, *rows[1:]]
    ]


def _align(cell: Element) -> str:
    match = _ALIGN.search(cell.get("style", ""))
    return match[1] if match else "left"


def _records(
    head: list[str], rows: list[list[str]], pair: str, columns: int
) -> list[str]:
    """Return each row as an item of a list, its values under their labels."""
    found: list[str] = []
    for row in rows:
        marks = ["* "] + ["  "] * len(row)
        for mark, label, value in zip(marks, head, row, strict=False):
            text = pair.format(label=label, value=value) if label else value
            found += fill(text, columns, mark, "    ")
    return found
