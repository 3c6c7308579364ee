"""What a reader that is not ours makes of a body: CommonMark with GFM's tables.

A mend counts only if this reader sees the same before and after it. It also says where
in the source the things stand that are to be mended, so that code is never taken for
prose.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import entity as entity_rule
from markdown_it.rules_inline import newline as newline_rule

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

POSITION = "position"
"""In the `meta` of a token: where it begins in the content of its inline token."""
_NESTING = 100
"""Beyond this depth the reader would leave text out; limits of bodies are lower."""
_BLANKS = re.compile(r"\s+")


@functools.lru_cache(maxsize=4)
def tokens(body: str) -> tuple[Token, ...]:
    """Return what the second reader makes of `body`; not to be changed."""
    return tuple(_reader().parse(body))


@functools.lru_cache(maxsize=4)
def shown(body: str) -> tuple[str, ...]:
    """Return text and structure of `body`, equal for what is read the same.

    Blanks and line ends of a text count as one blank, as in HTML; code is verbatim.
    Levels of headings are those below the highest one of the body.
    """
    found = tokens(body)
    levels = [int(token.tag[1:]) for token in found if token.type == "heading_open"]
    top = min(levels, default=1)
    return tuple(_without_empty(_shown(token, top) for token in found))


def inline(content: str) -> str:
    """Return what is shown of the inside of one paragraph, its links left aside."""
    (found,) = _reader().parseInline(content)
    return _children(found.children or ())


def verbatim(body: str) -> frozenset[int]:
    """Return the indexes of the lines that are code or HTML, without their fences."""
    inside: set[int] = set()
    for token in tokens(body):
        if token.map is None:
            continue
        first, end = token.map
        if token.type == "fence":
            inner = token.content.count("\n") + (token.content[-1:] not in ("", "\n"))
            inside.update(range(first + 1, first + 1 + inner))
        elif token.type in ("code_block", "html_block"):
            inside.update(range(first, end))
    return frozenset(inside)


@functools.cache
def _reader() -> MarkdownIt:
    reader = _Reader("commonmark", {"maxNesting": _NESTING, "linkify": True})
    reader.enable(["table", "strikethrough", "linkify"])
    if reader.linkify is not None:
        reader.linkify.set({"fuzzy_link": False})
    # What was an entity is told apart from other text until the end.
    reader.disable("text_join")
    reader.inline.ruler.at("newline", _placed(newline_rule))
    reader.inline.ruler.at("entity", _placed(entity_rule))
    return reader


class _Reader(MarkdownIt):
    """Leaves addresses as they are written, so that a change of one is seen."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


def _placed(
    rule: Callable[[StateInline, bool], bool],
) -> Callable[[StateInline, bool], bool]:
    """Return `rule`, which notes in what it makes where that stands."""

    def placing(state: StateInline, silent: bool) -> bool:
        position, made = state.pos, len(state.tokens)
        found = rule(state, silent)
        if found and len(state.tokens) > made:
            state.tokens[-1].meta = {POSITION: position}
        return found

    return placing


def _shown(token: Token, top: int) -> str:
    if token.type == "inline":
        return f"text {_children(token.children or ())}"
    if token.type in ("fence", "code_block"):
        return f"code {_same(token.info)} {_code(token.content)}"
    if token.type == "html_block":
        return f"html {_code(token.content)}"
    if token.type == "heading_open":
        return f"heading_open {int(token.tag[1:]) - top}"
    hidden = " tight" if token.hidden else ""
    return f"{token.type}{hidden}{_attributes(token.attrs)}"


def _children(children: Iterable[Token]) -> str:
    """Return the inside of a paragraph as one text, its marks between U+0001."""
    return _same("".join(_child(child) for child in children))


def _child(child: Token) -> str:
    match child.type:
        case "text" | "text_special":
            return child.content
        case "softbreak":
            return "\n"
        case "hardbreak":
            # Blanks at both sides of it are shown by no reader.
            return "\n\x01br\x01\n"
        case "image":
            inner = _children(child.children or ())
            return f"\x01image {inner}{_attributes(child.attrs)}\x01"
        case _:
            return f"\x01{child.type}{_attributes(child.attrs)} {child.content}\x01"


def _attributes(attributes: dict[str, Any]) -> str:
    return "".join(f" {name}={value}" for name, value in sorted(attributes.items()))


def _same(text: str) -> str:
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


def _code(content: str) -> str:
    return unicodedata.normalize("NFC", content).rstrip("\n")


def _without_empty(entries: Iterable[str]) -> Iterator[str]:
    """Leave out paragraphs in which there is nothing but blanks."""
    held: list[str] = []
    for entry in entries:
        held.append(entry)
        if len(held) == 1 and entry.startswith("paragraph_open"):
            continue
        if len(held) == 2 and entry == "text ":
            continue
        if len(held) == 3:
            held.clear()
            continue
        yield from held
        held.clear()
    yield from held
