"""The body of one text, as markup reads it and as its author sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from publisher import markup
from publisher.markup import reading
from publisher.markup.blocks import Block, Kind
from publisher.source import Location

if TYPE_CHECKING:
    import re

    from publisher.markup.reading import Part, Reading
    from publisher.model.advisory import Text

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
    """The lines with blocks of code blanked out."""
    whole: str
    """The same in one."""
    prose: tuple[str, ...]
    """The lines with all code blanked out."""
    blocks: tuple[Block, ...]
    """All blocks, each before what it holds."""
    tree: Element
    """Empty if the body is beyond a limit; so are the two readings."""
    parts: tuple[Part, ...]
    """What page and signed text show."""
    forge: Reading
    """What a forge shows, by a reader that others wrote."""
    excess: markup.ExcessError | None
    headings: tuple[Heading, ...] = ()
    """In the order of the text."""
    links: tuple[Link, ...] = ()
    """In the order of the text."""

    @classmethod
    def read(cls, text: Text) -> Self:
        """Read the body of `text`; where it is beyond a limit, its tree is empty."""
        # Loading it takes a while, and what is built from a cache does not need it.
        from publisher.markup import commonmark

        lines = tuple(text.body.split("\n"))
        try:
            tree = markup.parse(text.body)
        except markup.ExcessError as error:
            return cls._empty(text, lines, error)
        unfenced = markup.unfenced(text.body)
        body = cls(
            text=text,
            lines=lines,
            unfenced=tuple(unfenced),
            whole="\n".join(unfenced),
            prose=tuple(markup.prose(text.body)),
            blocks=tuple(markup.outline(text.body).walk()),
            tree=tree,
            parts=tuple(reading.parts(tree)),
            forge=commonmark.read(text.body),
            excess=None,
        )
        found = tuple(body._headings()), tuple(body._links())
        return replace(body, headings=found[0], links=found[1])

    @classmethod
    def _empty(
        cls, text: Text, lines: tuple[str, ...], excess: markup.ExcessError
    ) -> Self:
        nothing = reading.Reading((), (), ())
        whole = "\n".join(lines)
        return cls(
            text, lines, lines, whole, lines, (), Element("div"), (), nothing, excess
        )

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
        elements = [each for each in self.tree.iter() if each.tag in HEADINGS]
        places = [block for block in self.blocks if block.kind is Kind.HEADING]
        for element, block in zip(elements, places, strict=True):
            text = " ".join("".join(element.itertext()).split())
            at = self.at(block.first, self.lines[block.first].find(block.lines[0][:1]))
            yield Heading(block.level, text, element not in top, at)

    def _links(self) -> Iterator[Link]:
        offset = 0
        for element in self.tree.iter("a"):
            url = element.get("href", "")
            offset, at = self.find(url, offset)
            yield Link(url, "".join(element.itertext()), element.get("title"), at)
