"""Python-Markdown with what advisories need, stopped before it writes HTML."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

import markdown
from markdown.blockprocessors import ReferenceProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import BACKTICK_RE, BacktickInlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

from publisher.markup.limits import ExcessError, check_searches
from publisher.markup.source import fences

if TYPE_CHECKING:
    from collections.abc import Iterator

ELEMENTS = frozenset(
    (
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote"),
        *("ul", "ol", "li", "pre", "code", "strong", "em", "a"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    )
)
"""The tags that `parse` can produce."""

_PLACEHOLDER = re.compile(f"{STX}fence:([0-9]+){ETX}")


def tree(body: str) -> Element:
    """Return the tree of `body`, or raise ExcessError."""
    try:
        return _reader().tree(body)
    except (ExcessError, RecursionError) as error:
        # What was begun with this body must not be gone on with in the next one.
        _reader.cache_clear()
        if isinstance(error, ExcessError):
            raise
        msg = "emphasis is nested too deeply"
        raise ExcessError(msg) from error


def is_wide(character: str) -> bool:
    """Tell whether `character` takes two columns (UAX #11: wide or full-width)."""
    return unicodedata.east_asian_width(character) in "WF"


@functools.cache
def _reader() -> _Reader:
    return _Reader()


class _Reader(markdown.Markdown):
    """Keeps the tree that Python-Markdown would have written as HTML."""

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
        md.parser.blockprocessors.register(_Definitions(md.parser), "reference", 15)
        for name in ("html", "entity", "automail"):
            md.inlinePatterns.deregister(name)
        for name in ("image_link", "image_reference", "short_image_ref"):
            md.inlinePatterns.deregister(name)
        md.inlinePatterns.register(_CodeSpan(BACKTICK_RE), "backtick", 190)
        code: list[str] = []
        md.preprocessors.register(_TakeFences(code), "normalize_whitespace", 30)
        md.treeprocessors.register(_PutFences(code), "fences", 30)
        md.treeprocessors.register(_BoundSearches(), "bound", 25)
        md.treeprocessors.register(_JoinLines(), "join", -10)


class _Definitions(ReferenceProcessor):
    """Link definitions on one line, without a title; any other line stays text.

    Python-Markdown's pattern takes a time that grows with the square of a line.
    """

    # The empty groups stand where the class looks for the title.
    RE = re.compile(
        r"^[ ]{0,3}\[([^\[\]\n]*)\]:[ ]+([A-Za-z][A-Za-z0-9+.-]*:[^\s]+)()()()()[ ]*$",
        re.MULTILINE,
    )


class _BoundSearches(Treeprocessor):
    """Stops paragraphs in which looking for links would take too long."""

    def run(self, root: Element) -> None:
        texts = (
            text for element in root.iter() for text in (element.text, element.tail)
        )
        check_searches([t for t in texts if t and not isinstance(t, AtomicString)])


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
    """Keeps fenced code aside, so that nothing in it is read as Markdown.

    The rest becomes what Python-Markdown expects: no placeholders of its own, no
    tabs, and lines of blanks that are empty.
    """

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
            inner = [
                _dedent(line.expandtabs(4), indent) for line in lines[first + 1 : end]
            ]
            mark = f"{STX}fence:{len(self._code)}{ETX}"
            self._code.append("\n".join(inner))
            taken += map(_plain, lines[position:first])
            taken += ["", " " * indent + mark, ""]
            position = end + 1
        return [*taken, *map(_plain, lines[position:]), "", ""]


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
        texts = list(_texts(root))
        around = ["", *(getattr(element, name) for element, name in texts), ""]
        for index, (element, name) in enumerate(texts):
            if element.tag != "code" or name == "tail":
                before, text, after = around[index : index + 3]
                setattr(element, name, _joined(before, text, after))


def _texts(root: Element) -> Iterator[tuple[Element, str]]:
    """Yield where the texts of the tree are kept, in the order of reading."""
    if root.text:
        yield root, "text"
    for child in root:
        yield from _texts(child)
        if child.tail:
            yield child, "tail"


def _joined(before: str, text: str, after: str) -> str:
    """Join the lines of `text`, which stands between two other texts."""
    pieces = text.split("\n")
    joined = [pieces[0]]
    ends = [pieces[0] or before, *pieces[1:]]
    for last, piece in zip(ends, pieces[1:], strict=False):
        following = piece or after
        glued = last and following and is_wide(last[-1]) and is_wide(following[0])
        joined += [piece] if glued else [" ", piece]
    return "".join(joined)


def _plain(line: str) -> str:
    text = line.replace(STX, "").replace(ETX, "").replace("\r", " ").expandtabs(4)
    return text if text.strip(" ") else ""


def _dedent(line: str, indent: int) -> str:
    return line[indent:] if not line[:indent].strip(" ") else line.lstrip(" ")
