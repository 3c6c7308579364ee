"""What another reader of Markdown shows: parts that a signed text has to hold.

The reader is markdown-it-py: CommonMark with GFM's tables, strikethrough and bare
addresses, and HTML as the text that it is. A plain text has signs of its own; they are
patterns between the words, most of which may be missing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import linkify_it  # type: ignore[import-untyped]
from markdown_it import MarkdownIt
from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Words:
    """Text, letter by letter; blanks and line ends are alike."""

    text: str


@dataclass(frozen=True, slots=True)
class Sign:
    """What a plain text writes beside the words."""

    pattern: re.Pattern[str]
    is_needed: bool = False
    opens: bool = False
    """Whether it is a bracket, which another one has to close."""
    closes: bool = False
    """Whether it is there only if the last bracket that opens was."""


@dataclass(frozen=True, slots=True)
class Table:
    """Cells, row by row; laid out in columns, or as records with labels."""

    rows: tuple[tuple[Parts, ...], ...]


Part = Words | Sign | Table
Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """All that is shown of a body."""

    parts: Parts
    codes: tuple[str, ...]
    """Blocks of code, verbatim."""
    addresses: tuple[str, ...]
    """Where links lead that do not show it."""


def _sign(pattern: str, *, needed: bool = False) -> Sign:
    return Sign(re.compile(pattern), needed)


_BREAK = _sign(r"\s*")
_BULLET = _sign(r"[*•+-](?=\s|\Z)")
_UNDERLINE = _sign(r"[ ]*\n[ >]*[=~^\"-]+[ ]*(?=\n|\Z)")
_RULE = _sign(r"[\s>]*[~=*_-]{3,}[ ]*(?=\n|\Z)")
_TICKS = _sign(r"\s*`+ ?")
_LAST_TICKS = _sign(r"\s*`+")
_STRUCK = _sign(r"~~")
_OPEN = Sign(re.compile(r"\s*<"), opens=True)
_CLOSE = Sign(re.compile(r">"), closes=True)
_NUMBER = _sign(r"[ \u00a0]?\[[0-9]+\]")


def read(body: str) -> Reading:
    """Read `body`."""
    tokens = _reader().parse(body)
    codes = [token.content for token in tokens if token.type in ("fence", "code_block")]
    inner = [each for token in tokens for each in token.children or ()]
    # A bare address shows where it leads.
    links = (t for t in inner if t.type == "link_open" and t.markup != "linkify")
    hrefs = [str(each.attrGet("href")) for each in links]
    return Reading(tuple(_blocks(tokens)), tuple(codes), tuple(dict.fromkeys(hrefs)))


def has_html(body: str) -> bool:
    """Tell whether CommonMark finds HTML in `body`: it is not Markdown alone."""
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    every = (each for token in tokens for each in (token, *(token.children or ())))
    return any(each.type in ("html_block", "html_inline") for each in every)


class _Verbatim(MarkdownIt):
    """Letters are compared, so that an address stays as it is written."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802
        return True


@functools.cache
def _reader() -> MarkdownIt:
    reader = _Verbatim("commonmark", {"html": False, "linkify": True})
    reader.enable(["table", "strikethrough", "linkify"])
    # GFM makes no links of `file.py` and the like.
    reader.linkify = linkify_it.LinkifyIt(options={"fuzzy_link": False})
    return reader


def _blocks(tokens: Sequence[Token]) -> Iterator[Part]:
    at = 0
    lists: list[tuple[str, int]] = []
    while at < len(tokens):
        token = tokens[at]
        if token.type == "table_open":
            end = next(n for n in range(at, len(tokens)) if _closes(tokens[n]))
            yield _BREAK
            yield _table(tokens[at:end])
            at = end
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append((token.type, int(token.attrGet("start") or 1)))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            kind, number = lists[-1]
            lists[-1] = (kind, number + 1)
            yield _BREAK
            yield _BULLET if kind == "bullet_list_open" else _numbered(number, token)
        else:
            yield from _block(token)
        at += 1


def _closes(token: Token) -> bool:
    return token.type == "table_close"


def _numbered(number: int, token: Token) -> Sign:
    return _sign(rf"(?:{number}|{re.escape(token.info)})[.)](?=\s|\Z)", needed=True)


def _block(token: Token) -> Iterator[Part]:
    if token.type == "heading_close":
        yield _UNDERLINE
    yield _BREAK
    if token.type == "inline":
        yield from _inline(token.children or ())
    elif token.type in ("fence", "code_block"):
        yield Words(token.content.strip())
    elif token.type == "hr":
        yield _RULE


def _table(tokens: Sequence[Token]) -> Table:
    rows: list[list[Parts]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(tuple(_inline(token.children or ())))
    return Table(tuple(map(tuple, rows)))


def _inline(tokens: Sequence[Token]) -> Iterator[Part]:
    for token in tokens:
        match token.type:
            case "softbreak" | "hardbreak":
                yield Words("\n")
            case "code_inline":
                yield from (_TICKS, Words(token.content), _LAST_TICKS)
            case "link_open":
                yield _OPEN
            case "link_close" if token.markup in ("linkify", "autolink"):
                yield _CLOSE
            case "link_close":
                yield from (_CLOSE, _NUMBER)
            case "s_open" | "s_close":
                yield _STRUCK
            case _:
                # An image shows its description here.
                yield Words(token.content)
