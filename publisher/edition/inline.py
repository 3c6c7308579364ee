"""What stands within a paragraph: plain words, code in backquotes, numbered links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from publisher import markup
from publisher.edition.layout import Piece, flat

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Inline = Sequence["str | Element"]
"""Text and the elements between it, in their order."""

_DEPTH = 16
_NO_BREAK = "\N{NO-BREAK SPACE}"


class BodyError(ValueError):
    """A body holds something that cannot be written as plain text."""

    def __init__(self, message: str, words: str = "") -> None:
        """Take words that stand where it is."""
        self.words = words
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Target:
    """An address that the text refers to as `[number]`."""

    number: int
    title: str
    """What the reference, or the first link to it, is called; it may be empty."""
    url: str


@dataclass(slots=True)
class Links:
    """The addresses that a text refers to, numbered from 1 as they come.

    The references of the front matter come first, so that a body can cite them.
    """

    base: str
    """The address of the page, which relative addresses start from."""
    targets: list[Target] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def add(self, url: str, title: str) -> int:
        """Give an address the next number, or raise BodyError if it is none.

        Links to an address that was added twice have its first number.
        """
        whole = self.whole(url)
        self.targets.append(Target(len(self.targets) + 1, title, whole))
        return self._numbers.setdefault(whole, len(self.targets))

    def number(self, url: str, title: str) -> int:
        """Return the number of an address, or raise BodyError if it is none.

        The same address has one number, wherever it stands.
        """
        return self._numbers.get(self.whole(url)) or self.add(url, title)

    def whole(self, url: str) -> str:
        """Return an address as readers need it, or raise BodyError if it is none."""
        try:
            return "%20".join(urljoin(self.base, url).split())
        except ValueError as error:
            msg = f"{url!r} is no address: {error}"
            raise BodyError(msg, url) from error


def children(element: Element) -> list[str | Element]:
    """Return what an element holds: its texts and its elements, in their order."""
    held: list[str | Element] = [element.text or ""]
    for child in element:
        held += [child, child.tail or ""]
    return held


def lines(inline: Inline, links: Links) -> list[list[Piece]]:
    """Return the pieces of each line; lines end where the author broke them."""
    broken: list[list[Piece]] = [[]]
    for piece in _pieces(inline, links):
        if piece is None:
            broken.append([])
        else:
            broken[-1].append(piece)
    return broken


def line(element: Element, links: Links) -> str:
    """Return what an element holds as one line of text."""
    return " ".join(filter(None, map(flat, lines(children(element), links))))


def _pieces(inline: Inline, links: Links, depth: int = 0) -> Iterator[Piece | None]:
    """Yield the pieces of a paragraph; None is the end of a line."""
    if depth > _DEPTH:
        msg = "emphasis and links are nested too deeply"
        raise BodyError(msg, _words(inline))
    for item in inline:
        if isinstance(item, str):
            yield Piece(item)
        elif item.tag == "br":
            yield None
        elif item.tag == "code":
            yield _code(item.text or "")
        elif item.tag == "a":
            yield from _link(item, links, depth + 1)
        else:
            # Emphasis has no sign of its own in plain text.
            yield from _pieces(children(item), links, depth + 1)


def _words(inline: Inline) -> str:
    return "".join(i if isinstance(i, str) else "".join(i.itertext()) for i in inline)


def _code(text: str) -> Piece:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    blank = " " if longest else ""
    return Piece(fence + blank + " ".join(text.split("\n")) + blank + fence, kept=True)


def _link(element: Element, links: Links, depth: int) -> Iterator[Piece | None]:
    url = element.get("href", "")
    pieces = list(_pieces(children(element), links, depth))
    text = flat([piece for piece in pieces if piece is not None])
    if text and text in (url, url.removeprefix("mailto:")):
        # As it is written: between brackets, no program takes what follows as part of
        # it (RFC 3986, appendix C).
        yield Piece(
            text if element.get(markup.BARE) is not None else f"<{text}>", kept=True
        )
        return
    yield from pieces
    if not url or url.startswith("#"):
        return
    if text and not markup.is_wide(text[-1]):
        yield Piece(_NO_BREAK)
    yield Piece(f"[{links.number(url, text)}]", kept=True, joined=True)
