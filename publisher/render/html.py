"""The body of an advisory as HTML: Markdown's tree, written out and sanitised.

Only the elements of `markup` pass. Of attributes there are the address of a link
(http, https or mailto), the id of a heading, the first number of a list and how its
numbers are written, and the alignment of a table's cell.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import nh3
from markupsafe import Markup

from publisher import markup

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
ALIGNMENTS = ("left", "center", "right")
_SEPARATORS = re.compile(r"[\W_]+")
_ALIGNMENT = re.compile(r"text-align: (left|center|right);")
_START = re.compile(r"[0-9]{1,9}")
_MAX_ID = 60
# What could turn the rest of a line around, hide it, or is no character of HTML.
# Joiners (U+200C, U+200D) stay: some scripts are written with them.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the second level and the id under which it can be linked to."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Body:
    """An advisory's body as a page shows it."""

    html: Markup
    headings: tuple[Heading, ...]


def body(text: str) -> Body:
    """Return the Markdown of `text` as harmless HTML.

    A page has its own first-level heading, so the body's begin at the second. An
    id follows from the heading's words and never begins with an underscore.
    """
    root = markup.parse(text)
    headings = []
    taken: dict[str, int] = {}
    for element in root.iter():
        if element.tag in HEADINGS:
            words = " ".join("".join(element.itertext()).split())
            element.tag = max(element.tag, "h2")
            element.set("id", _unique(_slug(words), taken))
            if element.tag == "h2":
                headings.append(Heading(element.attrib["id"], words))
        elif element.tag in ("th", "td"):
            _align(element)
            if element.tag == "th":
                element.set("scope", "col")
    for block in root:
        block.tail = "\n"
    raw = ElementTree.tostring(root, encoding="unicode", method="html")
    return Body(sanitised(raw), tuple(headings))


def sanitised(raw: str) -> Markup:
    """Return `raw` without anything that the body of an advisory may not have."""
    # It has been through the sanitiser, so that it is HTML that can be shown.
    return Markup(_CLEANER.clean(raw).strip())  # noqa: S704


def scrollable(body: Markup, label: str) -> Markup:
    """Return `body` with each table in a box, called `label`, that scrolls by itself.

    A table may be wider than a phone; the keyboard has to reach what scrolls (WCAG
    2.2, success criterion 2.1.1).
    """
    box = Markup('<div class="scroll" role="group" aria-label="{}" tabindex="0">')
    # The sanitiser leaves a table no attributes, and text has no angle brackets.
    opened = body.replace("<table>", box.format(label) + Markup("<table>"))
    return opened.replace("</table>", Markup("</table></div>"))


def is_web(url: str) -> bool:
    """Tell whether `url` is an address that a page may link to."""
    return url.lower().startswith(("http://", "https://"))


def visible(text: str) -> str:
    """Put U+FFFD for characters that hide or reorder the text around them."""
    return _UNSAFE.sub("\ufffd", text)


def _align(cell: Element) -> None:
    alignment = _ALIGNMENT.fullmatch(cell.get("style", ""))
    if alignment:
        cell.set("class", alignment[1])


def _slug(words: str) -> str:
    folded = unicodedata.normalize("NFKC", words).lower()
    return _SEPARATORS.sub("-", folded)[:_MAX_ID].strip("-") or "section"


def _unique(slug: str, taken: dict[str, int]) -> str:
    found = slug
    while found in taken:
        taken[slug] += 1
        found = f"{slug}-{taken[slug]}"
    taken[found] = 1
    return found


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "href" and not is_web(value) and not value.startswith("mailto:"):
        return None
    if name == "scope" and value != "col":
        return None
    if name == "start" and not _START.fullmatch(value):
        return None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(markup.ELEMENTS),
    attributes={
        "a": {"href"},
        "ol": {"start"},
        "th": {"scope"},
        **{tag: {"id"} for tag in HEADINGS},
    },
    attribute_filter=_attribute,
    allowed_classes={
        "ol": {markup.PARENTHESIS},
        "th": set(ALIGNMENTS),
        "td": set(ALIGNMENTS),
    },
    url_schemes={"http", "https", "mailto"},
    # No link opens a new window and no page sends a referrer; the team vouches for
    # what it links to, so there is nothing for `rel` to say.
    link_rel=None,
)
