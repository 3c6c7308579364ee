"""Rules of the blocks of a body: what is no block, or another one than meant (L40x)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from publisher.lint import characters
from publisher.lint.rule import Problem

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from publisher.lint.body import Body
    from publisher.lint.subject import Subject

MAX_TABLE = 74
"""Columns of the signed text that a table may take, between its margins."""
_GAP = 2
_INDENT = 4
_MAX_DIGITS = 4
_MARKER = re.compile(r"( *)(?:([*+-])|([0-9]{1,9})\.) +\S")
_HEADING = re.compile(r" {0,3}#{1,6}")
_RULE = re.compile(r" {0,3}(?:-[ -]*|\*[ *]*|_[ _]*)")
_FENCE = re.compile(r"[ >]*(?:(?:[*+-]|[0-9]+[.)]) +)*(?:`{3,}+(?!.*`)|~{3,})")
_LABEL = re.compile(r"\]\[[^\[\]]*\]|^[ >*+0-9.-]*\[[^\[\]\n]*\]:.*$", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]+")
_DELIMITERS = frozenset("|:- ")


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
    for body in subject.bodies:
        for first, last in body.fences:
            if last is None:
                message = "the fenced code is never closed"
                yield Problem(body.at(first), message, "the same fence below it")


def stray_fence(subject: Subject) -> Iterator[Problem]:
    """Find fences where none can be, and fences that a list does not keep.

    A fence stands on a line of its own with nothing but a word behind it. In a list
    it is indented by four blanks for each level.
    """
    for body in subject.bodies:
        for index, line in enumerate(body.unfenced):
            if _FENCE.match(line):
                message = "this looks like a fence, but is none"
                expected = "a line of its own, with one word at most"
                yield Problem(body.at(index), message, expected)
        for first, _ in body.fences:
            indent = _indent(body.lines[first])
            if indent % _INDENT:
                message = f"the fence is indented by {indent}"
                yield Problem(body.at(first, indent), message, "a multiple of four")


def indented_code(subject: Subject) -> Iterator[Problem]:
    """Find text that is indented like code, or deeper than its list goes."""
    for body in subject.bodies:
        level = 0
        is_start = True
        for index, line in enumerate(body.unfenced):
            if not line.strip():
                is_start = True
                continue
            indent = _indent(line)
            is_marked = _MARKER.match(line) is not None
            if (is_start or is_marked) and indent >= level + _INDENT:
                message = f"the text is indented by {indent}"
                yield Problem(body.at(index, indent), message, "fenced code")
            elif is_marked:
                level = indent // _INDENT * _INDENT + _INDENT
            elif is_start:
                level = min(level, indent // _INDENT * _INDENT)
            is_start = False


def crowded_list(subject: Subject) -> Iterator[Problem]:
    """Find lists that other text keeps from being one, having no line between."""
    for body in subject.bodies:
        for index in _crowded(body.unfenced):
            message = "the list does not begin where it seems to"
            yield Problem(body.at(index), message, "an empty line before it")


def _crowded(lines: Sequence[str]) -> Iterator[int]:
    """Yield the lines that begin a list in the middle of text or of another list."""
    is_text = False
    kinds: dict[int, bool] = {}
    for index, line in enumerate(lines):
        marker = _MARKER.match(line)
        if not line.strip() or _is_division(line):
            is_text = False
            kinds.clear()
        elif marker and (marker[3] in (None, "1") or not is_text):
            level = len(marker[1]) // _INDENT
            is_bullet = marker[2] is not None
            if is_text or kinds.get(level, is_bullet) != is_bullet:
                yield index
            kinds = {key: value for key, value in kinds.items() if key < level}
            kinds[level] = is_bullet
            is_text = False
        elif not kinds:
            is_text = True


def crowded_table(subject: Subject) -> Iterator[Problem]:
    """Find tables that other text keeps from being one, having no line between."""
    for body in subject.bodies:
        for index, line in enumerate(body.unfenced[2:], start=2):
            above, header = body.unfenced[index - 2 : index]
            is_table = {"|", "-"} <= set(line) <= _DELIMITERS and "|" in header
            if is_table and above.strip() and not _is_division(above):
                message = "the table does not begin where it seems to"
                yield Problem(body.at(index - 1), message, "an empty line before it")


def shallow(subject: Subject) -> Iterator[Problem]:
    """Find items of lists whose indentation is of no level."""
    for body in subject.bodies:
        for index, line in enumerate(body.unfenced):
            marker = _MARKER.match(line)
            if marker and len(marker[1]) % _INDENT:
                message = f"the item is indented by {len(marker[1])}"
                yield Problem(body.at(index), message, "four blanks for each level")


def huge_number(subject: Subject) -> Iterator[Problem]:
    """Find lists that begin with a huge number, which is no number of an item."""
    for body in subject.bodies:
        offset = 0
        for element in body.tree.iter("ol"):
            number = element.get("start", "1")
            if len(number) > _MAX_DIGITS:
                offset, at = body.find(number[:40], offset)
                message = f"a list begins with the number {number[:40]}"
                yield Problem(at, message, r"'\.' if it is none")


def wide_table(subject: Subject) -> Iterator[Problem]:
    """Find tables that the signed text has to write as lists."""
    for body in subject.bodies:
        offset = 0
        for table in body.tree.iter("table"):
            rows = [[_width(cell) for cell in row] for row in table.iter("tr")]
            widths = [max(column) for column in zip(*rows, strict=False)]
            total = sum(widths) + _GAP * (len(widths) - 1)
            cell = next(iter(table.iter("th")))
            offset, at = body.find((cell.text or "|").strip(), offset)
            if total > MAX_TABLE:
                message = f"the table takes {total} columns"
                yield Problem(at, message, f"at most {MAX_TABLE}, or it is a list")


def lost(subject: Subject) -> Iterator[Problem]:
    """Find words that readers would not see, whatever Markdown made of them.

    It is the last net: unlucky emphasis and rows with too many cells end in it.
    """
    for body in subject.bodies:
        if body.excess is None:
            yield from _lost(body)


def _lost(body: Body) -> Iterator[Problem]:
    shown = "".join(body.tree.itertext())
    if "\x02" in shown or "\x03" in shown:
        message = "Markdown is confused by the marks in this body"
        yield Problem(body.at(0), message, "fewer asterisks and backslashes")
        return
    known = Counter(shown)
    for link in body.links:
        known.update(link.url + (link.title or ""))
    # Labels and definitions are meant to vanish; other rules look after those.
    for match in _LABEL.finditer(body.whole):
        known.update(match[0])
    missing = {c for c in Counter(body.whole) - known if c.isalpha()}
    if not missing:
        return
    for index, line in enumerate(body.unfenced):
        for word in _WORD.finditer(line):
            if word[0] not in shown and any(c in missing for c in word[0]):
                message = f"{word[0][:40]!r} is lost in the text that readers see"
                yield Problem(body.at(index, word.start()), message)
                return
    letters = "".join(sorted(missing))[:40]
    yield Problem(body.at(0), f"{letters!r} are lost in the text that readers see")


def _is_division(line: str) -> bool:
    return bool(_HEADING.match(line) or _RULE.fullmatch(line))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _width(cell: Element) -> int:
    return characters.columns("".join(cell.itertext()))
