"""Mends of blocks: headings and numbers of lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.lint.fix import reading
from publisher.lint.fix.part import BLANKS, Part, text

if TYPE_CHECKING:
    from markdown_it.token import Token

_HIGHEST, _LOWEST = 2, 6
"""Levels of headings; the first one is the title's."""
_MOST = 999_999_999
"""The largest number of an item (CommonMark, section 5.2)."""
_CLOSING = re.compile(r"(#+)$")


def marked(part: Part) -> Part:
    """Write headings that are underlined with number signs before them."""
    lines = list(part)
    gone: set[int] = set()
    for token in _headings(text(part)):
        if token.markup not in ("=", "-") or token.level or token.map is None:
            continue
        first, end = token.map
        words = " ".join(line.text.strip(BLANKS) for line in part[first : end - 1])
        signs = "#" * int(token.tag[1:])
        # Number signs at the end would close the heading.
        written = _CLOSING.sub(r"\\\1", words)
        lines[first] = part[first].but(f"{signs} {written}")
        gone.update(range(first + 1, end))
    return tuple(line for index, line in enumerate(lines) if index not in gone)


def levelled(part: Part) -> Part:
    """Shift all headings so that the first is of the second level and none is higher.

    If a later one is higher, nobody but the author knows which of them was meant.
    """
    found = [token for token in _headings(text(part)) if token.map is not None]
    levels = [int(token.tag[1:]) for token in found]
    shift = _HIGHEST - levels[0] if levels else 0
    if not shift or min(levels) < levels[0] or max(levels) + shift > _LOWEST:
        return part
    lines = list(part)
    for token in found:
        if token.map is None or not token.markup.startswith("#"):
            # It is underlined, within a list or quotation: only its author can tell.
            return part
        index = token.map[0]
        at = lines[index].text.find(token.markup)
        before, after = lines[index].text[:at], lines[index].text[at:]
        signs = "#" * (len(token.markup) + shift)
        lines[index] = lines[index].but(before + signs + after[len(token.markup) :])
    return tuple(lines)


@dataclass(slots=True)
class _List:
    """A numbered list that is being walked through."""

    next: int


def numbered(part: Part) -> Part:
    """Write the numbers of lists as every reader shows them: one after the other."""
    lines = [line.text for line in part]
    open_lists: list[_List | None] = []
    columns: dict[int, int] = {}
    for token in reading.tokens(text(part)):
        if token.type == "ordered_list_open":
            open_lists.append(_List(int(token.attrs.get("start", 1))))
        elif token.type == "bullet_list_open":
            open_lists.append(None)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            open_lists.pop()
        elif token.type == "list_item_open" and open_lists[-1] and token.map:
            _number(lines, token, open_lists[-1].next, columns)
            open_lists[-1].next += 1
    return tuple(line.but(new) for line, new in zip(part, lines, strict=True))


def _number(
    lines: list[str], token: Token, number: int, columns: dict[int, int]
) -> None:
    """Write the number of an item, and keep what belongs to it inside of it.

    `columns` says up to which column of a line items were seen to begin.
    """
    first, end = token.map or (0, 0)
    old, new = f"{token.info}{token.markup}", f"{number}{token.markup}"
    at = lines[first].find(old, columns.get(first, 0))
    if at < 0:
        return
    columns[first] = at + len(old)
    if token.info == str(number) or int(token.info) == number or number > _MOST:
        return
    rest = lines[first][at + len(old) :]
    wider = len(new) - len(old)
    blanks = len(rest) - len(rest.lstrip(" "))
    if wider < 0 and rest:
        rest = " " * -wider + rest
    elif 0 < wider < blanks:
        rest = rest[wider:]
    elif wider > 0:
        _indent(lines, range(first + 1, end), at, wider)
    lines[first] = f"{lines[first][:at]}{new}{rest}"
    columns[first] = at + len(new)


def _indent(lines: list[str], inside: Sequence[int], at: int, by: int) -> None:
    """Move what stands below the first line of an item to the right."""
    for index in inside:
        line = lines[index]
        # What is not indented at all goes on with a paragraph all the same.
        if line[at : at + 1] == " " and line.strip(" "):
            lines[index] = f"{line[:at]}{' ' * by}{line[at:]}"


def _headings(body: str) -> list[Token]:
    return [token for token in reading.tokens(body) if token.type == "heading_open"]
