"""What the rules look at: an advisory with all that is needed to judge it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.lint.body import Body
from publisher.source import Location

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import PurePosixPath

    from publisher.model.advisory import Advisory, Text
    from publisher.model.ids import AdvisoryId
    from publisher.model.settings import Settings


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An advisory that another one links to."""

    advisory: Advisory
    signed: Collection[str] | None
    """The names of its signed files; None: it does not matter which there are."""


Neighbours = Callable[["AdvisoryId"], Neighbour | None]
"""Finds an advisory of the project; None: there is none, or it cannot be read."""


@dataclass(frozen=True, slots=True)
class Value:
    """A text in the front matter."""

    name: str
    """Dotted, as in `references.0.url`."""
    text: str
    at: Location


@dataclass(frozen=True, slots=True)
class Subject:
    """An advisory, where it was read from, and what it is judged by."""

    advisory: Advisory
    folder: PurePosixPath
    settings: Settings
    now: datetime
    others: Mapping[AdvisoryId, AdvisoryId | None] | None
    """By which advisory each one of the project is superseded; None: not known."""
    bodies: tuple[Body, ...]
    """The original's first."""
    neighbours: Neighbours | None = None
    """None: links to other advisories are not judged."""

    def at(self, name: str) -> Location:
        """Return where a fact stands in the original."""
        return place(self.advisory.original, name)

    def values(self) -> Iterator[Value]:
        """Yield all texts in the front matter of all sources."""
        for name, text in _facts(self.advisory):
            yield Value(name, text, self.at(name))
        for each in self.advisory.translations:
            for name, text in _own(each):
                yield Value(name, text, place(each, name))

    def addresses(self) -> Iterator[Value]:
        """Yield the values that are addresses of documents."""
        for value in self.values():
            if value.name.rpartition(".")[2] == "url":
                yield value


def place(text: Text, name: str) -> Location:
    """Return where the value `name` stands, or what holds it if that is not known."""
    return text.place(name)


def _facts(advisory: Advisory) -> Iterator[tuple[str, str]]:
    yield from _own(advisory.original)
    for index, revision in enumerate(advisory.history):
        yield f"history.{index}.summary", revision.summary
    for index, vulnerability in enumerate(advisory.vulnerabilities):
        yield f"vulnerabilities.{index}.title", vulnerability.title or ""
    for index, product in enumerate(advisory.affected):
        yield f"affected.{index}.vendor", product.vendor
        yield f"affected.{index}.product", product.name
        yield f"affected.{index}.versions", product.versions
        yield f"affected.{index}.fixed", product.fixed or ""
    for index, reference in enumerate(advisory.references):
        yield f"references.{index}.title", reference.title
        yield f"references.{index}.url", reference.url
    for index, name in enumerate(advisory.acknowledgments):
        yield f"acknowledgments.{index}", name


def _own(text: Text) -> Iterator[tuple[str, str]]:
    """Yield what each text says for itself, less what it takes from its original."""
    yield "title", text.title
    if "summaries" in text.places:
        for index, summary in enumerate(text.summaries):
            yield f"summaries.{index}", summary
    if "withdrawn.reason" in text.places:
        yield "withdrawn.reason", text.withdrawn_reason or ""
    for fact, value in text.facts.items():
        yield f"facts.{fact!r}", value
    if text.origin is not None:
        for name, value in (
            ("source.title", text.origin.title),
            ("source.publisher", text.origin.publisher),
            ("source.url", text.origin.url),
            ("source.license", text.origin.license),
        ):
            if name in text.places:
                yield name, value
