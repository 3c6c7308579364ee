"""The body of an advisory as plain text, block by block.

Headings begin in the first column and everything else is indented, so that no line
of an author's begins with what OpenPGP or mail would have to escape. Code stands as
it was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from publisher import markup
from publisher.columns import NARROW, Measure
from publisher.edition import inline, table
from publisher.edition.blocks import INDENT, underlined
from publisher.edition.inline import BodyError
from publisher.edition.layout import WIDTH, fill

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from publisher.edition.inline import Inline, Links

_HEADINGS = {"h1": "=", "h2": "=", "h3": "~", "h4": "^", "h5": "^", "h6": "^"}
_BLOCKS = {*_HEADINGS, "p", "ul", "ol", "pre", "blockquote", "table", "hr"}
_BREAK = ["~" * 8]
_LEAST = 24
_LOOKED_FOR = 80
"""Characters of a block by which its place in the source is found."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where a block is laid out."""

    links: Links
    pair: str
    """How a label and its value are written: `{label}: {value}`."""
    columns: int = WIDTH
    measure: Measure = NARROW
    """How the language of the text is measured."""

    def within(self, columns: int, words: str = "") -> Room:
        """Return what is left beside `columns`, or raise BodyError about `words`."""
        if self.columns - columns < _LEAST:
            msg = "lists and quotations are nested too deeply"
            raise BodyError(msg, words)
        return replace(self, columns=self.columns - columns)


def body_text(tree: Element, links: Links, pair: str, measure: Measure = NARROW) -> str:
    """Return the tree of a body as lines, or raise BodyError."""
    room = Room(links, pair, measure=measure)
    inner = room.within(len(INDENT))
    blocks = (
        "\n".join(_block(child, room))
        if child.tag in _HEADINGS
        else "\n".join(_prefixed(_block(child, inner), INDENT))
        for child in tree
    )
    return "\n\n".join(filter(None, blocks))


def begins_with_heading(tree: Element) -> bool:
    """Tell whether a body begins with a heading of its own."""
    return len(tree) > 0 and tree[0].tag in _HEADINGS


def _block(element: Element, room: Room) -> list[str]:
    match element.tag:
        case "p":
            return _paragraph(inline.children(element), room)
        case "ul" | "ol":
            return _list(element, room)
        case "pre":
            return _code(element)
        case "blockquote":
            return _prefixed(_flow(element, room.within(2, _words(element))), "> ")
        case "table":
            return table.lines(element, room)
        case _:
            return _division(element, room)


def _division(element: Element, room: Room) -> list[str]:
    if element.tag == "hr":
        return _BREAK
    text = inline.line(element, room.links)
    return underlined(text, _HEADINGS[element.tag], room.columns, measure=room.measure)


def _paragraph(content: Inline, room: Room) -> list[str]:
    broken = inline.lines(content, room.links)
    return [
        line
        for pieces in broken
        for line in fill(pieces, room.columns, measure=room.measure)
    ]


def _code(element: Element) -> list[str]:
    code = "".join(element.itertext())
    return _prefixed(code.split("\n"), INDENT)


def _list(element: Element, room: Room) -> list[str]:
    marks = ["* "] * len(element)
    if element.tag == "ol":
        first = element.get("start", "1")
        end = ")" if element.get("class") == markup.PARENTHESIS else "."
        numbers = [f"{int(first) + index}{end} " for index in range(len(element))]
        marks = [number.rjust(max(map(len, numbers))) for number in numbers]
    items: list[str] = []
    is_loose = any(_is_loose(item) for item in element)
    for mark, item in zip(marks, element, strict=True):
        if items and is_loose:
            items.append("")
        lines = _flow(item, room.within(len(mark), _words(item)), is_loose=is_loose)
        items += _prefixed(lines, mark, " " * len(mark))
    return items


def _words(element: Element) -> str:
    return "".join(element.itertext()).strip()[:_LOOKED_FOR]


def _is_loose(item: Element) -> bool:
    return any(child.tag in _BLOCKS - {"ul", "ol"} for child in item)


def _flow(element: Element, room: Room, *, is_loose: bool = True) -> list[str]:
    """Return what a list item or a quotation holds: paragraphs and other blocks."""
    lines: list[str] = []
    for content in _parts(element):
        if isinstance(content, list):
            block = _paragraph(content, room)
        else:
            block = _block(content, room)
        if lines and block and is_loose:
            lines.append("")
        lines += block
    return lines or [""]


def _parts(element: Element) -> Iterator[list[str | Element] | Element]:
    """Yield the blocks of an element, and what stands between them."""
    run: list[str | Element] = []
    for item in inline.children(element):
        if isinstance(item, str) or item.tag not in _BLOCKS:
            run.append(item)
            continue
        yield run
        yield item
        run = []
    yield run


def _prefixed(lines: list[str], first: str, rest: str | None = None) -> list[str]:
    after = first if rest is None else rest
    prefixes = [first] + [after] * (len(lines) - 1)
    return [(a + b).rstrip() for a, b in zip(prefixes, lines, strict=True)]
