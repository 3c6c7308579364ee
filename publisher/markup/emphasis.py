"""Emphasis by the rules of CommonMark 0.31.2 (section 6.2), in a tree of inline parts.

It is read after all else within a line, so that code, links and escaped marks are out
of the way. Marks beside Japanese brackets count as well: there a sentence goes on
without a blank, and CommonMark would leave the marks of `**「重要」**です` standing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX

from publisher.markup.widths import is_wide
from publisher.markup.within import BARE

if TYPE_CHECKING:
    from collections.abc import Sequence

_RUN = re.compile(r"\*+|_+")
_ESCAPED = re.compile(f"{STX}([0-9]+){ETX}")
_ENDS = {"code": ("`", "`"), "a": ("[", ")")}


@dataclass(slots=True)
class _Run:
    """A run of one mark, and how much of it has opened and closed something."""

    mark: str
    size: int
    opens: bool
    closes: bool
    left: int
    opened: list[int] = field(default_factory=list)
    """Sizes, 1 or 2, from the inside outwards; likewise what it closed."""
    closed: list[int] = field(default_factory=list)


class Emphasis(Treeprocessor):
    """Makes `em` and `strong` of the marks that are left in a tree."""

    def run(self, root: Element) -> None:
        """Change the tree in place."""
        for element in list(root.iter()):
            if _has_marks(element) and not _is_verbatim(element):
                _emphasise(element)


def _is_verbatim(element: Element) -> bool:
    """Tell whether an element is code, or an address that is its own text."""
    url = element.get("href", "")
    is_address = element.tag == "a" and element.text in (
        url,
        url.removeprefix("mailto:"),
    )
    return element.tag in ("code", "pre") or is_address


def _has_marks(element: Element) -> bool:
    texts = [element.text, *(child.tail for child in element)]
    return any(text and ("*" in text or "_" in text) for text in texts)


def _emphasise(element: Element) -> None:
    parts = list(_parts(element))
    _pair([part for part in parts if isinstance(part, _Run)])
    element.text = None
    for child in list(element):
        element.remove(child)
        child.tail = None
    _build(element, parts)


def _parts(element: Element) -> Iterator[str | Element | _Run]:
    """Yield texts, elements and runs of marks in their order."""
    before, end = ("[", "]") if element.tag == "a" else ("\n", "\n")
    children = list(element)
    texts = [element.text or "", *(child.tail or "" for child in children)]
    for index, text in enumerate(texts):
        following = children[index] if index < len(children) else None
        after, then = (end, "") if following is None else _beside(following)
        yield from _runs(text, before, after)
        if following is not None:
            yield following
            before = then


def _beside(element: Element) -> tuple[str, str]:
    """Return what stands at the two ends of an element in the source."""
    text = element.text or ""
    if element.get(BARE) is not None and text:
        return text[0], text[-1]
    return _ENDS.get(element.tag, ("\n", "\n"))


def _runs(text: str, before: str, after: str) -> Iterator[str | _Run]:
    position = 0
    for match in _RUN.finditer(text):
        if match.start() > position:
            yield text[position : match.start()]
        last = _last(text, match.start()) or before
        following = _first(text, match.end()) or after
        size = len(match[0])
        opens, closes = flanking(match[0][0], last, following)
        yield _Run(match[0][0], size, opens, closes, size)
        position = match.end()
    if position < len(text):
        yield text[position:]


def _last(text: str, end: int) -> str:
    """Return the character before `end`, as it will be read; empty: there is none."""
    if text[end - 1 : end] == ETX:
        escaped = _ESCAPED.fullmatch(text, text.rindex(STX, 0, end), end)
        return chr(int(escaped[1])) if escaped else ""
    return text[end - 1] if end else ""


def _first(text: str, start: int) -> str:
    escaped = _ESCAPED.match(text, start)
    return chr(int(escaped[1])) if escaped else text[start : start + 1]


def flanking(mark: str, before: str, after: str) -> tuple[bool, bool]:
    """Tell whether a run of marks between two characters can open and close emphasis.

    `mark` is an asterisk or a low line; what ends a paragraph counts as a line feed.
    """
    is_left = _flanks(after, before)
    is_right = _flanks(before, after)
    if mark == "*":
        return is_left, is_right
    opens = is_left and (not is_right or _is_punctuation(before))
    closes = is_right and (not is_left or _is_punctuation(after))
    return opens, closes


def _flanks(inner: str, outer: str) -> bool:
    """Tell whether marks between the two can belong to `inner`."""
    if inner.isspace():
        return False
    if is_wide(inner) or not _is_punctuation(inner):
        return True
    return outer.isspace() or _is_punctuation(outer) or is_wide(outer)


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _pair(runs: Sequence[_Run]) -> None:
    """Find which marks belong together; the time grows with their number only."""
    openers: list[_Run] = []
    # How many of the openers are known not to fit a mark of a kind.
    bottoms: dict[tuple[str, bool, int], int] = {}
    for run in runs:
        while run.closes and run.left:
            kind = (run.mark, run.opens, run.size % 3)
            found = _opener(openers, run, bottoms.get(kind, 0))
            if found is None:
                bottoms[kind] = len(openers)
                break
            opener = openers[found]
            size = 2 if min(opener.left, run.left) >= 2 else 1
            opener.left -= size
            run.left -= size
            opener.opened.append(size)
            run.closed.append(size)
            del openers[found + (opener.left > 0) :]
            bottoms = {key: min(at, len(openers)) for key, at in bottoms.items()}
        if run.opens and run.left:
            openers.append(run)


def _opener(openers: Sequence[_Run], closer: _Run, bottom: int) -> int | None:
    for index in range(len(openers) - 1, bottom - 1, -1):
        opener = openers[index]
        is_both = opener.closes or closer.opens
        is_odd = (opener.size + closer.size) % 3 == 0 and closer.size % 3 != 0
        if opener.mark == closer.mark and not (is_both and is_odd):
            return index
    return None


def _build(root: Element, parts: Sequence[str | Element | _Run]) -> None:
    open_elements = [root]
    for part in parts:
        if isinstance(part, _Run):
            del open_elements[len(open_elements) - len(part.closed) :]
            _append(open_elements[-1], part.mark * part.left)
            for size in reversed(part.opened):
                inner = Element("strong" if size == 2 else "em")
                open_elements[-1].append(inner)
                open_elements.append(inner)
        elif isinstance(part, str):
            _append(open_elements[-1], part)
        else:
            open_elements[-1].append(part)


def _append(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
