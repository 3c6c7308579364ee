"""The Markdown of advisories: one parse, from which page and plain text are made.

What is understood is Python-Markdown's core with tables and fenced code, less
everything that could carry markup of the author's own: raw HTML, entities and
images are plain text here. A body therefore means the same on the page and in the
signed text, and nothing in it can become a tag that is not in ELEMENTS.
"""

from __future__ import annotations

import copy
import functools
from typing import TYPE_CHECKING

from publisher.markup.limits import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_PARAGRAPH,
    ExcessError,
    check_height,
    check_length,
)
from publisher.markup.reader import ELEMENTS, PARENTHESIS, tree
from publisher.markup.source import code_lines, outline, prose, unfenced
from publisher.markup.widths import is_wide
from publisher.markup.within import BARE

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = [
    "BARE",
    "ELEMENTS",
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "MAX_PARAGRAPH",
    "PARENTHESIS",
    "ExcessError",
    "code_lines",
    "is_wide",
    "lead",
    "outline",
    "parse",
    "prose",
    "unfenced",
]


def parse(body: str) -> Element:
    """Return the tree of `body`: a `div` with one child for each block.

    Text in the tree is what readers see: escapes are resolved, code is verbatim.
    Raise ExcessError if `body` is beyond a limit.
    """
    return copy.deepcopy(_parsed(body))


def lead(body: str) -> str:
    """Return the first paragraph of `body` in plain text; empty if it has none.

    Raise ExcessError if `body` is beyond a limit.
    """
    root = parse(body)
    paragraph = root.find("p")
    if paragraph is None:
        paragraph = root.find(".//p")
    if paragraph is None:
        return ""
    for line_break in paragraph.iter("br"):
        line_break.text = " "
    return " ".join("".join(paragraph.itertext()).split())


# A page, its summary and its neighbours ask for the same body in a row.
@functools.lru_cache(maxsize=8)
def _parsed(body: str) -> Element:
    check_length(body)
    root = tree(body)
    check_height(root)
    return root
