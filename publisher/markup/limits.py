"""Limits of a body: what is beyond them takes the readers too much time or depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

MAX_CHARACTERS = 200_000
"""A body that is longer is refused."""
MAX_PARAGRAPH = 20_000
"""So is one with a longer paragraph, heading or cell,"""
MAX_DEPTH = 12
"""with lists and quotations that stand deeper in each other,"""
MAX_HEIGHT = 64
"""with elements, lists and emphasis among them, that stand deeper in each other,"""
MAX_CELLS = 60_000
"""with more cells in its tables, empty ones counted,"""
MAX_SEARCHES = 5_000_000
"""or with more brackets in long paragraphs: the time that Python-Markdown takes to look
for links grows with their number times the length."""

NESTED = "lists or quotations are nested deeper than {} levels"


class ExcessError(ValueError):
    """A body is beyond one of the limits; `line` counts from 0 within it."""

    def __init__(self, message: str, line: int = 0) -> None:
        """Take the line on which the limit is passed."""
        self.line = line
        super().__init__(message)


def check_length(body: str) -> None:
    """Raise ExcessError if `body` is longer than is read."""
    if len(body) > MAX_CHARACTERS:
        msg = f"the body has {len(body)} characters, more than {MAX_CHARACTERS}"
        raise ExcessError(msg)


def check_text(text: str, line: int) -> None:
    """Raise ExcessError if a paragraph or the like is longer than is read."""
    if len(text) > MAX_PARAGRAPH:
        msg = f"more than {MAX_PARAGRAPH} characters without an empty line"
        raise ExcessError(msg, line)


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
