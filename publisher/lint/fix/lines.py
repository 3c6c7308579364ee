"""Mends of lines: blanks, tabs, Unicode's form, the end of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from publisher.lint import characters
from publisher.lint.fix import reading
from publisher.lint.fix.part import BLANKS, Line, Part, text

if TYPE_CHECKING:
    from markdown_it.token import Token

_TAB = 4
"""CommonMark's tab stop."""


def composed(part: Part) -> Part:
    """Write each line in Unicode's form NFC, names' own ideographs left aside."""
    return tuple(line.but(characters.composed(line.text)) for line in part)


def untabbed(part: Part) -> Part:
    """Put blanks in place of tabs, up to the tab stops."""
    return tuple(line.but(line.text.expandtabs(_TAB)) for line in part)


def untabbed_prose(part: Part) -> Part:
    """Put blanks in place of tabs, but for code."""
    return _outside_code(part, lambda _, line: line.expandtabs(_TAB))


def stripped(part: Part) -> Part:
    """Take blanks from the ends of lines."""
    return tuple(line.but(line.text.rstrip(BLANKS)) for line in part)


def stripped_prose(part: Part) -> Part:
    """Take blanks from the ends of lines, but for code and where they mean something.

    They do before a line end behind a backslash, which would come to break the line;
    and wide blanks alone keep two lines of a paragraph together.
    """
    middles = {
        index
        for token in reading.tokens(text(part))
        if token.type == "inline" and token.map
        for index in range(token.map[0], token.map[0] + token.content.count("\n"))
    }

    def mended(index: int, line: str) -> str:
        bare = line.rstrip(BLANKS)
        would_break = index in middles and _is_escaping(bare)
        is_text = not bare and line.strip(" \t") and not _stands_alone(part, index)
        return line if would_break or is_text else bare

    return _outside_code(part, mended)


def broken(part: Part) -> Part:
    """Write breaks of lines as a backslash, where two blanks stand for one."""
    breaks = {
        index
        for token in reading.tokens(text(part))
        if token.type == "inline" and token.map
        for index in _breaks(token, token.map[0])
    }

    def mended(index: int, line: str) -> str:
        bare = line.rstrip(BLANKS)
        if index not in breaks or bare == line:
            return line
        return f"{bare}\\\\\\" if _is_escaping(bare) else f"{bare}\\"

    return _outside_code(part, mended)


def ended(part: Part) -> Part:
    """End the file with one line feed."""
    end = len(part)
    while end and not part[end - 1].text:
        end -= 1
    if not end:
        return part[:1]
    number = part[end].number if end < len(part) else part[end - 1].number
    return (*part[:end], Line(number, ""))


def _outside_code(part: Part, mended: Callable[[int, str], str]) -> Part:
    code = reading.verbatim(text(part))
    return tuple(
        line if index in code else line.but(mended(index, line.text))
        for index, line in enumerate(part)
    )


def _is_escaping(line: str) -> bool:
    """Tell whether `line` ends with a backslash that nothing escapes."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _stands_alone(part: Part, index: int) -> bool:
    around = (*part[max(index - 1, 0) : index], *part[index + 1 : index + 2])
    return not any(line.text.strip(BLANKS) for line in around)


def _breaks(token: Token, line: int) -> Iterator[int]:
    """Yield the lines of an inline token that begins on `line` that blanks break."""
    at = 0
    for child in token.children or ():
        if child.type == "hardbreak" and reading.POSITION in child.meta:
            position = child.meta[reading.POSITION]
            line += token.content.count("\n", at, position)
            at = position
            yield line
