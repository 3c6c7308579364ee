"""How the lines of a paragraph become one: by a blank, or in Japanese by nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from markdown.treeprocessors import Treeprocessor

from publisher.markup.widths import is_wide

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


class JoinLines(Treeprocessor):
    """Joins the lines of the source in all texts of a tree."""

    def run(self, root: Element) -> None:
        """Change the tree in place."""
        texts = list(_texts(root))
        around = ["", *(getattr(element, name) for element, name in texts), ""]
        for index, (element, name) in enumerate(texts):
            if element.tag != "code" or name == "tail":
                before, text, after = around[index : index + 3]
                setattr(element, name, _joined(before, text, after))


def is_glued(before: str, after: str, *, is_eastern: bool) -> bool:
    """Tell whether lines that end and begin with these are joined without a blank.

    That is so beside Japanese and Chinese, which are written without blanks; Korean
    has them. `is_eastern` tells whether the text is written in one of these, where
    characters of ambiguous width are wide, too (UAX #11, section 5).
    """
    widths = "WFHA" if is_eastern else "WFH"
    return any(
        unicodedata.east_asian_width(c) in widths and not _is_hangul(c)
        for c in (before, after)
    )


def _is_hangul(character: str) -> bool:
    return "HANGUL" in unicodedata.name(character, "")


def _texts(root: Element) -> Iterator[tuple[Element, str]]:
    """Yield where the texts of the tree are kept, in the order of reading."""
    if root.text:
        yield root, "text"
    for child in root:
        yield from _texts(child)
        if child.tail:
            yield child, "tail"


def _joined(before: str, text: str, after: str) -> str:
    """Join the lines of `text`, which stands between two other texts."""
    pieces = text.split("\n")
    joined = [pieces[0]]
    ends = [pieces[0] or before, *pieces[1:]]
    is_eastern = any(is_wide(c) for c in chain(before, text, after))
    for last, piece in zip(ends, pieces[1:], strict=False):
        following = piece or after
        glued = (
            last
            and following
            and is_glued(last[-1], following[0], is_eastern=is_eastern)
        )
        joined += [piece] if glued else [" ", piece]
    return "".join(joined)
