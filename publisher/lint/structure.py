"""Rules of the blocks of a body: what is no block, or another one than meant (L40x)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher.lint import characters
from publisher.lint.rule import Problem
from publisher.markup.blocks import Block, Kind, cells

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from publisher.lint.body import Body
    from publisher.lint.subject import Subject

MAX_TABLE = 74
"""Columns of the signed text that a table may take, between its margins."""
_GAP = 2
_MAX_NUMBER = 9999
_NUMBERS = (".", ")")
_BULLET = re.compile(
    "[\u30fb\uff65\u00b7\u2022\u25e6\u2023\u25aa\u25cf\u25cb\u25ce\u3007\u25a0\u25a1\u25c6\u25c7"
    "\u203b\u2605\u2606\u25bc\u25bd\u25b2\u25b3\u25b6\u25b7\u25ba\u2192\u21d2\u27a2\u2713\u2714\u2611"
    "\uff0d\uff0a\uff0b\u2010-\u2015]"
)
"""Signs that begin an item of a list where somebody types as on paper."""
_CIRCLED = re.compile(
    "[\u2460-\u24ff\u2776-\u2793\u2160-\u217f\u3220-\u3243\u3251-\u325f\u3280-\u32b0]"
)
"""Numbers that are one character: in circles, in parentheses, Roman."""
_NUMBERED = re.compile(
    r"[(\uff08\[\uff3b\u3014]?"
    r"(?:[0-9\uff10-\uff19]{1,2}|[A-Za-z\uff21-\uff3a\uff41-\uff5a]|[ivxIVX]{1,5}"
    r"|[\u30a2-\u30f3]|[\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341]{1,3})"
    r"(?:[)\uff09\]\uff3d\u3015](?!:)|[.\uff0e\u3001:\uff1a](?![0-9]))"
)
"""Numbers and letters with brackets or a full stop behind them."""
_LABELLED = re.compile("[\u3041-\u9fff]{1,4}[0-9\uff10-\uff19]{1,2}[:\uff1a]")
_TYPED = (
    re.compile(r"-[^\s-]"),
    re.compile(r"\+[^\s+]"),
    # A pair of them emphasises.
    re.compile(r"\*[^\s*][^*]*$"),
    re.compile(r"[-+*][ \u3000]"),
)
"""Signs of lists without their blank, or indented too far."""
_KINDS = (*_TYPED, _BULLET, _CIRCLED, _NUMBERED, _LABELLED)
_LIKELY = re.compile("[\u30fb\uff65\u25cf\u25a0\u203b]|[-+*][ \u3000]")
"""What hardly begins a line by chance, if a sentence ends above it."""
_SENTENCE_ENDS = (".", ":", "!", "?", "\u3002", "\uff0e", "\uff1a", "\u3001")
_INLINE = re.compile(r"\S \((?:[0-9]{1,2}|[a-zA-Z]|[ivxIVX]{1,5})\) ")
"""The same within a line: a sentence that counts what it names."""
_COPIED = re.compile(
    "[\uff02\uff04\uff07\uff0d\uff3c\uff5c\u3000\u2018\u2019\u201c\u201d\u2010-\u2015\u2212\u00a5\uffe5]"
)
"""Characters that look like those of a command, and make another one of it."""


def empty(subject: Subject) -> Iterator[Problem]:
    """Find bodies that say nothing."""
    for body in subject.bodies:
        if not body.text.body.strip():
            yield Problem(body.at(0), "the body is empty")


def excess(subject: Subject) -> Iterator[Problem]:
    """Find bodies that are larger or deeper than Markdown is read."""
    for body in subject.bodies:
        if body.excess is not None:
            yield Problem(body.at(body.excess.line), str(body.excess))


def unclosed(subject: Subject) -> Iterator[Problem]:
    """Find fenced code that never ends."""
    for body, block in _blocks(subject, Kind.CODE):
        if not block.is_closed:
            message = "the fenced code is never closed"
            yield Problem(body.at(block.first), message, "the same fence below it")


def fence_words(subject: Subject) -> Iterator[Problem]:
    """Find words behind a fence that nobody would see; one may name the language."""
    for body, block in _blocks(subject, Kind.CODE):
        if len(block.info.split()) > 1:
            message = f"{block.info[:40]!r} behind the fence is lost"
            expected = "one word, such as 'sh', or a line below the fence"
            yield Problem(body.at(block.first), message, expected)


def copied(subject: Subject) -> Iterator[Problem]:
    """Find characters in code that break a command when it is copied."""
    for body in subject.bodies:
        for index, (line, prose) in enumerate(zip(body.lines, body.prose, strict=True)):
            for match in _COPIED.finditer(line):
                if prose[match.start()] == " ":
                    message = f"{characters.name(match[0])} in code"
                    at = body.at(index, match.start())
                    yield Problem(at, message, "the character that is to be typed")
                    break


def look_alike(subject: Subject) -> Iterator[Problem]:
    """Find lines that look like the items of a list, and would be joined into one."""
    for body, block in _blocks(subject, Kind.PARAGRAPH):
        found = _joined_item(block)
        if found is not None:
            message = (
                "the line looks like an item of a list, and is joined to the others"
            )
            expected = "'- ' or '1. ' before it, or an empty line between"
            yield Problem(body.at(block.first + found), message, expected)


def _joined_item(block: Block) -> int | None:
    """Return the first line of a paragraph that looks like an item, but the first.

    Two lines in a row have to begin alike, or one of them with what nothing else would
    begin with.
    """
    if any(map(_INLINE.search, block.lines)):
        return None
    for index, line in enumerate(block.lines[1:], start=1):
        above, words = block.lines[index - 1], line.lstrip("\u3000")
        if above.endswith(("\\", "  ")):
            continue
        kind = _kind(words)
        is_alike = kind is not None and kind == _kind(above.lstrip("\u3000"))
        ends = above.endswith(_SENTENCE_ENDS) or len(block.lines) == 2
        if is_alike or (ends and _LIKELY.match(words)):
            return index
    return None


def _kind(line: str) -> int | None:
    """Return with which kind of sign a line begins."""
    found = (at for at, kind in enumerate(_KINDS) if kind.match(line))
    return next(found, None)


def numbering(subject: Subject) -> Iterator[Problem]:
    """Find items whose numbers are not those that readers see."""
    for body, block in _blocks(subject, Kind.LIST):
        if block.mark not in _NUMBERS:
            continue
        first = block.blocks[0].number
        for number, item in enumerate(block.blocks, start=first):
            if item.number != number:
                message = (
                    f"the item is numbered {item.number}, and readers see {number}"
                )
                yield Problem(body.at(item.first), message, f"{number}{item.mark}")
                break


def huge_number(subject: Subject) -> Iterator[Problem]:
    """Find lists that begin with a huge number, which is no number of an item."""
    for body, block in _blocks(subject, Kind.LIST):
        number = block.blocks[0].number
        if number > _MAX_NUMBER:
            message = f"a list begins with the number {number}"
            yield Problem(body.at(block.first), message, r"'\.' if it is none")


def wide_table(subject: Subject) -> Iterator[Problem]:
    """Find tables that the signed text has to write as lists."""
    for body in subject.bodies:
        places = [block for block in body.blocks if block.kind is Kind.TABLE]
        for table, block in zip(body.tree.iter("table"), places, strict=True):
            rows = [[_width(cell, body) for cell in row] for row in table.iter("tr")]
            widths = [max(column) for column in zip(*rows, strict=False)]
            total = sum(widths) + _GAP * (len(widths) - 1)
            if total > MAX_TABLE:
                message = f"the table takes {total} columns"
                expected = f"at most {MAX_TABLE}, or it is a list"
                yield Problem(body.at(block.first), message, expected)


def lost(subject: Subject) -> Iterator[Problem]:
    """Find cells that have no place in their table, and that readers would not see."""
    for body, block in _blocks(subject, Kind.TABLE):
        most = len(cells(block.lines[0]))
        for index, row in enumerate(block.lines):
            spare = cells(row)[most:]
            if any(spare):
                message = (
                    f"{' | '.join(spare)[:40]!r} is lost: the row has too many cells"
                )
                at = body.at(block.first + index)
                yield Problem(at, message, f"at most {most} cells")


def _blocks(subject: Subject, kind: Kind) -> Iterator[tuple[Body, Block]]:
    for body in subject.bodies:
        for block in body.blocks:
            if block.kind is kind:
                yield body, block


def _width(cell: Element, body: Body) -> int:
    return characters.columns("".join(cell.itertext()), body.text.language)
