"""The revisions of an advisory as the readers of one language got them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.model.summary import Change
from publisher.render import paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from publisher.model.advisory import Revision, Text
    from publisher.model.chain import Signed, SignedText
    from publisher.model.ids import Language


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history that a page shows."""

    revision: Revision
    summary: str
    signed: SignedText | None
    """None if this revision was never signed in the page's language."""
    changes: str
    """Where it is shown what it changed; empty for the first one that was signed."""


def entries(signed: Signed, text: Text) -> tuple[Entry, ...]:
    """Return the history up to the revision of `text`, oldest first."""
    signed_in = texts(signed, text.language)
    since = {new: old for old, new in steps(signed, text.language)}
    found = []
    history = signed.advisory.history
    for revision, summary in zip(history, text.summaries, strict=False):
        its = signed_in.get(revision.number)
        earlier = since.get(revision.number)
        shown = ""
        if its is not None and earlier is not None:
            shown = paths.changes(its.edition.key, earlier)
        found.append(Entry(revision, summary, its, shown))
    return tuple(found)


def news(history: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return what the newest signed text tells that the one before it did not."""
    told = [at for at, entry in enumerate(history) if entry.signed is not None]
    begin = told[-2] + 1 if len(told) > 1 else len(history) - 1
    return tuple(history[begin:])


def changes(signed: Signed, text: Text) -> Iterator[Change]:
    """Yield the revisions that were signed in the language of `text`.

    Each of them tells its readers all that the revisions since the one before it
    changed, so it is news if one of these is.
    """
    history = signed.advisory.history
    told = 0
    for number in sorted(texts(signed, text.language)):
        new = history[told:number]
        news = [revision for revision in new if revision.notify]
        newest = (news or new)[-1]
        summary = text.summaries[newest.number - 1]
        yield Change(number, history[number - 1].date, summary, notify=bool(news))
        told = number


def texts(signed: Signed, language: Language) -> dict[int, SignedText]:
    """Return the signed texts in a language by their revisions."""
    return {
        text.edition.key.revision: text
        for text in (*signed.earlier, *signed.current)
        if text.edition.key.language == language
    }


def steps(signed: Signed, language: Language) -> tuple[tuple[int, int], ...]:
    """Return each revision that was signed in a language with the one before it."""
    return tuple(itertools.pairwise(sorted(texts(signed, language))))
