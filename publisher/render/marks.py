"""A short mark of all that files beside an advisory's own show of it.

Of the words and facts of a text the digest of its signed file is enough: the file
ends with the digests of all sources. So a slice of the archive can be compared with
the last one without writing it out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.model.summary import Summary, TextSummary


def mark(summary: Summary) -> str:
    """Return the mark of an advisory; it changes with anything that is public of it."""
    texts = " ".join(f"{text.language}{_text(text)}" for text in summary.texts)
    return f"{summary.id} {summary.revision} {texts}"


def mark_in(summary: Summary, text: TextSummary) -> str:
    """Return the mark of an advisory in one language.

    A translation that is behind shows the facts of the original as they are now.
    """
    original = summary.texts[0].sha256
    return f"{summary.id} {summary.revision} {original} {_text(text)}"


def _text(text: TextSummary) -> str:
    return f"{text.revision}.{len(text.changes)}.{text.sha256}"
