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
    MAX_BLOCK,
    MAX_CHARACTERS,
    MAX_DEPTH,
    ExcessError,
    check_height,
    check_limits,
)
from publisher.markup.source import fences, prose
from publisher.markup.subset import ELEMENTS, is_wide, tree

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = [
    "ELEMENTS",
    "MAX_BLOCK",
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "ExcessError",
    "check_limits",
    "fences",
    "is_wide",
    "lead",
    "parse",
    "prose",
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
    check_limits(body)
    root = tree(body)
    check_height(root)
    return root
