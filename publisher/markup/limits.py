"""Limits of a body: beyond them Python-Markdown takes too much time or depth."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from publisher.markup.source import unfenced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.etree.ElementTree import Element

MAX_CHARACTERS = 200_000
"""A body that is longer is refused."""
MAX_BLOCK = 20_000
"""So is one with a longer run of lines without an empty one between them,"""
MAX_DIVISIONS = 100
"""with more headings and rules in such a run,"""
MAX_DEPTH = 12
"""with lists and quotations that stand deeper in each other,"""
MAX_MARKERS = 40
"""with more items that begin on one line,"""
MAX_HEIGHT = 250
"""with elements, lists and emphasis among them, that stand deeper in each other,"""
MAX_CELLS = 20_000
"""with more cells in its tables,"""
MAX_SEARCHES = 5_000_000
"""or with more brackets in long paragraphs. The time that Python-Markdown takes grows
with the square of all these; within the limits it is a few seconds at the worst."""

_NESTED = "lists or quotations are nested deeper than {} levels"
_LEAD = re.compile(r"(?:[ >]|[*+-] |[0-9]{1,9}\. )*")
_RULE = re.compile(r" *+([-*_])(?: *\1)*+ *+")
_DIVISION = re.compile(r"[ >]*+(?:#|[-=*_ ]++$)")
_DELIMITERS = frozenset("|:- >")


class ExcessError(ValueError):
    """A body is beyond one of the limits; `line` counts from 0 within it."""

    def __init__(self, message: str, line: int = 0) -> None:
        """Take the line on which the limit is passed."""
        self.line = line
        super().__init__(message)


def check_limits(body: str) -> None:
    """Raise ExcessError if `body` could take Python-Markdown too much time or depth."""
    if len(body) > MAX_CHARACTERS:
        msg = f"the body has {len(body)} characters, more than {MAX_CHARACTERS}"
        raise ExcessError(msg)
    cells = 0
    for number, block in _blocks(unfenced(body)):
        cells += _cells(block)
        divisions = sum(_DIVISION.match(line) is not None for line in block)
        for value, most, message in (
            (len("\n".join(block)), MAX_BLOCK, "more than {} characters"),
            (divisions, MAX_DIVISIONS, "more than {} headings and rules"),
            (max(map(_depth, block)), MAX_DEPTH, _NESTED),
            (max(map(_markers, block)), MAX_MARKERS, _NESTED),
            (cells, MAX_CELLS, "more than {} cells in tables"),
        ):
            if value > most:
                raise ExcessError(message.format(most), number)


def check_height(root: Element) -> None:
    """Raise ExcessError if the tree is higher than later stages can climb."""
    level = [root]
    for _ in range(MAX_HEIGHT):
        level = [child for element in level for child in element]
    if level:
        msg = "emphasis is nested too deeply"
        raise ExcessError(msg)


def check_searches(texts: Sequence[str]) -> None:
    """Raise ExcessError if looking for links in `texts` would take too long."""
    if sum(len(text) * text.count("[") for text in texts) > MAX_SEARCHES:
        msg = "there are too many brackets in long paragraphs"
        raise ExcessError(msg)


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines between empty ones, with the index of their first."""
    number = 0
    for is_text, group in itertools.groupby(lines, _is_text):
        block = list(group)
        if is_text:
            yield number, block
        number += len(block)


def _is_text(line: str) -> bool:
    # Other blanks than these begin no new block.
    return line.strip(" \t") != ""


def _depth(line: str) -> int:
    """Return how many lists and quotations `line` can stand in, but for its own."""
    lead_in = _LEAD.match(line)
    return lead_in[0].count(">") + lead_in[0].count("    ") if lead_in else 0


def _markers(line: str) -> int:
    """Return how many items begin with `line`."""
    lead_in = _LEAD.match(line)
    if lead_in is None or _RULE.fullmatch(line):
        return 0
    return sum(lead_in[0].count(mark) for mark in "*+-.")


def _cells(block: list[str]) -> int:
    """Return how many cells `block` can make: each row is filled up to the first."""
    columns = [
        line.count("|") + 1
        for line in block
        if "|" in line and set(line) <= _DELIMITERS
    ]
    return max(columns, default=0) * len(block)
