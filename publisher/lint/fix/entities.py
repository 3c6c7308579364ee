"""Mends of HTML entities: the character itself, where it reads the same."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from publisher.lint.fix import reading
from publisher.lint.fix.part import Part, text

if TYPE_CHECKING:
    from markdown_it.token import Token

_BEGINS_ENTITY = re.compile(r"#?[A-Za-z0-9]+;")
_MARKS = frozenset("\\`*_{}[]()<>#+-.!|~&@:=")
"""What could become a mark where it stands by itself."""


def written(part: Part) -> Part:
    """Write characters in place of entities of characters that can be seen.

    Blanks and what is invisible stay as they are: whether they are meant, only the
    author can tell.
    """
    lines = [line.text for line in part]
    # Cells of one row stand behind each other on one line.
    columns: dict[int, int] = {}
    for token in reading.tokens(text(part)):
        if token.type == "inline" and token.map and "&" in token.content:
            _write(lines, token, columns)
    return tuple(line.but(new) for line, new in zip(part, lines, strict=True))


def _write(lines: list[str], token: Token, columns: dict[int, int]) -> None:
    content = _content(token)
    if content == token.content or reading.inline(content) != reading.inline(
        token.content
    ):
        return
    first = (token.map or [0])[0]
    pairs = zip(token.content.split("\n"), content.split("\n"), strict=True)
    for index, (old, new) in enumerate(pairs, first):
        at = lines[index].find(old, columns.get(index, 0)) if old else -1
        if at < 0:
            continue
        lines[index] = f"{lines[index][:at]}{new}{lines[index][at + len(old) :]}"
        columns[index] = at + len(new)


def _content(token: Token) -> str:
    """Return the content of an inline token without entities."""
    content = token.content
    pieces = []
    end = 0
    for child in token.children or ():
        if child.type != "text_special" or child.info != "entity":
            continue
        start = child.meta[reading.POSITION]
        after = start + len(child.markup)
        character = _character(child.content, content, start, after)
        if character:
            pieces += [content[end:start], character]
            end = after
    return "".join((*pieces, content[end:]))


def _character(meant: str, content: str, start: int, after: int) -> str:
    """Return how `meant` is written; empty if it is better left as it is."""
    if not meant.isprintable() or not meant.strip() or _is_mark(meant):
        return ""
    if meant not in _MARKS:
        return meant
    before, following = content[:start][-1:], content[after : after + 40]
    is_alone = before in ("", " ") and following[:1] == " " and start > 0
    if meant == "&" and not _BEGINS_ENTITY.match(following):
        return meant
    if meant == "<" and is_alone:
        return meant
    if meant == ">" and start > 0 and content[start - 1] not in "\n ":
        return meant
    return f"\\{meant}"


def _is_mark(meant: str) -> bool:
    """Tell whether `meant` would join with what stands before it, or be a stranger."""
    category = unicodedata.category(meant[0])
    return category[0] in "MC" or unicodedata.normalize("NFC", meant) != meant
