"""Where the body of an advisory says what to do, so that its page can say so first."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.render.html import Body, Heading
    from publisher.words import Words

HEADINGS = (
    "What to do now",
    "Solution",
    "Workarounds",
    "How to check for compromise",
)
"""The messages of the headings under which a body says it, as `new` suggests them."""


def first(body: Body, words: Words) -> tuple[Heading, ...]:
    """Return those headings of `body`, in its order; none if it has others."""
    wanted = {_folded(words(message)) for message in HEADINGS}
    return tuple(each for each in body.headings if _folded(each.text) in wanted)


def _folded(heading: str) -> str:
    return unicodedata.normalize("NFKC", heading).casefold()
