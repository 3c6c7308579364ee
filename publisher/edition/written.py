"""What authors wrote for one text, and where: to name the place of what was made of it.

The text edition joins and breaks lines, and takes marks away. So a place is looked for
by letters, blanks and marks left aside; what is found in no line is placed at the
beginning of what it must be in.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.model.advisory import Origin, Product, Reference, Vulnerability
from publisher.source import Location

if TYPE_CHECKING:
    from publisher.model.advisory import Advisory, Text

_LONGEST = 200
"""Characters that are looked for; they tell a place well enough."""
_LETTERS = re.compile(r"[^\s!-/:-@\[-`{-~]+")
"""All but blanks and the punctuation that Markdown's marks are made of."""
_LEAST = 8
"""Letters by which a value is known to be in a line of the text edition."""

_Entry = Product | Vulnerability | Reference | Origin


@dataclass(frozen=True, slots=True)
class Value:
    """A text that an author wrote, and where it begins."""

    name: str
    """Dotted, as in `references.0.url`; empty for the body."""
    text: str
    begin: Location

    def at(self, index: int = 0, column: int = 0) -> Location:
        """Return the place of a line by its index, and of a column in it."""
        if self.name:
            return self.begin
        return Location(self.begin.path, self.begin.line + index, column)


def values(advisory: Advisory, text: Text) -> Iterator[Value]:
    """Yield all that authors wrote for `text`: its body, its values, then the facts."""
    yield Value("", text.body, Location(text.source.path, text.body_line))
    for name, value in _own(text):
        yield Value(name, value, text.place(name))
    for name, value in _facts(advisory):
        yield Value(name, value, advisory.original.place(name))


def within(text: Text, words: str) -> Location:
    """Return where in its body `words` stand that were laid out from it."""
    lines = text.body.split("\n")
    sought = _bare(words)[:_LONGEST]
    first = (_LETTERS.findall(words[:_LONGEST]) or [""])[0]
    starts = _line_starts(lines)
    at = "".join(map(_bare, lines)).find(sought) if sought else -1
    if at >= 0:
        index = max(i for i, start in enumerate(starts) if start <= at)
    else:
        holding = (i for i, line in enumerate(lines) if first and first in line)
        index = next(holding, 0)
    return Location(text.source.path, text.body_line + index)


def origin(advisory: Advisory, text: Text, words: str) -> Location | None:
    """Return where a line of the text edition comes from; None: from no author.

    It comes from a value that it is a part of, or that is a part of it.
    """
    sought = _bare(words)
    for value in values(advisory, text):
        bare = _bare(value.text)
        is_whole = len(sought) >= _LEAST and sought in bare
        if is_whole or (value.name and len(bare) >= _LEAST and bare in sought):
            return value.begin if value.name else within(text, words)
    return None


def _bare(text: str) -> str:
    return "".join(_LETTERS.findall(text))


def _line_starts(lines: list[str]) -> list[int]:
    """Return at which letter of the whole each line begins."""
    lengths = [len(_bare(line)) for line in lines]
    return [0, *itertools.accumulate(lengths[:-1])]


def _own(text: Text) -> Iterator[tuple[str, str]]:
    yield "title", text.title
    # Others are those of the history, which are among the facts.
    if "summaries" in text.places:
        for index, summary in enumerate(text.summaries):
            yield f"summaries.{index}", summary
    yield "withdrawn.reason", text.withdrawn_reason or ""
    for fact, value in text.facts.items():
        yield f"facts.{fact!r}", value
    if text.origin is not None:
        yield from _named("source", text.origin)


def _facts(advisory: Advisory) -> Iterator[tuple[str, str]]:
    for index, revision in enumerate(advisory.history):
        yield f"history.{index}.summary", revision.summary
    lists: dict[str, Sequence[_Entry]] = {
        "vulnerabilities": advisory.vulnerabilities,
        "affected": advisory.affected,
        "references": advisory.references,
    }
    for key, entries in lists.items():
        for index, entry in enumerate(entries):
            yield from _named(f"{key}.{index}", entry)
    for index, name in enumerate(advisory.acknowledgments):
        yield f"acknowledgments.{index}", name


def _named(prefix: str, entry: _Entry) -> Iterator[tuple[str, str]]:
    """Yield the texts in an entry of the front matter by their dotted names."""
    found: dict[str, str]
    match entry:
        case Product(vendor, name, versions, fixed):
            found = {"vendor": vendor, "product": name, "versions": versions}
            found["fixed"] = fixed or ""
        case Vulnerability(title=title):
            found = {"title": title or ""}
        case Reference(title, url):
            found = {"title": title, "url": url}
        case Origin(title, publisher, url, licence):
            found = {"title": title, "publisher": publisher, "url": url}
            found["license"] = licence
    for key, value in found.items():
        yield f"{prefix}.{key}", value
