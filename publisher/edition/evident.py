"""Which texts can be signed for certain, so that nobody has to lay them out to know.

Laying out takes longer than all of lint. It can only make something that may not be
signed of what is rare: characters that combine or are blanks of another kind, lines
that are very long, blocks deep in each other, long headings with a dash in them, words
of OpenPGP's frames and of our imprint. Whatever has none of these is evident; of all
else, `edition` says what comes of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from publisher import markup
from publisher.edition import written
from publisher.markup.blocks import Kind

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from publisher.model.advisory import Advisory, Text

_PLAIN = re.compile(
    "[\n\t -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0377\u0384-\u0482\u2010-\u2027"
    "\u2030-\u205e\u2070-\u209c\u20a0-\u20bf\u2100-\u2bff\u2e80-\u2fff\u3000-\u3029"
    "\u3030-\u3096\u309b-\u30ff\u3105-\u318e\u3190-\ua48c\uac00-\ud7a3\uff01-\uff9d"
    "\uffe0-\uffee]*"
)
"""Characters that stand for themselves, whatever stands beside them."""
_LONGEST = 2_000
"""Characters of a line; in UTF-8 they are far fewer bytes than are signed."""
_DEEPEST = 4
"""Lists and quotations in each other; each takes eleven columns at the most."""
_HIGHEST = 10
"""Elements in each other."""
_HEADING = 34
"""Characters of a heading that fit on one line, if all of them are wide."""
_RISKY = re.compile("(?:^|[^!-~])-|From ")
"""What a line must not begin with, where it might begin one."""
_FRAME = re.compile(r"(?:BEGIN|END)\s*PGP", re.IGNORECASE)
_IMPRINT = ("Advisory", "revision", "language")
_LEVELS = (Kind.QUOTE, Kind.ITEM)


def is_evident(advisory: Advisory, text: Text) -> bool:
    """Tell whether the text edition of `text` can be signed for certain.

    That holds of texts that passed lint, and with templates that are the program's own.
    """
    tree = markup.parse(text.body)
    shown = "".join(tree.itertext())
    own = [value.text for value in written.values(advisory, text)]
    headings = ("".join(each.itertext()) for each in tree if each.tag[0] == "h")
    return (
        all(map(_is_plain, (shown, *own)))
        and not any(len(line) > _LONGEST for v in own for line in v.split("\n"))
        and all(map(_is_short, headings))
        and markup.outline(text.body).depth(_LEVELS) <= _DEEPEST
        and _is_low(tree)
    )


def _is_plain(value: str) -> bool:
    is_framed = _FRAME.search(value) or all(word in value for word in _IMPRINT)
    return not is_framed and _PLAIN.fullmatch(value) is not None


def _is_short(heading: str) -> bool:
    return len(heading) <= _HEADING or not _RISKY.search(heading)


def _is_low(tree: Element) -> bool:
    level = [tree]
    for _ in range(_HIGHEST):
        level = [child for element in level for child in element]
    return not level
