"""A source on its way to be mended: lines that know where they stood in the file."""

from __future__ import annotations

from dataclasses import dataclass

FENCE = "---"
"""The line before and the line after the front matter."""
BLANKS = "".join(
    (" \t\u3000\u00a0\u1680\u202f\u205f", *map(chr, range(0x2000, 0x200B)))
)
"""What counts as a blank at the end of a line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its line feed."""

    number: int
    """Of the file as it was read, from 1. What was made of one line keeps its number,
    so that whoever looks at the file finds what is spoken of."""
    text: str

    def but(self, text: str) -> Line:
        """Return the line with another text."""
        return Line(self.number, text)


Part = tuple[Line, ...]
"""The front matter with the lines around it, or the body."""


def lines(text: str) -> Part:
    """Return the lines of `text`; an empty one comes last if it ends with a feed."""
    return tuple(Line(number, line) for number, line in enumerate(text.split("\n"), 1))


def text(part: Part) -> str:
    """Return the lines of `part` as one text."""
    return "\n".join(line.text for line in part)


def parted(whole: Part) -> tuple[Part, Part]:
    """Return front matter and body; without front matter, everything is the body."""
    if whole[0].text == FENCE:
        for index, line in enumerate(whole[1:], 1):
            if line.text == FENCE:
                return whole[: index + 1], whole[index + 1 :]
    return (), whole


def changed(before: Part, after: Part) -> list[int]:
    """Return the numbers of the lines that differ or are gone."""
    old, new = _by_number(before), _by_number(after)
    return [number for number, texts in old.items() if new.get(number) != texts]


def _by_number(part: Part) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for line in part:
        found.setdefault(line.number, []).append(line.text)
    return found
