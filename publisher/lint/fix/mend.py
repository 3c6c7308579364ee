"""What a mend is, and the table of all of them, in the order in which they are done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from publisher.lint.fix import blocks, entities, head, lines
from publisher.lint.fix.part import Part


@dataclass(frozen=True, slots=True)
class Mend:
    """A kind of mistake that is mended without a question."""

    what: str
    """What was done, as it is told to whoever asked for it."""
    mended: Callable[[Part], Part]


_COMPOSED = Mend("written in Unicode's form NFC", lines.composed)
_ENDED = Mend("the end of the file written as one line feed", lines.ended)
_UNTABBED = "blanks written in place of tabs"
_STRIPPED = "blanks at the end of the line taken away"

HEAD: tuple[Mend, ...] = (
    Mend(_UNTABBED, lines.untabbed),
    Mend(_STRIPPED, lines.stripped),
    _COMPOSED,
    Mend("an id or a label written in its one spelling", head.spelled),
)
"""Mends of the front matter."""

BODY: tuple[Mend, ...] = (
    Mend(_UNTABBED, lines.untabbed_prose),
    Mend("a break of a line written as a backslash", lines.broken),
    Mend(_STRIPPED, lines.stripped_prose),
    _COMPOSED,
    Mend("an HTML entity written as the character", entities.written),
    Mend("an underlined heading written with number signs", blocks.marked),
    Mend("a heading put on the level that it has below the title", blocks.levelled),
    Mend("a number of a list written as readers see it", blocks.numbered),
    _ENDED,
)
"""Mends of the body."""
