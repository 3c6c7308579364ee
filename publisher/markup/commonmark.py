"""The second reader: what a forge shows of a body (CommonMark and GFM).

It is markdown-it-py, which others wrote and keep, so that a mistake of ours is seen:
where the two do not read the same text, nothing is signed. In one thing only it is told
to read as we do: emphasis beside Japanese brackets (see `publisher.markup.emphasis`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline.state_inline import Scanned, StateInline
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from publisher.markup.emphasis import flanking
from publisher.markup.reading import BREAK, Foreign, Mark, Part, Reading, Role

if TYPE_CHECKING:
    from markdown_it.token import Token
    from markdown_it.utils import EnvType


def read(body: str) -> Reading:
    """Return what a forge would show of `body`."""
    tokens = _markdown().parse(body)
    found = _Walk()
    parts = tuple(found.parts(tokens))
    return Reading(parts, tuple(found.foreign), tuple(found.marks))


@functools.cache
def _markdown() -> MarkdownIt:
    markdown = _Markdown("commonmark", {"html": True, "linkify": True})
    markdown.enable(["table", "strikethrough", "linkify"])
    markdown.disable("text_join")
    if markdown.linkify is not None:
        markdown.linkify.set({"fuzzy_link": False})
    return markdown.use(footnote_plugin, inline=False, move_to_end=False).use(
        tasklists_plugin
    )


class _Markdown(MarkdownIt):
    """Leaves addresses as they are written."""

    def configure(self, *args: Any, **options: Any) -> MarkdownIt:
        self.inline = _Inline()
        return super().configure(*args, **options)

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802
        return True


class _Inline(ParserInline):
    """Reads with marks that know Japanese brackets."""

    def parse(
        self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]
    ) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


class _State(StateInline):
    """Sees the text around a run of marks."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803
        scanned = super().scanDelims(start, canSplitWord)
        if self.src[start] not in "*_":
            return scanned
        end = start + scanned.length
        before = self.src[start - 1] if start else "\n"
        after = self.src[end] if end < self.posMax else "\n"
        if before.isascii() and after.isascii():
            return scanned
        opens, closes = flanking(self.src[start], before, after)
        return Scanned(opens, closes, scanned.length)


_SIMPLE = {
    "tr_open": "row",
    "hr": "rule",
    "blockquote_open": "quotation",
    "blockquote_close": "end",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "bullet_list_close": "end",
    "ordered_list_close": "end",
    "list_item_open": "item",
}
_TEXTS = {"paragraph_open": "text", "th_open": "cell", "td_open": "cell"}
_CODE = ("fence", "code_block")
_TASK = "task-list-item-checkbox"
_FOREIGN = {
    "html_inline": Foreign.HTML,
    "image": Foreign.IMAGE,
    "footnote_ref": Foreign.FOOTNOTE,
    "s_open": Foreign.STRIKETHROUGH,
}
_EMPHASIS = ("em_open", "em_close", "strong_open", "strong_close")


class _Walk:
    """Goes through the tokens once."""

    def __init__(self) -> None:
        self.foreign: list[tuple[Foreign, int, str]] = []
        self.marks: list[Mark] = []

    def parts(self, tokens: Sequence[Token]) -> Iterator[Part]:
        """Yield what is shown, and note the rest."""
        kind, line = "text", 0
        for token in tokens:
            line = token.map[0] if token.map else line
            if token.type == "inline":
                text = _Text(token.content, line)
                text.read(token.children or [])
                yield Part(kind, "".join(text.shown), line)
                yield from text.links
                self.foreign += text.foreign
                self.marks += text.marks
            elif token.type in _SIMPLE:
                yield Part(_SIMPLE[token.type], _begin(token), line)
            elif token.type in _CODE:
                yield Part("code", token.content.removesuffix("\n"), line)
            elif token.type == "html_block":
                self.foreign.append((Foreign.HTML, line, token.content))
            elif token.type == "footnote_open":
                self.foreign.append((Foreign.FOOTNOTE, line, token.content))
            kind = _TEXTS.get(
                token.type, token.tag if token.type == "heading_open" else kind
            )


def _begin(token: Token) -> str:
    """Return what a list begins with: its first number, or the sign of all others."""
    if token.type == "ordered_list_open":
        return f"{token.attrs.get('start', 1)}{token.markup}"
    return "-" if token.type == "bullet_list_open" else ""


class _Text:
    """Goes through a paragraph, and finds its tokens in the source again."""

    def __init__(self, source: str, line: int) -> None:
        self.shown: list[str] = []
        self.links: list[Part] = []
        self.foreign: list[tuple[Foreign, int, str]] = []
        self.marks: list[Mark] = []
        self._source = source
        self._line = line
        self._at = 0

    def read(self, tokens: Sequence[Token]) -> None:
        """Take the tokens in their order."""
        for token in tokens:
            if token.type in _FOREIGN or token.info == "entity":
                self._foreign(token)
            elif token.type == "text_special" and token.content != token.markup:
                self._mark(token.markup, 1, Role.ESCAPES)
                self.shown.append(token.content)
            elif token.type in _EMPHASIS:
                role = Role.OPENS if token.nesting > 0 else Role.CLOSES
                self._mark(token.markup, len(token.markup), role)
            elif token.type == "link_open":
                self._open_link(token)
            elif token.type == "link_close":
                self._close_link(token)
            else:
                self._plain(token)

    def _plain(self, token: Token) -> None:
        match token.type:
            case "softbreak" | "hardbreak":
                self._pass("\n")
                self.shown.append(" " if token.type == "softbreak" else BREAK)
            case "code_inline":
                self._pass(token.markup)
                closing = f"(?<!`){token.markup}(?!`)"
                found = re.compile(closing).search(self._source, self._at)
                self._at = found.end() if found else self._at
                self.shown.append(f"`{token.content}`")
            case _:
                self._pass(token.content)
                self.shown.append(token.content)

    def _foreign(self, token: Token) -> None:
        what = _FOREIGN.get(token.type, Foreign.ENTITY)
        if _TASK in token.content:
            what = Foreign.TASK
        line = self._line + self._source.count("\n", 0, self._at)
        self.foreign.append((what, line, token.markup or token.content))
        self._pass(token.markup or token.content)

    def _mark(self, markup: str, size: int, role: Role) -> None:
        start = self._source.find(markup, self._at)
        if start >= 0:
            end = start + size
            self.marks.append(Mark(self._source, start, end, self._line, role))
            self._at = start + len(markup)

    def _open_link(self, token: Token) -> None:
        if token.markup != "linkify":
            self._pass("<" if token.markup == "autolink" else "[")
            line = self._line + self._source.count("\n", 0, self._at)
            self.links.append(Part("link", str(token.attrs.get("href", "")), line))

    def _close_link(self, token: Token) -> None:
        if token.markup:
            self._pass(">" if token.markup == "autolink" else "")
            return
        self._pass("]")
        following = self._source[self._at : self._at + 1]
        if following == "(":
            self._pass(str(self.links[-1].text))
            self._pass(")")
        elif following == "[":
            self._pass("]")

    def _pass(self, words: str) -> None:
        """Go on behind `words`, if they stand somewhere from here on."""
        found = self._source.find(words, self._at)
        if found >= 0:
            self._at = found + len(words)
