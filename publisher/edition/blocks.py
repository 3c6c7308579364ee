"""What templates lay out text with: each function returns lines without a last LF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from publisher.columns import NARROW, Measure
from publisher.edition.layout import WIDTH, fill, pad

INDENT = "  "
"""Before all that is no heading."""
RULE = "=" * WIDTH

_ESCAPED = ("-", "From ", ".")


def underlined(
    text: str, mark: str, columns: int = WIDTH, *, measure: Measure = NARROW
) -> list[str]:
    """Return a heading with a line of `mark` below it."""
    lines = fill(text, columns, measure=measure)
    if any(line.startswith(_ESCAPED) for line in lines):
        lines = fill(text, columns, " ", " ", measure=measure)
    return [*lines, mark * min(columns, max(map(measure.width, lines), default=0))]


def heading(text: str, *, measure: Measure = NARROW) -> str:
    """Return the heading of a section."""
    return "\n".join(underlined(text, "=", measure=measure))


def title(text: str, *, measure: Measure = NARROW) -> str:
    """Return the title of a document between two rules."""
    return "\n".join((RULE, *fill(text, WIDTH, INDENT, INDENT, measure=measure), RULE))


def banner(left: str, right: str, *, measure: Measure = NARROW) -> str:
    """Return a line with text at its two ends, or two lines if it is too short."""
    room = WIDTH - measure.width(right)
    if measure.width(left) < room:
        return pad(left, room, measure=measure) + right
    below = pad(right, WIDTH, "right", measure=measure)
    return "\n".join((*fill(left, measure=measure), below))


def paragraph(
    text: str,
    mark: str = "",
    indent: int = len(INDENT),
    *,
    measure: Measure = NARROW,
) -> str:
    """Return a paragraph, `indent` columns from the left and hanging from `mark`."""
    before = " " * indent
    rest = before + " " * measure.width(mark)
    return "\n".join(fill(text, WIDTH, before + mark, rest, measure=measure))


def line(text: str, indent: int = len(INDENT)) -> str:
    """Return an address or the like on a line of its own, however long it is."""
    return " " * indent + "".join(text.split("\n"))


def rows(
    pairs: Sequence[tuple[str, object]],
    indent: int = len(INDENT),
    *,
    measure: Measure = NARROW,
) -> str:
    """Return labels and values in two columns; a value of None is left out.

    A value can be a sequence: then each of its elements begins a line. What cannot
    be broken and is too long for its column stands further to the left.
    """
    shown = [(label, value) for label, value in pairs if value is not None]
    column = max(measure.width(label) for label, _ in shown) + 2
    outer = " " * (indent + 2)
    found: list[str] = []
    for label, value in shown:
        first = " " * indent + pad(label, column, measure=measure)
        rest = " " * (indent + column)
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, Sequence):
            values = [str(values)]
        for each in values:
            lines = fill(str(each), WIDTH, first, rest, measure=measure)
            if first == rest and max(map(measure.width, lines)) > WIDTH:
                lines = fill(str(each), WIDTH, outer, outer, measure=measure)
            found += lines
            first = rest
    return "\n".join(found)


_MEASURED = (heading, title, banner, paragraph, rows)
NAMES = ("line", *(each.__name__ for each in _MEASURED))
"""What templates know them by."""


def functions(measure: Measure) -> dict[str, Callable[..., str]]:
    """Return them by their names, for texts in a language that is measured so."""
    measured = {each.__name__: partial(each, measure=measure) for each in _MEASURED}
    return {"line": line, **measured}
