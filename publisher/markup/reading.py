"""What a reader of Markdown sees: its text and structure, in a form that is compared.

`publisher.markup.commonmark` makes the same of another program's reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from publisher.markup.within import BARE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

BREAK = "\n"
"""A line that the author ended, within a text."""
_CONTAINERS = {"ul": "list", "ol": "list", "blockquote": "quotation"}
_BLOCKS = frozenset(
    (*_CONTAINERS, "p", "pre", "hr", "table", "h1", "h2", "h3", "h4", "h5", "h6")
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of what is shown."""

    kind: str
    """`text`, `h1` to `h6`, `cell`, `code`, `link`, `rule`, or what begins or ends:
    `list` (its text is its first number, or `-`), `item`, `row`, `quotation`, `end`."""
    text: str = ""
    line: int = -1
    """Where it begins in the body, from 0; -1: that is not known."""

    @property
    def key(self) -> tuple[str, str]:
        """Return what has to be the same in two readings: all but blanks and places."""
        if self.kind == "code":
            return (self.kind, self.text)
        lines = self.text.split(BREAK)
        return (self.kind, BREAK.join("".join(line.split()) for line in lines))


class Foreign(Enum):
    """What forges show and plain text cannot."""

    HTML = auto()
    ENTITY = auto()
    IMAGE = auto()
    FOOTNOTE = auto()
    STRIKETHROUGH = auto()
    TASK = auto()


class Role(Enum):
    """What characters do that are read as a mark."""

    ESCAPES = auto()
    """A backslash before another mark."""
    OPENS = auto()
    """Begins emphasis;"""
    CLOSES = auto()
    """ends it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters of the source that a text does not show, within a paragraph."""

    source: str
    """The source of the paragraph, its lines ending with LF."""
    start: int
    end: int
    """Where they stand in it."""
    line: int
    """The line of the body on which the paragraph begins."""
    role: Role


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read."""

    parts: tuple[Part, ...]
    foreign: tuple[tuple[Foreign, int, str], ...]
    """What plain text cannot show, its line in the body from 0, and its source."""
    marks: tuple[Mark, ...]


def parts(root: Element) -> Iterator[Part]:
    """Yield what a tree of `publisher.markup` shows, in the order of reading."""
    for element in root:
        yield from _block(element)


def _block(element: Element) -> Iterator[Part]:
    tag = element.tag
    if tag == "pre":
        yield Part("code", "".join(element.itertext()))
    elif tag == "hr":
        yield Part("rule")
    elif tag == "table":
        for row in element.iter("tr"):
            yield Part("row")
            for cell in row:
                yield Part("cell", _text(cell))
                yield from _links(cell)
    elif tag in _CONTAINERS:
        yield Part(_CONTAINERS[tag], _begin(element))
        yield from _held(element)
        yield Part("end")
    else:
        yield Part("text" if tag == "p" else tag, _text(element))
        yield from _links(element)


def _begin(element: Element) -> str:
    if element.tag == "ol":
        return element.get("start", "1") + (")" if element.get("class") else ".")
    return "-" if element.tag == "ul" else ""


def _held(element: Element) -> Iterator[Part]:
    for child in element:
        if child.tag == "li":
            yield Part("item")
            yield from _item(child)
        else:
            yield from _block(child)


def _item(item: Element) -> Iterator[Part]:
    if _text(item).strip():
        yield Part("text", _text(item))
        yield from _links(item)
    for child in item:
        if child.tag in _BLOCKS:
            yield from _block(child)


def _text(element: Element) -> str:
    """Return the text of an element, less that of blocks in it."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag == "code":
            pieces.append(f"`{child.text or ''}`")
        elif child.tag == "br":
            pieces.append(BREAK)
        elif child.tag not in _BLOCKS:
            pieces.append(_text(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _links(element: Element) -> Iterator[Part]:
    for child in element:
        if child.tag in _BLOCKS:
            continue
        if child.tag == "a" and child.get(BARE) is None:
            yield Part("link", child.get("href", ""))
        yield from _links(child)
