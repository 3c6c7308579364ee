"""The Markdown of advisories: one parse, from which page and plain text are made.

What is understood is Python-Markdown's core with tables and fenced code, less
everything that could carry markup of the author's own: raw HTML, entities and
images are plain text here. A body therefore means the same on the page and in the
signed text, and nothing in it can become a tag that is not in ELEMENTS.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

import markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import BACKTICK_RE, BacktickInlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

if TYPE_CHECKING:
    from collections.abc import Iterator

ELEMENTS = frozenset(
    "h1 h2 h3 h4 h5 h6 p ul ol li pre code blockquote table thead tbody tr th td "
    "strong em a br hr".split()
)
"""The tags that `parse` can produce."""

MAX_CHARACTERS = 200_000
"""A body that is longer is refused."""
MAX_BLOCK = 20_000
"""So is one with a longer run of lines without a blank one between them,"""
MAX_BRACKETS = 400
"""and one with more opening brackets in such a run: the time that Python-Markdown
takes to look for links grows faster than their number."""
MAX_DEPTH = 12
"""Lists and quotations that stand in each other."""

_FENCE = re.compile(r"^( *)(`{3,}|~{3,})[ ]*([A-Za-z0-9_+-]*)[ ]*$")
_CODE_SPAN = re.compile(r"(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_PLACEHOLDER = re.compile(f"{STX}fence:([0-9]+){ETX}")
_NESTING = re.compile(r"[ >]*")


class ExcessError(ValueError):
    """A body is beyond one of the limits; `line` counts from 0 within it."""

    def __init__(self, message: str, line: int = 0) -> None:
        """Take the line on which the limit is passed."""
        self.line = line
        super().__init__(message)


def parse(body: str) -> Element:
    """Return the tree of `body`: a `div` with one child for each block.

    Text in the tree is what readers see: escapes are resolved, code is verbatim.
    Raise ExcessError if `body` is beyond a limit.
    """
    check_limits(body)
    return _reader().tree(body)


def lead(body: str) -> str:
    """Return the first paragraph of `body` in plain text; empty if it has none.

    Raise ExcessError if `body` is beyond a limit.
    """
    tree = parse(body)
    paragraph = tree.find("p")
    if paragraph is None:
        paragraph = tree.find(".//p")
    if paragraph is None:
        return ""
    for line_break in paragraph.iter("br"):
        line_break.text = " "
    return " ".join("".join(paragraph.itertext()).split())


def check_limits(body: str) -> None:
    """Raise ExcessError if `body` is larger or deeper than is read."""
    if len(body) > MAX_CHARACTERS:
        msg = f"the body has {len(body)} characters, more than {MAX_CHARACTERS}"
        raise ExcessError(msg)
    length = brackets = 0
    for number, line in enumerate(body.split("\n")):
        length = length + len(line) if line.strip() else 0
        brackets = brackets + line.count("[") if line.strip() else 0
        if length > MAX_BLOCK:
            msg = f"there are more than {MAX_BLOCK} characters without a blank line"
            raise ExcessError(msg, number)
        if brackets > MAX_BRACKETS:
            msg = f"there are more than {MAX_BRACKETS} brackets without a blank line"
            raise ExcessError(msg, number)
        lead_in = _NESTING.match(line)
        depth = lead_in[0].count(">") + lead_in[0].count("    ") if lead_in else 0
        if depth > MAX_DEPTH:
            msg = f"lists or quotations are nested deeper than {MAX_DEPTH} levels"
            raise ExcessError(msg, number)


def fences(lines: list[str]) -> Iterator[tuple[int, int | None]]:
    """Yield each fenced block as the indexes of its fences; None: never closed."""
    start: int | None = None
    fence = ""
    for index, line in enumerate(lines):
        match = _FENCE.match(line)
        if match is None:
            continue
        if start is None:
            start, fence = index, match[2]
        elif not match[3] and match[2][0] == fence[0] and len(match[2]) >= len(fence):
            yield start, index
            start = None
    if start is not None:
        yield start, None


def prose(body: str) -> str:
    """Return `body` with all code blanked out, every line and column in its place."""
    lines = body.split("\n")
    for first, last in fences(lines):
        for index in range(first, len(lines) if last is None else last + 1):
            lines[index] = " " * len(lines[index])
    paragraphs = re.split(r"(\n[ ]*\n)", "\n".join(lines))
    return "".join(_CODE_SPAN.sub(_blank, part) for part in paragraphs)


def is_wide(character: str) -> bool:
    """Tell whether `character` takes two columns (UAX #11: wide or full-width)."""
    return unicodedata.east_asian_width(character) in "WF"


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


@functools.cache
def _reader() -> _Reader:
    return _Reader()


class _Reader(markdown.Markdown):
    """Python-Markdown with our subset, stopped before it writes HTML."""

    def __init__(self) -> None:
        super().__init__(extensions=["tables", "sane_lists", _Subset()])
        self.serializer = self._keep
        self.stripTopLevelTags = False
        self._root = Element("div")

    def tree(self, body: str) -> Element:
        self._root = Element("div")
        self.reset()
        self.convert(body)
        return self._root

    def _keep(self, root: Element) -> str:
        self._root = root
        return ""


class _Subset(Extension):
    """Takes out what may carry markup, puts in code that stays in the tree."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        md.preprocessors.deregister("html_block")
        md.postprocessors.deregister("raw_html")
        md.postprocessors.deregister("amp_substitute")
        md.treeprocessors.deregister("prettify")
        md.parser.blockprocessors.deregister("code")
        for name in ("html", "entity", "automail"):
            md.inlinePatterns.deregister(name)
        for name in ("image_link", "image_reference", "short_image_ref"):
            md.inlinePatterns.deregister(name)
        md.inlinePatterns.register(_CodeSpan(BACKTICK_RE), "backtick", 190)
        code: list[str] = []
        md.preprocessors.register(_TakeFences(code), "fences", 25)
        md.treeprocessors.register(_PutFences(code), "fences", 30)
        md.treeprocessors.register(_JoinLines(), "join", -10)


class _CodeSpan(BacktickInlineProcessor):
    """Code within a line, verbatim: escaping is for whoever writes HTML."""

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element | str | None, int | None, int | None]:
        found, start, end = super().handleMatch(m, data)
        if isinstance(found, Element):
            text = (found.text or "").replace("&lt;", "<").replace("&gt;", ">")
            found.text = AtomicString(text.replace("&amp;", "&"))
        return found, start, end


class _TakeFences(Preprocessor):
    """Keeps fenced code aside, so that nothing in it is read as Markdown."""

    def __init__(self, code: list[str]) -> None:
        super().__init__()
        self._code = code

    def run(self, lines: list[str]) -> list[str]:
        self._code.clear()
        taken: list[str] = []
        position = 0
        for first, last in fences(lines):
            end = len(lines) if last is None else last
            indent = len(lines[first]) - len(lines[first].lstrip(" "))
            inner = [_dedent(line, indent) for line in lines[first + 1 : end]]
            mark = f"{STX}fence:{len(self._code)}{ETX}"
            self._code.append("\n".join(inner))
            taken += [*lines[position:first], "", " " * indent + mark, ""]
            position = end + 1
        return taken + lines[position:]


class _PutFences(Treeprocessor):
    """Puts the code back, as the only text that stands in `pre`."""

    def __init__(self, code: list[str]) -> None:
        super().__init__()
        self._code = code

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for index, child in enumerate(list(parent)):
                found = _PLACEHOLDER.fullmatch((child.text or "").strip())
                if child.tag == "p" and found and len(child) == 0:
                    parent[index] = self._block(int(found[1]), child.tail)
            found = _PLACEHOLDER.fullmatch((parent.text or "").strip())
            if found and parent.tag in ("li", "blockquote"):
                parent.text = None
                parent.insert(0, self._block(int(found[1]), None))

    def _block(self, number: int, tail: str | None) -> Element:
        block = Element("pre")
        block.tail = tail
        code = Element("code")
        code.text = AtomicString(self._code[number])
        block.append(code)
        return block


class _JoinLines(Treeprocessor):
    """Joins source lines: with a space, or with nothing between wide characters."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag == "pre":
                continue
            if element.tag != "code" and element.text:
                element.text = _joined(element.text)
            if element.tail:
                element.tail = _joined(element.tail)


def _joined(text: str) -> str:
    pieces = text.split("\n")
    joined = [pieces[0]]
    for before, piece in zip(pieces, pieces[1:], strict=False):
        glued = before and piece and is_wide(before[-1]) and is_wide(piece[0])
        joined += [piece] if glued else [" ", piece]
    return "".join(joined)


def _dedent(line: str, indent: int) -> str:
    return line[indent:] if not line[:indent].strip(" ") else line.lstrip(" ")
