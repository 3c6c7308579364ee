"""What templates lay out text with: each function returns lines without a last LF."""

from __future__ import annotations

from collections.abc import Sequence

from publisher.edition.characters import width
from publisher.edition.layout import WIDTH, fill, pad

INDENT = "  "
"""Before all that is no heading."""
RULE = "=" * WIDTH

_ESCAPED = ("-", "From ", ".")


def underlined(text: str, mark: str, columns: int = WIDTH) -> list[str]:
    """Return a heading with a line of `mark` below it."""
    lines = fill(text, columns)
    if lines and lines[0].startswith(_ESCAPED):
        lines = fill(text, columns, " ", " ")
    return [*lines, mark * min(columns, max(map(width, lines), default=0))]


def heading(text: str) -> str:
    """Return the heading of a section."""
    return "\n".join(underlined(text, "="))


def title(text: str) -> str:
    """Return the title of a document between two rules."""
    return "\n".join((RULE, *fill(text, WIDTH, INDENT, INDENT), RULE))


def banner(left: str, right: str) -> str:
    """Return a line with text at its two ends, or two lines if it is too short."""
    room = WIDTH - width(right)
    if width(left) < room:
        return pad(left, room) + right
    return "\n".join((*fill(left), pad(right, WIDTH, "right")))


def paragraph(text: str, mark: str = "", indent: int = len(INDENT)) -> str:
    """Return a paragraph, `indent` columns from the left and hanging from `mark`."""
    before = " " * indent
    return "\n".join(fill(text, WIDTH, before + mark, before + " " * width(mark)))


def line(text: str, indent: int = len(INDENT)) -> str:
    """Return an address or the like on a line of its own, however long it is."""
    return " " * indent + "".join(text.split("\n"))


def rows(pairs: Sequence[tuple[str, object]], indent: int = len(INDENT)) -> str:
    """Return labels and values in two columns; a value of None is left out.

    A value can be a sequence: then each of its elements begins a line. What cannot
    be broken and is too long for its column stands further to the left.
    """
    shown = [(label, value) for label, value in pairs if value is not None]
    column = max(width(label) for label, _ in shown) + 2
    outer = " " * (indent + 2)
    found: list[str] = []
    for label, value in shown:
        first = " " * indent + pad(label, column)
        rest = " " * (indent + column)
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, Sequence):
            values = [str(values)]
        for each in values:
            lines = fill(str(each), WIDTH, first, rest)
            if first == rest and max(map(width, lines)) > WIDTH:
                lines = fill(str(each), WIDTH, outer, outer)
            found += lines
            first = rest
    return "\n".join(found)


FUNCTIONS = {
    each.__name__: each for each in (heading, title, banner, paragraph, line, rows)
}
"""By the names that templates know them by."""
