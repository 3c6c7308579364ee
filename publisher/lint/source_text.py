"""Rules of the bytes of a source file: the one spelling that each text has (L1xx)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher import markup
from publisher.lint import characters
from publisher.lint.rule import Problem
from publisher.model import plain
from publisher.source import Location

if TYPE_CHECKING:
    from pathlib import PurePosixPath

# Git writes them at the beginning of a line; a name stands behind all but one.
_CONFLICT = re.compile(r"(?:<{7,}|>{7,})(?: .*)?|\|{7,} .*")
_DIVIDER = re.compile(r"={7,}|\|{7,}")
_MOST = 20
"""Findings of one rule in one file; one that is broken throughout is not listed."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """A source file, or the part of one from `first_line` on."""

    path: PurePosixPath
    text: str
    first_line: int = 1

    @property
    def lines(self) -> list[str]:
        """Return the lines without their line feeds."""
        return self.text.split("\n")

    def at(self, index: int, offset: int = -1) -> Location:
        """Return a place by the index of its line and the offset in it."""
        return Location(self.path, self.first_line + index, offset + 1)


def byte_order_mark(source: SourceText) -> Iterator[Problem]:
    """Find a byte order mark at the beginning."""
    if source.text.startswith("\ufeff"):
        message = "the file begins with a byte order mark"
        yield Problem(source.at(0, 0), message, "UTF-8 without one")


def carriage_return(source: SourceText) -> Iterator[Problem]:
    """Find line ends other than LF, once for the whole file."""
    for index, line in enumerate(source.lines):
        if "\r" in line:
            at = source.at(index, line.index("\r"))
            count = source.text.count("\r")
            yield Problem(at, f"{count} carriage returns in the file", "LF line ends")
            return


def trailing_blank(source: SourceText) -> Iterator[Problem]:
    """Find blanks at the ends of lines that are no code."""
    code = _code(source.lines)
    for index, at in _trailing(source):
        if index not in code:
            yield Problem(at, "blanks at the end of the line", "none")


def code_blank(source: SourceText) -> Iterator[Problem]:
    """Find blanks at the ends of lines of code, which no cleartext signature covers."""
    code = _code(source.lines)
    for index, at in _trailing(source):
        if index in code:
            message = "blanks at the end of a line of code are left out of the text"
            yield Problem(at, message, "none, if they mean nothing")


def _trailing(source: SourceText) -> Iterator[tuple[int, Location]]:
    found = _some(source, lambda line: line.rstrip("\r").endswith(tuple(plain.BLANKS)))
    for index, line in found:
        yield index, source.at(index, len(line.rstrip("\r").rstrip(plain.BLANKS)))


def tab(source: SourceText) -> Iterator[Problem]:
    """Find tabs outside of fenced code, where they are only another blank."""
    code = _code(source.lines)
    found = (i for i, line in enumerate(source.lines) if "\t" in line and i not in code)
    for index, _ in zip(found, range(_MOST), strict=False):
        at = source.at(index, source.lines[index].index("\t"))
        yield Problem(at, "a tab outside fenced code", "blanks")


def final_newline(source: SourceText) -> Iterator[Problem]:
    """Find an end of file that is not one line feed after the last line."""
    lines = source.lines
    if lines[-1] or not source.text:
        at = source.at(len(lines) - 1, len(lines[-1]))
        yield Problem(at, "the last line has no line feed", "one")
    elif len(lines) > 1 and not lines[-2].strip():
        yield Problem(source.at(len(lines) - 2), "empty lines at the end", "none")


def control(source: SourceText) -> Iterator[Problem]:
    """Find control characters; L102 speaks of carriage returns at line ends."""
    for index, line in enumerate(source.lines):
        yield from _each(source, index, line.rstrip("\r"), characters.controls)


def bidirectional(source: SourceText) -> Iterator[Problem]:
    """Find characters that make text look other than it is written."""
    yield from _everywhere(source, characters.bidirectional)


def invisible(source: SourceText) -> Iterator[Problem]:
    """Find characters that are not seen; L101 speaks of the one that begins a file."""
    for index, line in enumerate(source.lines):
        is_start = index == 0 and source.first_line == 1 and line.startswith("\ufeff")
        text = f" {line[1:]}" if is_start else line
        yield from _each(source, index, text, characters.invisible)


def nameless(source: SourceText) -> Iterator[Problem]:
    """Find what is no character, or one that means something else to each reader."""
    yield from _everywhere(source, characters.nameless)


def composition(source: SourceText) -> Iterator[Problem]:
    """Find text that is not in Unicode's composed form.

    This is an error, not a warning: what looks the same would be other bytes, found
    by no search and counted with other widths, and an editor mends it at once.
    """
    found = _some(source, lambda line: not characters.is_composed(line))
    for index, _ in found:
        yield Problem(source.at(index), "the line is not in Unicode's form NFC", "NFC")


def conflict(source: SourceText) -> Iterator[Problem]:
    """Find the marks that git leaves where two versions could not be merged.

    Seven equal signs underline a heading too: they count beside another mark only.
    """
    lines = [line.rstrip() for line in source.lines]
    marks = [i for i, line in enumerate(lines) if _CONFLICT.fullmatch(line)]
    if marks:
        marks += [i for i, line in enumerate(lines) if _DIVIDER.fullmatch(line)]
    for index in sorted(marks)[:_MOST]:
        message = f"the line is a mark of git's: {lines[index][:40]!r}"
        yield Problem(source.at(index), message, "one of the two versions")


def _some(
    source: SourceText, is_wrong: Callable[[str], bool]
) -> Iterator[tuple[int, str]]:
    found = ((i, line) for i, line in enumerate(source.lines) if is_wrong(line))
    for entry, _ in zip(found, range(_MOST), strict=False):
        yield entry


def _everywhere(
    source: SourceText, search: Callable[[str], Sequence[int]]
) -> Iterator[Problem]:
    for index, line in enumerate(source.lines):
        yield from _each(source, index, line, search)


def _each(
    source: SourceText, index: int, line: str, search: Callable[[str], Sequence[int]]
) -> Iterator[Problem]:
    # Nearly all text of many advisories is ASCII that prints.
    if line.isascii() and line.isprintable():
        return
    for offset in search(line)[:_MOST]:
        message = f"the character {characters.name(line[offset])} may not stand here"
        yield Problem(source.at(index, offset), message)


def _code(lines: list[str]) -> set[int]:
    """Return the indexes of the lines that are code."""
    # The front matter comes first and has no code.
    start = lines.index("---", 1) + 1 if "---" in lines[1:] else 0
    while start < len(lines) - 1 and not lines[start].strip():
        start += 1
    try:
        found = markup.code_lines("\n".join(lines[start:]))
    except markup.ExcessError:
        return set()
    return {start + index for index in found}
