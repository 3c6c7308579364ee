"""The body of one text, as markup reads it and as its author sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from publisher import markup
from publisher.source import Location

if TYPE_CHECKING:
    from publisher.model.advisory import Text

_MARKED = re.compile(r"[ >*+0-9.-]*#")
_UNDERLINE = re.compile(r"[ >]*+(?:=+|-+) *")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, its level and whether it stands within something else."""

    level: int
    text: str
    is_nested: bool
    at: Location


@dataclass(frozen=True, slots=True)
class Link:
    """A link as readers meet it."""

    url: str
    text: str
    title: str | None
    at: Location


@dataclass(frozen=True, slots=True)
class Body:
    """A body in the forms that rules need."""

    text: Text
    lines: tuple[str, ...]
    unfenced: tuple[str, ...]
    """The lines with fenced code blanked out."""
    whole: str
    """The same in one."""
    prose: tuple[str, ...]
    """The lines with all code blanked out."""
    fences: tuple[tuple[int, int | None], ...]
    tree: Element
    """Empty if the body is beyond a limit."""
    excess: markup.ExcessError | None
    headings: tuple[Heading, ...] = ()
    """In the order of the text."""
    links: tuple[Link, ...] = ()
    """In the order of the text."""

    @classmethod
    def read(cls, text: Text) -> Self:
        """Read the body of `text`; where it is beyond a limit, its tree is empty."""
        lines = text.body.split("\n")
        fences = tuple(markup.fences(lines))
        unfenced = lines.copy()
        for first, last in fences:
            for index in range(first, len(lines) if last is None else last + 1):
                unfenced[index] = " " * len(lines[index])
        excess = None
        tree = Element("div")
        prose = unfenced
        try:
            tree = markup.parse(text.body)
            prose = markup.prose(text.body).split("\n")
        except markup.ExcessError as error:
            excess = error
        body = cls(
            text=text,
            lines=tuple(lines),
            unfenced=tuple(unfenced),
            whole="\n".join(unfenced),
            prose=tuple(prose),
            fences=fences,
            tree=tree,
            excess=excess,
        )
        found = tuple(body._headings()), tuple(body._links())
        return replace(body, headings=found[0], links=found[1])

    def at(self, index: int, offset: int = -1) -> Location:
        """Return a place by the index of its line and the offset in it."""
        return Location(self.text.source.path, self.text.body_line + index, offset + 1)

    def match(self, pattern: re.Pattern[str]) -> Iterator[tuple[Location, str]]:
        """Yield where `pattern` matches in the prose, line by line."""
        for index, line in enumerate(self.prose):
            for match in pattern.finditer(line):
                yield self.at(index, match.start()), match[0]

    def find(self, words: str, start: int = 0) -> tuple[int, Location]:
        """Return where `words` stand from the offset `start` on, and as a place.

        The tree does not say where its parts come from. What cannot be found, since
        it is written in another way, is placed at `start`.
        """
        offset = self.whole.find(words, start)
        if offset < 0:
            offset = min(start, len(self.whole))
        index = self.whole.count("\n", 0, offset)
        column = offset - (self.whole.rfind("\n", 0, offset) + 1)
        return offset, self.at(index, column)

    def _headings(self) -> Iterator[Heading]:
        top = set(self.tree)
        lines = list(self._heading_lines())
        for element in self.tree.iter():
            if element.tag in HEADINGS:
                text = " ".join("".join(element.itertext()).split())
                first = (element.text or text).strip() or "#"
                while len(lines) > 1 and first not in self.unfenced[lines[0]]:
                    del lines[0]
                index = lines.pop(0) if lines else 0
                at = self.at(index, self.unfenced[index].find(first))
                level = HEADINGS.index(element.tag) + 1
                yield Heading(level, text, element not in top, at)

    def _heading_lines(self) -> Iterator[int]:
        """Yield the lines that can be headings, marked or underlined."""
        for index, line in enumerate(self.unfenced):
            following = self.unfenced[index + 1 : index + 2]
            if _MARKED.match(line) or any(map(_UNDERLINE.fullmatch, following)):
                yield index

    def _links(self) -> Iterator[Link]:
        offset = 0
        for element in self.tree.iter("a"):
            url = element.get("href", "")
            offset, at = self.find(url, offset)
            yield Link(url, "".join(element.itertext()), element.get("title"), at)
