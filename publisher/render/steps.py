"""Where the body of an advisory says what to do, so that its page can say so first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.model import headings

if TYPE_CHECKING:
    from publisher.render.html import Body, Heading
    from publisher.words import Words

HEADINGS = (
    "What to do now",
    "Solution",
    "Workarounds",
    "How to check for compromise",
)
"""The messages of the headings under which a body says it, as `new` suggests them.

Languages besides Japanese and English, whose usual headings are known, have these in
their catalogues.
"""


def first(body: Body, words: Words) -> tuple[Heading, ...]:
    """Return those headings of `body`, in its order; none if it has others."""
    more = {headings.folded(words(message)) for message in HEADINGS}
    return tuple(
        each for each in body.headings if headings.says_what_to_do(each.text, more)
    )
