"""The blocks of a body by the rules of CommonMark 0.31.2 (section 4 and 5) and GFM.

Python-Markdown nests lists by four columns and takes a time that grows with the square
of a block. Forges, editors and formatters write CommonMark, where an item holds what
is indented as far as its first word; so blocks are read here, line by line, each line
once. Raw HTML is no block: it stays text, and lint refuses it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from publisher.markup.limits import MAX_DEPTH, NESTED, ExcessError
from publisher.markup.lines import Line

_HEADING = re.compile(r"(#{1,6})(?![^ \t])")
_FENCE = re.compile(r"`{3,}(?!.*`)|~{3,}")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})")
_MARKER = re.compile(r"(?:([-+*])|([0-9]{1,9})([.)]))(?=[ \t]|$)")
_DELIMITERS = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_CODE_INDENT = 4


class Kind(Enum):
    """What a block is; the first four hold blocks, the others text."""

    BODY = auto()
    QUOTE = auto()
    LIST = auto()
    ITEM = auto()
    PARAGRAPH = auto()
    HEADING = auto()
    CODE = auto()
    TABLE = auto()
    RULE = auto()


_LEVELS = (Kind.QUOTE, Kind.ITEM)
_CONTAINERS = (*_LEVELS, Kind.LIST)


@dataclass(slots=True)
class Block:
    """A block and where it stands; lines count from 0 within the body."""

    kind: Kind
    first: int
    last: int
    """Its last line that is not blank."""
    blocks: list[Block] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    """Its text, without what marks or indents it. Of a table: each row."""
    level: int = 0
    """Of a heading, 1 to 6."""
    mark: str = ""
    """What begins an item (`-`, `+`, `*`) or ends its number (`.`, `)`); the fence of
    code, empty if that is indented; the characters below or before a heading."""
    number: int = 0
    """Of a numbered item, as it is written."""
    info: str = ""
    """What stands behind a fence."""
    is_closed: bool = True
    """Whether a fence has its counterpart."""
    indent: int = 0
    """Columns that what an item holds is indented by, or a fence."""

    @property
    def is_loose(self) -> bool:
        """Tell whether blank lines stand in a list, so that it is set with space."""
        return _has_gap(self.blocks) or any(
            map(_has_gap, (b.blocks for b in self.blocks))
        )

    @property
    def code(self) -> list[str]:
        """Return the lines of code; blank ones below what is indented are no part."""
        return self.lines if self.mark else self.lines[: self.last - self.first + 1]

    def depth(self, kinds: Collection[Kind]) -> int:
        """Return how many blocks of these kinds stand in each other."""
        inner = max((block.depth(kinds) for block in self.blocks), default=0)
        return inner + (self.kind in kinds)

    def walk(self) -> Iterator[Block]:
        """Yield the block and all that it holds, in the order of the text."""
        yield self
        for block in self.blocks:
            yield from block.walk()


def read(lines: Sequence[str]) -> Block:
    """Return the blocks of a body, in one of the kind BODY."""
    reader = _Reader()
    for index, line in enumerate(lines):
        reader.take(index, line)
    return reader.body


def cells(row: str) -> list[str]:
    """Return the cells of a table's row (GFM, section 4.10).

    A bar with a backslash before it is none, in code too; there the backslash goes.
    """
    text = row.strip(" \t").removeprefix("|")
    parts = re.split(r"(?<!\\)\|", text)
    if len(parts) > 1 and not parts[-1].strip(" \t"):
        del parts[-1]
    return [part.strip(" \t").replace("\\|", "|") for part in parts]


def alignments(row: str) -> list[str]:
    """Return `left`, `right`, `center` or nothing for each cell below a head."""
    names = {(True, False): "left", (False, True): "right", (True, True): "center"}
    return [
        names.get((cell.startswith(":"), cell.endswith(":")), "") for cell in cells(row)
    ]


def _has_gap(blocks: Sequence[Block]) -> bool:
    return any(b.first - a.last > 1 for a, b in itertools.pairwise(blocks))


class _Reader:
    """Holds the containers that the last line stood in, and the text it went on."""

    def __init__(self) -> None:
        self.body = Block(Kind.BODY, 0, 0)
        self._open = [self.body]
        self._leaf: Block | None = None

    def take(self, index: int, text: str) -> None:
        """Read one line."""
        line = Line(text)
        depth = self._continued(line)
        if depth == len(self._open) and self._code_goes_on(index, line):
            return
        is_new = False
        while not line.is_blank and line.indent < _CODE_INDENT:
            interrupted = None if is_new or depth < len(self._open) else self._leaf
            if self._container(index, line, depth, interrupted):
                depth, is_new = len(self._open), True
            elif self._leaf_begins(index, line, depth, interrupted):
                return
            else:
                break
        self._text(index, line, depth, is_new=is_new)

    def _continued(self, line: Line) -> int:
        """Return how many of the open containers `line` stands in."""
        for depth, block in enumerate(self._open):
            if block.kind is Kind.QUOTE:
                if line.indent >= _CODE_INDENT or not line.starts(">"):
                    return depth
                line.skip(">")
            elif block.kind is Kind.ITEM:
                if line.is_blank:
                    if not block.blocks:
                        return depth
                elif line.indent < block.indent:
                    return depth
                else:
                    line.dedent(block.indent)
        return len(self._open)

    def _code_goes_on(self, index: int, line: Line) -> bool:
        code = self._leaf
        if code is None or code.kind is not Kind.CODE:
            return False
        if not code.mark:
            if line.indent < _CODE_INDENT and not line.is_blank:
                return False
            # Blank lines belong to it only if more of it follows.
            line.dedent(_CODE_INDENT)
            code.lines.append(line.rest)
            if not line.is_blank:
                self._touch(index)
            return True
        self._touch(index)
        if line.indent < _CODE_INDENT and _closes(code.mark, line.stripped):
            code.is_closed = True
            self._leaf = None
        else:
            line.dedent(code.indent)
            code.lines.append(line.rest)
        return True

    def _container(
        self, index: int, line: Line, depth: int, interrupted: Block | None
    ) -> bool:
        """Open a quotation or an item if one begins here."""
        if line.starts(">"):
            self._close(depth)
            line.skip(">")
            self._push(Block(Kind.QUOTE, index, index))
            return True
        if _RULE.fullmatch(line.stripped):
            return False
        marker = _MARKER.match(line.stripped)
        if marker is None:
            return False
        is_empty = not line.stripped[marker.end() :].strip(" \t")
        if (
            interrupted is not None
            and interrupted.kind is Kind.PARAGRAPH
            and (is_empty or int(marker[2] or 1) != 1)
        ):
            return False
        self._close(depth)
        item = Block(
            Kind.ITEM,
            index,
            index,
            mark=marker[1] or marker[3],
            number=int(marker[2] or 0),
        )
        item.indent = line.skip_marker(marker.end())
        self._push_item(item)
        return True

    def _leaf_begins(
        self, index: int, line: Line, depth: int, interrupted: Block | None
    ) -> bool:
        """Read a heading, a fence, a rule or the head of a table, if it is one."""
        text = line.stripped
        if heading := _HEADING.match(text):
            self._close(depth)
            level = len(heading[1])
            words = _unclosed(text[level:].strip(" \t"))
            block = Block(Kind.HEADING, index, index, [], [words], level, "#")
            self._push(block)
            self._leaf = None
        elif fence := _FENCE.match(text):
            self._close(depth)
            block = Block(Kind.CODE, index, index, mark=fence[0], is_closed=False)
            block.indent, block.info = line.indent, text[fence.end() :].strip(" \t")
            self._push(block)
        elif interrupted is not None and self._completes(index, text, interrupted):
            pass
        elif _RULE.fullmatch(text):
            self._close(depth)
            self._push(Block(Kind.RULE, index, index))
            self._leaf = None
        else:
            return False
        return True

    def _completes(self, index: int, text: str, leaf: Block) -> bool:
        """Make a paragraph a heading or a table, if this line says that it is one."""
        if leaf.kind is not Kind.PARAGRAPH:
            return False
        head = leaf.lines[-1]
        is_table = "|" in head and _DELIMITERS.fullmatch(text) is not None
        if is_table and len(cells(head)) == len(cells(text)):
            self._begin_table(index, head, text)
        elif _UNDERLINE.fullmatch(text):
            leaf.kind, leaf.mark = Kind.HEADING, text[0]
            leaf.level = 1 if text[0] == "=" else 2
            self._touch(index)
            self._leaf = None
        else:
            return False
        return True

    def _begin_table(self, index: int, head: str, text: str) -> None:
        """Take the last line of the open paragraph for the head of a table."""
        paragraph = self._open[-1].blocks[-1]
        del paragraph.lines[-1]
        paragraph.last = index - 2
        if not paragraph.lines:
            del self._open[-1].blocks[-1]
        self._push(Block(Kind.TABLE, index - 1, index, lines=[head, text]))

    def _text(self, index: int, line: Line, depth: int, *, is_new: bool) -> None:
        """Read what begins no other block: it goes on, or it is a paragraph."""
        leaf = self._leaf
        is_whole = depth == len(self._open)
        if line.is_blank:
            self._close(depth)
            return
        goes_on = not is_new and leaf is not None and leaf.kind is Kind.PARAGRAPH
        if leaf is not None and goes_on:
            # Also if the marks of what it stands in are left out (section 5.1).
            leaf.lines.append(line.stripped)
            self._touch(index)
        elif line.indent >= _CODE_INDENT:
            self._close(depth)
            line.dedent(_CODE_INDENT)
            self._push(Block(Kind.CODE, index, index, lines=[line.rest]))
        elif not is_new and is_whole and leaf is not None and leaf.kind is Kind.TABLE:
            leaf.lines.append(line.stripped)
            self._touch(index)
        else:
            self._close(depth)
            self._push(Block(Kind.PARAGRAPH, index, index, lines=[line.stripped]))

    def _push_item(self, item: Block) -> None:
        above = self._open[-1]
        if above.kind is not Kind.LIST or above.blocks[-1].mark != item.mark:
            self._push(Block(Kind.LIST, item.first, item.first, mark=item.mark))
        self._push(item)

    def _push(self, block: Block) -> None:
        if self._open[-1].kind is Kind.LIST and block.kind is not Kind.ITEM:
            self._open.pop()
        self._open[-1].blocks.append(block)
        if block.kind in _CONTAINERS:
            if sum(b.kind in _LEVELS for b in (*self._open, block)) > MAX_DEPTH:
                raise ExcessError(NESTED.format(MAX_DEPTH), block.first)
            self._open.append(block)
            self._leaf = None
        else:
            self._leaf = block
        self._touch(block.last)

    def _close(self, depth: int) -> None:
        del self._open[depth:]
        self._leaf = None

    def _touch(self, index: int) -> None:
        """Note that the open blocks go on to the line `index`."""
        for block in self._open:
            block.last = index
        if self._leaf is not None:
            self._leaf.last = index


def _unclosed(heading: str) -> str:
    """Return the words of a heading without the marks that close it (section 4.2)."""
    words = heading.rstrip("#")
    return words.rstrip(" \t") if not words or words[-1] in " \t" else heading


def _closes(fence: str, text: str) -> bool:
    mark = text.rstrip(" \t")
    return len(mark) >= len(fence) and set(mark) == {fence[0]}
