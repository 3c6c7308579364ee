"""Rules of how a body is read: by us, and by a forge that shows it to reviewers.

What a reviewer sees has to be what is signed. So all is refused that a forge shows and
plain text cannot; where two independent readers do not see the same text, nothing is
signed; and marks may not vanish in what has to be verbatim, though both let them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from publisher.lint.rule import Problem
from publisher.markup.reading import Foreign, Mark, Role
from publisher.markup.widths import is_wide

if TYPE_CHECKING:
    from publisher.lint.body import Body
    from publisher.lint.subject import Subject
    from publisher.markup.reading import Part
    from publisher.source import Location

_SHOWN = 60
_REACH = 120
"""Characters on each side of a mark that are looked at."""
_ALERT = re.compile(
    r"(?:[ >*+-]*> ?)\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]", re.IGNORECASE
)
_CHUNK = re.compile(r"[^\s`\u3000]*")
_LITERAL = re.compile(r"\\[A-Za-z0-9]|^[A-Za-z]:\\|^HK(?:EY_|[A-Z]{1,2}\\)|^\\\\")
"""A backslash that is meant, as in paths, in the Windows registry, in patterns."""
_MARKS = frozenset("*_`[]<>|~&!#")
"""What a backslash before it usually is meant to protect."""
_JOINTS = frozenset("/\\@=$%&#~+^|")
_INNER = frozenset("/\\.:|=&;,-+%$@~^")
_CALLED = frozenset("([")
_NAME = re.compile(r"[a-z0-9]+(?:_+[a-z0-9]+)+")
_SPECIAL = frozenset(
    ("proto", "init", "class", "import", "dict", "globals", "builtins", "subclasses",
     "main", "name", "file", "call", "new", "del", "getattr", "setattr", "getattribute",
     "reduce", "repr", "str", "eq", "hash", "enter", "exit", "base", "bases", "mro",
     "code", "doc", "module", "self", "dirname", "filename", "version", "all", "get",
     "set", "func", "defineGetter", "lookupGetter", "construct", "destruct", "wakeup",
     "sleep", "toString", "invoke", "attribute", "asm", "cplusplus")
)  # fmt: skip
"""Names of Python, JavaScript, PHP and C between two pairs of low lines."""


def _finder(
    wanted: Foreign, message: str, expected: str
) -> Callable[[Subject], Iterator[Problem]]:
    """Return a rule that refuses one thing which plain text cannot show."""

    def find(subject: Subject) -> Iterator[Problem]:
        for body in subject.bodies:
            for what, line, source in body.forge.foreign:
                if what is wanted:
                    told = message.format(repr(source.strip()[:40]))
                    yield Problem(_found(body, line, source), told, expected)

    find.__doc__ = f"Find what is refused: {message}."
    return find


html = _finder(
    Foreign.HTML,
    "{} is HTML, which a forge does not show, and the text would",
    "code, or a backslash before '<'",
)
entity = _finder(
    Foreign.ENTITY,
    "the HTML entity {} would stand as it is in the text",
    "the character itself, or code",
)
image = _finder(Foreign.IMAGE, "a text cannot hold images", "a link, and words")
footnote = _finder(
    Foreign.FOOTNOTE,
    "a footnote has no place in the text",
    "the words in parentheses, or a reference in the front matter",
)
strikethrough = _finder(
    Foreign.STRIKETHROUGH,
    "plain text cannot strike words through",
    r"the words left out, or '\~'",
)
task = _finder(
    Foreign.TASK,
    "a box to tick has no place in the text",
    r"words such as 'done:', or '\[ ]'",
)


def alert(subject: Subject) -> Iterator[Problem]:
    """Find the boxes of forges, which take the mark of a quotation for their name."""
    for body in subject.bodies:
        for index, line in enumerate(body.prose):
            if match := _ALERT.match(line):
                message = f"{match[0].strip()} is a box on some forges only"
                yield Problem(body.at(index), message, "words, such as '**Note:**'")


def differing(subject: Subject) -> Iterator[Problem]:
    """Find where two readers do not see the same text or the same structure."""
    for body in subject.bodies:
        # What else is refused is read otherwise by its nature.
        if body.excess is None and not body.forge.foreign:
            yield from _differing(body)


def _differing(body: Body) -> Iterator[Problem]:
    line = 0
    for ours, theirs in itertools.zip_longest(body.parts, body.forge.parts):
        line = theirs.line if theirs and theirs.line >= 0 else line
        if ours and theirs and ours.key == theirs.key:
            continue
        first, second = _told(ours, theirs)
        message = f"read in two ways: {first} here, {second} where a forge shows it"
        expected = (
            "code around what is verbatim, a backslash before marks that are meant, "
            "an empty line between blocks"
        )
        yield Problem(body.at(max(line, 0)), message, expected)
        return


def _told(ours: Part | None, theirs: Part | None) -> tuple[str, str]:
    """Describe two parts that differ, from where they begin to."""
    if ours is None or theirs is None or ours.kind != theirs.kind:
        return _described(ours, 0), _described(theirs, 0)
    pairs = enumerate(zip(ours.text, theirs.text, strict=False))
    start = next((at for at, (a, b) in pairs if a != b), len(ours.text))
    start = max(0, start - _SHOWN // 2)
    return _described(ours, start), _described(theirs, start)


def _described(part: Part | None, start: int) -> str:
    if part is None:
        return "nothing"
    text = part.text[start : start + _SHOWN]
    return f"{part.kind} {text!r}" if text else part.kind


def vanishing(subject: Subject) -> Iterator[Problem]:
    """Find marks that vanish in addresses, paths, names, numbers and indicators."""
    for body in subject.bodies:
        told: set[str] = set()
        for mark in body.forge.marks:
            chunk = _chunk(mark)
            if chunk not in told and _spoils(mark, chunk):
                told.add(chunk)
                line = mark.line + mark.source.count("\n", 0, mark.start)
                shown = mark.source[mark.start : mark.end]
                message = f"{shown!r} vanishes in {chunk[:_SHOWN]!r}"
                expected = "code, as in `like this`, if it is verbatim"
                yield Problem(_found(body, line, chunk), message, expected)


def _chunk(mark: Mark) -> str:
    """Return what stands around a mark without a blank."""
    before = mark.source[max(0, mark.start - _REACH) : mark.start]
    left = _CHUNK.match(before[::-1])
    right = _CHUNK.match(mark.source, mark.start, mark.end + _REACH)
    return (left[0][::-1] if left else "") + (right[0] if right else "")


def _spoils(mark: Mark, chunk: str) -> bool:
    if mark.role is Role.ESCAPES:
        return _spoils_escape(mark, chunk)
    return _spoils_emphasis(mark)


def _spoils_escape(mark: Mark, chunk: str) -> bool:
    """Tell whether a backslash was meant that is taken for an escape."""
    before = mark.source[mark.start - 1 : mark.start] if mark.start else ""
    escaped = mark.source[mark.end : mark.end + 1]
    after = mark.source[mark.end + 1 : mark.end + 2]
    if _LITERAL.search(chunk) or (escaped == "\\" and after.isalnum()):
        return True
    if escaped in _MARKS or not _is_word(before):
        return False
    # As in "2026\. January", so that no list begins there.
    head = mark.source[: mark.start].rpartition("\n")[2]
    return not (escaped in ".)" and head.isdecimal())


def _spoils_emphasis(mark: Mark) -> bool:
    """Tell whether marks stand where nobody emphasises a word."""
    source, step = mark.source, -1 if mark.role is Role.OPENS else 1
    place = mark.start - 1 if step < 0 else mark.end
    outer, further = _at(source, place), _at(source, place + step)
    inner = _at(source, mark.end if step < 0 else mark.start - 1)
    if _is_word(outer) or outer in _JOINTS:
        return True
    if outer == "." and (_is_word(further) or further in _JOINTS):
        return True
    is_low = source[mark.start] == "_"
    if step > 0:
        return is_low and outer in _CALLED
    return inner in _INNER or (is_low and _is_name(source, mark))


def _is_name(source: str, mark: Mark) -> bool:
    """Tell whether an identifier stands between the marks that begin with `mark`."""
    size = mark.end - mark.start
    end = source.find("_" * size, mark.end, mark.end + _REACH)
    while end >= 0 and source[end + size : end + size + 1].isalnum():
        end = source.find("_" * size, end + 1, mark.end + _REACH)
    words = source[mark.end : max(end, 0)]
    return bool(_NAME.fullmatch(words)) or (size > 1 and words in _SPECIAL)


def _at(source: str, place: int) -> str:
    return source[place] if 0 <= place < len(source) else " "


def _is_word(character: str) -> bool:
    return character.isalnum() and not is_wide(character)


def _found(body: Body, line: int, words: str) -> Location:
    """Return the place of the first line of `words` on a line of the body."""
    text = body.lines[line] if 0 <= line < len(body.lines) else ""
    return body.at(line, text.find(words.partition("\n")[0]))
