"""What Python-Markdown reads otherwise within a line: code spans and bare addresses."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import ClassVar
from xml.etree.ElementTree import Element

from markdown.inlinepatterns import (
    BacktickInlineProcessor,
    InlineProcessor,
    ReferenceInlineProcessor,
)
from markdown.util import AtomicString

BARE = "bare"
"""An attribute of links whose text is the address itself, without any marks."""

MAIL = (
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
"""A mail address between angle brackets (CommonMark, section 6.5)."""
BARE_MAIL = (
    r"(?<![A-Za-z0-9._+/-])[A-Za-z0-9._+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}"
    r"(?![A-Za-z0-9_-])"
)
"""One without them (GFM, section 6.9)."""
BARE_URL = r"(?<![A-Za-z0-9])https?://(?=[A-Za-z0-9\[])[!#-;=?-\[\]_a-z~]+"
"""An address in a text. Unlike GFM's it ends where the writing system changes, for in
Japanese no blank follows it."""

_TRAILING = "?!.,:;*_~'"
_PAIRS = {")": "(", "]": "["}

# Two parameters and three results are what Python-Markdown asks for.
_Found = tuple[Element | str | None, int | None, int | None]


class CodeSpan(BacktickInlineProcessor):
    """Code within a line, verbatim (section 6.1): whoever writes HTML escapes it."""

    def handleMatch(self, m: re.Match[str], data: str) -> _Found:  # type: ignore[override]  # noqa: N802
        """Return what stands up to as many backquotes as begin the span."""
        if m[1]:
            return super().handleMatch(m, data)
        opening = re.compile("`+").match(data, m.start())
        size = len(opening[0]) if opening else 0
        start = m.start() + size
        closing = re.compile(f"(?<!`)`{{{size}}}(?!`)").search(data, start)
        if closing is None:
            return None, m.start(), start
        code = data[start : closing.start()].replace("\n", " ")
        if code.strip(" ") and code[0] == code[-1] == " ":
            code = code[1:-1]
        element = Element("code")
        element.text = AtomicString(code)
        return element, m.start(), closing.end()


class Reference(ReferenceInlineProcessor):
    """A link by the name of its definition: `[words][name]` (section 6.3).

    No blank stands between the two, and brackets that are none may hold some that are.
    """

    RE_LINK = re.compile(r"\[([^\[\]]*)\]")

    def handleMatch(self, m: re.Match[str], data: str) -> _Found:  # type: ignore[override]  # noqa: N802
        """Return a link, if there is such a definition."""
        found, start, end = super().handleMatch(m, data)
        return (found, start, end) if found is not None else (None, start, m.end())

    def evalId(self, data: str, index: int, text: str) -> tuple[str | None, int, bool]:  # noqa: N802
        """Return the name of the definition, as `label` writes it."""
        name, end, is_found = super().evalId(data, index, text)
        return name and label(self.unescape(name)), end, is_found


class ShortReference(Reference):
    """A link by words that are the name of its definition: `[name]`."""

    def evalId(self, data: str, index: int, text: str) -> tuple[str | None, int, bool]:  # noqa: ARG002, N802
        """Return the name of the definition, as `label` writes it."""
        return label(self.unescape(text)), index, True


def label(name: str) -> str:
    """Return a name of a definition in the one form that is compared."""
    # Code in it has lost its marks when it is looked up.
    return " ".join(name.replace("`", "").casefold().split())


class MarkedMail(InlineProcessor):
    """A mail address between angle brackets."""

    def handleMatch(self, m: re.Match[str], data: str) -> _Found:  # type: ignore[override]  # noqa: ARG002, N802
        """Return a link to it."""
        return _link(m[1], f"mailto:{m[1]}"), m.start(), m.end()


class BareMail(InlineProcessor):
    """A mail address without any marks."""

    ANCESTOR_EXCLUDES: ClassVar[Collection[str]] = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> _Found:  # type: ignore[override]  # noqa: ARG002, N802
        """Return a link to it."""
        return _link(m[0], f"mailto:{m[0]}", is_bare=True), m.start(), m.end()


class BareUrl(InlineProcessor):
    """An address without any marks, less the punctuation of the sentence."""

    ANCESTOR_EXCLUDES: ClassVar[Collection[str]] = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> _Found:  # type: ignore[override]  # noqa: ARG002, N802
        """Return a link to it."""
        url = _trimmed(m[0])
        return _link(url, url, is_bare=True), m.start(), m.start() + len(url)


def _link(text: str, url: str, *, is_bare: bool = False) -> Element:
    element = Element("a")
    element.text = AtomicString(text)
    element.set("href", url)
    if is_bare:
        element.set(BARE, "")
    return element


def _trimmed(url: str) -> str:
    """Take away what belongs to the sentence around an address (GFM, section 6.9)."""
    spare = {end: url.count(end) - url.count(start) for end, start in _PAIRS.items()}
    end = len(url)
    while url[end - 1] in _TRAILING or spare.get(url[end - 1], 0) > 0:
        end -= 1
        if url[end] in spare:
            spare[url[end]] -= 1
    return url[:end]
