"""Python-Markdown as advisories need it, stopped before it writes HTML."""

from __future__ import annotations

import functools
import re
import string
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ElementTree, SubElement

import markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.inlinepatterns import (
    BACKTICK_RE,
    REFERENCE_RE,
    InlineProcessor,
    SubstituteTagInlineProcessor,
)
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

from publisher.markup import blocks, within
from publisher.markup.blocks import Block, Kind
from publisher.markup.emphasis import Emphasis
from publisher.markup.joining import JoinLines
from publisher.markup.limits import (
    MAX_CELLS,
    ExcessError,
    check_searches,
    check_text,
)
from publisher.markup.source import outline

if TYPE_CHECKING:
    from collections.abc import Iterable

ELEMENTS = frozenset(
    (
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote"),
        *("ul", "ol", "li", "pre", "code", "strong", "em", "a"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    )
)
"""The tags that `tree` can produce."""
PARENTHESIS = "parenthesis"
"""The class of a list whose numbers are written as `1)`."""

_DEFINITION = re.compile(
    r"\[([^\[\]\n^][^\[\]\n]*)\]:[ \t]*"
    r"(?:<([^<>\n]*)>|([A-Za-z][A-Za-z0-9+.-]*:[^\s<>]+))[ \t]*"
)
_UNWANTED = ("html", "entity", "em_strong", "em_strong2", "automail", "linebreak",
             "image_link", "image_reference", "short_image_ref")  # fmt: skip


def tree(body: str) -> Element:
    """Return the tree of `body`, or raise ExcessError."""
    try:
        return _reader().tree(body)
    except (ExcessError, RecursionError) as error:
        # What was begun with this body must not be gone on with in the next one.
        _reader.cache_clear()
        if isinstance(error, ExcessError):
            raise
        msg = "links are nested too deeply"
        raise ExcessError(msg) from error


@functools.cache
def _reader() -> _Reader:
    return _Reader()


class _Reader(markdown.Markdown):
    """Keeps the tree that Python-Markdown would have written as HTML."""

    def __init__(self) -> None:
        super().__init__(extensions=[_Dialect()])
        self.ESCAPED_CHARS = list(string.punctuation)
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


class _Dialect(Extension):
    """Takes out what may carry markup, and puts in what CommonMark reads otherwise."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        md.preprocessors.deregister("html_block")
        md.preprocessors.register(_Unmarked(), "normalize_whitespace", 30)
        md.postprocessors.deregister("raw_html")
        md.postprocessors.deregister("amp_substitute")
        md.treeprocessors.deregister("prettify")
        md.parser = _Blocks(md)
        for name in _UNWANTED:
            # Not each version has all of them.
            md.inlinePatterns.deregister(name, strict=False)
        for processor, name, priority in _within(md):
            md.inlinePatterns.register(processor, name, priority)
        md.treeprocessors.register(_BoundSearches(), "bound", 25)
        md.treeprocessors.register(Emphasis(md), "emphasis", 15)
        md.treeprocessors.register(JoinLines(), "join", -10)


def _within(md: markdown.Markdown) -> Iterable[tuple[InlineProcessor, str, int]]:
    yield within.CodeSpan(BACKTICK_RE), "backtick", 190
    yield within.Reference(REFERENCE_RE, md), "reference", 170
    yield within.ShortReference(REFERENCE_RE, md), "short_reference", 130
    # After the escapes, so that the second of two backslashes breaks no line.
    yield SubstituteTagInlineProcessor(r"\\\n| {2,}\n", "br"), "break", 175
    yield within.MarkedMail(f"<({within.MAIL})>", md), "mail", 110
    yield within.BareUrl(within.BARE_URL, md), "bare_url", 70
    yield within.BareMail(within.BARE_MAIL, md), "bare_mail", 65


class _Unmarked(Preprocessor):
    """Takes out the characters with which Python-Markdown marks its own places."""

    def run(self, lines: list[str]) -> list[str]:
        return [line.replace(STX, "").replace(ETX, "") for line in lines]


class _Blocks(BlockParser):
    """Makes elements of the blocks that `publisher.markup.blocks` reads."""

    def parseDocument(self, lines: Iterable[str]) -> ElementTree:  # noqa: N802
        self.root = Element(self.md.doc_tag)
        body = outline("\n".join(lines))
        self._cells = 0
        self._put_all(body.blocks, self.root)
        return ElementTree(self.root)

    def _put_all(self, held: Iterable[Block], parent: Element) -> None:
        for block in held:
            self._put(block, parent)

    def _put(self, block: Block, parent: Element) -> None:
        match block.kind:
            case Kind.PARAGRAPH:
                self._paragraph(block, parent)
            case Kind.HEADING:
                heading = SubElement(parent, f"h{block.level}")
                heading.text = self._text(block)
            case Kind.CODE:
                code = SubElement(SubElement(parent, "pre"), "code")
                code.text = AtomicString("\n".join(block.code))
            case Kind.TABLE:
                self._table(block, SubElement(parent, "table"))
            case Kind.RULE:
                SubElement(parent, "hr")
            case Kind.LIST:
                self._list(block, parent)
            case _:
                self._put_all(block.blocks, SubElement(parent, "blockquote"))

    def _paragraph(self, block: Block, parent: Element) -> None:
        lines = block.lines
        # Definitions stand before all else of a paragraph (section 4.7).
        while lines and (definition := _DEFINITION.fullmatch(lines[0])):
            url = definition[3] if definition[2] is None else definition[2]
            self.md.references.setdefault(within.label(definition[1]), (url, ""))
            lines = lines[1:]
        if lines:
            text = "\n".join(lines).rstrip(" \t")
            check_text(text, block.first)
            SubElement(parent, "p").text = text

    @staticmethod
    def _text(block: Block) -> str:
        text = "\n".join(block.lines).rstrip(" \t")
        check_text(text, block.first)
        return text

    def _list(self, block: Block, parent: Element) -> None:
        is_numbered = block.mark in ".)"
        found = SubElement(parent, "ol" if is_numbered else "ul")
        if is_numbered and block.blocks[0].number != 1:
            found.set("start", str(block.blocks[0].number))
        if block.mark == ")":
            found.set("class", PARENTHESIS)
        is_loose = block.is_loose
        for each in block.blocks:
            item = SubElement(found, "li")
            self._put_all(each.blocks, item)
            if not is_loose and len(item) and item[0].tag == "p":
                self._tighten(item)

    @staticmethod
    def _tighten(item: Element) -> None:
        """Put the text of an item that holds nothing but lists beside it."""
        if all(child.tag in ("ul", "ol") for child in item[1:]):
            item.text = item[0].text
            item.remove(item[0])

    def _table(self, block: Block, table: Element) -> None:
        head, delimiters, *rows = block.lines
        aligned = blocks.alignments(delimiters)
        self._cells += len(aligned) * (1 + len(rows))
        if self._cells > MAX_CELLS:
            msg = f"more than {MAX_CELLS} cells in tables"
            raise ExcessError(msg, block.first)
        self._row(SubElement(table, "thead"), "th", head, aligned)
        body = SubElement(table, "tbody")
        for row in rows:
            self._row(body, "td", row, aligned)

    @staticmethod
    def _row(parent: Element, tag: str, line: str, aligned: list[str]) -> None:
        check_text(line, 0)
        row = SubElement(parent, "tr")
        texts = blocks.cells(line)
        texts += [""] * (len(aligned) - len(texts))
        for text, alignment in zip(texts, aligned, strict=False):
            cell = SubElement(row, tag)
            cell.text = text
            if alignment:
                cell.set("style", f"text-align: {alignment};")


class _BoundSearches(Treeprocessor):
    """Stops paragraphs in which looking for links would take too long."""

    def run(self, root: Element) -> None:
        texts = (
            text for element in root.iter() for text in (element.text, element.tail)
        )
        check_searches([t for t in texts if t and not isinstance(t, AtomicString)])
