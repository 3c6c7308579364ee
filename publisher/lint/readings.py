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
from publisher.markup.blocks import Block, Kind
from publisher.markup.emphasis import flanking
from publisher.markup.reading import Foreign

if TYPE_CHECKING:
    from publisher.lint.body import Body
    from publisher.lint.subject import Subject
    from publisher.markup.reading import Part
    from publisher.source import Location

_SHOWN = 60
_ALERT = re.compile(
    r"(?:[ >*+-]*> ?)\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]", re.IGNORECASE
)
_TILDE = re.compile(r"(?<![\\~])~(?!~)")


def _finder(
    wanted: Foreign, message: str, expected: str
) -> Callable[[Subject], Iterator[Problem]]:
    """Return a rule that refuses one thing which plain text cannot show."""

    def find(subject: Subject) -> Iterator[Problem]:
        for body in subject.bodies:
            for what, line, source in body.forge.foreign:
                if what is wanted:
                    told = message.format(repr(source.strip()[:40]))
                    yield Problem(found(body, line, source), told, expected)

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
_struck = _finder(
    Foreign.STRIKETHROUGH,
    "plain text cannot strike words through",
    r"the words left out, or '\~'",
)
task = _finder(
    Foreign.TASK,
    "a box to tick has no place in the text",
    r"words such as 'done:', or '\[ ]'",
)


def strikethrough(subject: Subject) -> Iterator[Problem]:
    """Find words struck through, also by one tilde, as GFM has it (section 6.5)."""
    yield from _struck(subject)
    for body in subject.bodies:
        for block in body.blocks:
            if block.kind in (Kind.PARAGRAPH, Kind.HEADING, Kind.TABLE):
                yield from _tildes(body, block)


def _tildes(body: Body, block: Block) -> Iterator[Problem]:
    text = "\n".join(body.prose[block.first : block.last + 1])
    is_open = False
    for match in _TILDE.finditer(text):
        before = character(text, match.start() - 1)
        after = character(text, match.end())
        opens, closes = flanking("*", before, after)
        if is_open and closes:
            at = body.at(block.first + text.count("\n", 0, match.start()))
            message = "plain text cannot strike words through, as '~' may do on a forge"
            yield Problem(at, message, r"'\~', or code")
            return
        is_open = is_open or opens


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


def character(source: str, place: int) -> str:
    """Return the character at a place of a text, a blank beyond its ends."""
    return source[place] if 0 <= place < len(source) else " "


def found(body: Body, line: int, words: str) -> Location:
    """Return the place of the first line of `words` on a line of the body."""
    text = body.lines[line] if 0 <= line < len(body.lines) else ""
    return body.at(line, text.find(words.partition("\n")[0]))
