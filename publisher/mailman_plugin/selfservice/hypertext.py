"""The text of an HTML mail, without what it quotes. No IO, and no exceptions.

A scan from left to right that never looks back: the time grows with the length,
whatever is written. (Python's `html.parser` looks for the end of each tag again from
each place where one might begin.) Broken markup is read somehow; a command in it counts
only if it stands on a line of its own anyway.
"""

from __future__ import annotations

import html
import re

_TAG = re.compile(
    r"""<(/?)([a-z][^\s/>]*+)((?>=\s*+"[^"]*+"|=\s*+'[^']*+'|[^>])*+)>""",
    re.IGNORECASE,
)
"""A tag with its attributes, in whose quoted values a `>` ends nothing. Nothing in it
is tried twice; an open quotation mark is passed over as a letter."""
_TAG_BEGINS = re.compile(r"/?[a-z]", re.IGNORECASE)
_BREAKS = frozenset({"br", "div", "h1", "h2", "h3", "li", "p", "td", "tr"})
_RAW = frozenset({"script", "style", "title"})
"""What they hold is text up to their own end tag, and none that a reader sees."""
_QUOTED = frozenset({"blockquote", "head"})
"""What they hold is passed over."""


def text(markup: str) -> str:
    """Return what a reader sees, with a line end at each block."""
    pieces: list[str] = []
    depth = dict.fromkeys(_QUOTED, 0)
    at = 0
    while at < len(markup):
        begin = markup.find("<", at)
        if begin < 0:
            begin = len(markup)
        if not any(depth.values()):
            # Line ends of the markup are blanks.
            pieces.append(_unescaped(markup[at:begin]).replace("\n", " "))
        at, name, closing = _markup(markup, begin)
        if name in _QUOTED:
            depth[name] = max(0, depth[name] - 1) if closing else depth[name] + 1
        elif name == "body":
            depth["head"] = 0
        if name in _BREAKS or name in _QUOTED or name in _RAW:
            pieces.append("\n")
    return "".join(pieces)


def _markup(text: str, begin: int) -> tuple[int, str, bool]:
    """Return where the markup at `begin` ends, its name, and whether it closes.

    What is not closed at all goes on to the end of the text.
    """
    if text.startswith("<!--", begin):
        return _behind(text, "-->", begin + 4), "", False
    if text.startswith(("<!", "<?"), begin):
        return _behind(text, ">", begin + 2), "", False
    if not _TAG_BEGINS.match(text, begin + 1):
        return begin + 1, "", False
    tag = _TAG.match(text, begin)
    if tag is None:
        return len(text), "", False
    name = tag[2].lower()
    if name in _RAW and not tag[1]:
        ends = re.compile(f"</{name}[^>]*+>?", re.IGNORECASE).search(text, tag.end())
        return ends.end() if ends else len(text), name, True
    return tag.end(), name, bool(tag[1])


def _behind(text: str, mark: str, begin: int) -> int:
    found = text.find(mark, begin)
    return len(text) if found < 0 else found + len(mark)


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:
        # A number of thousands of digits.
        return text
