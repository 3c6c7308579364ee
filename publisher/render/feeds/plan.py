"""Which feeds there are, and what each holds."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from publisher.model.advisory import Kind
from publisher.model.chain import Planned
from publisher.model.summary import ProductName
from publisher.render import marks, paths, slugs
from publisher.render.feeds import atom, jsonfeed, opml, rdf, rss, scope
from publisher.render.feeds.content import Contents
from publisher.render.feeds.entry import Entry, Feed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from publisher.model.ids import Language
    from publisher.model.summary import Summary, TextSummary
    from publisher.presentation import Presentation
    from publisher.render.feeds.content import Facts
    from publisher.render.feeds.scope import Scope

ITEMS = 50
"""How many entries a feed has at most."""
OF_PRODUCT = 10
"""How many the feed of a vendor or a product has, of which there are many."""

_EVENTS: Mapping[str, Callable[[Feed], bytes]] = {
    "rss": rss.feed,
    "json": jsonfeed.feed,
    "rdf": rdf.feed,
}
"""The forms that tell of events; Atom says how things stand."""
_FEW = ("rss", "atom")
"""The forms that there are of vendors and products."""
_SEVERITIES = {severity.slug: severity for severity in scope.SEVERITIES}


class _Group(NamedTuple):
    """A slice of the archive, whatever the language."""

    key: str
    """A kind or a severity, or empty for everything."""
    named: ProductName | None = None
    """The vendor or product that it is about; a vendor's has no name of a product."""


class _Slice:
    """What the feeds of one group hold, filled from the newest on."""

    __slots__ = ("events", "limit", "states")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.events: list[Entry] = []
        self.states: list[Entry] = []

    def take(self, kept: list[Entry], entry: Entry) -> None:
        """Keep `entry`, unless there are enough."""
        if len(kept) < self.limit:
            kept.append(entry)


class _Archive(NamedTuple):
    """The advisories by id, newest first, and the groups that each belongs to."""

    groups: list[_Group]
    members: list[tuple[Summary, tuple[int, ...]]]


def feeds(
    summaries: Iterable[Summary], presentation: Presentation, facts: Facts
) -> Iterator[Planned]:
    """Plan all feeds in each language, and the list of them for feed readers.

    `facts` is asked only for what a feed shows, when it is made.
    """
    archive = _grouped(summaries)
    contents = Contents(presentation, facts)
    for language in presentation.settings.languages:
        slices = _filled(archive, language)
        shown = []
        for group, held in zip(archive.groups, slices, strict=True):
            about = _scope(group, language, presentation)
            forms: Iterable[str] = paths.FORMATS
            if group.named is None:
                shown.append(about)
            elif not held.states:
                continue
            else:
                forms = _FEW
            for form in forms:
                yield _plan(form, about, held, presentation, contents, language)
        yield opml.planned(shown, language, presentation)


def _plan(
    form: str,
    about: Scope,
    held: _Slice,
    presentation: Presentation,
    contents: Contents,
    language: Language,
) -> Planned:
    entries = held.events if form in _EVENTS else held.states
    path = paths.channel(about.folder, form)
    shown = "\n".join(
        [presentation.digest, path, about.name, *(entry.mark for entry in entries)]
    )
    key = hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()
    feed = Feed(about, tuple(entries), presentation, language, contents)
    make = functools.partial(_EVENTS.get(form, atom.feed), feed)
    return Planned(PurePosixPath(path), key, make)


def _scope(group: _Group, language: Language, presentation: Presentation) -> Scope:
    if group.named is not None:
        return scope.of_product(*group.named, language, presentation)
    if not group.key:
        return scope.everything(language, presentation)
    if group.key in _SEVERITIES:
        return scope.of_severity(_SEVERITIES[group.key], language, presentation)
    return scope.of_kind(Kind(group.key), language, presentation)


def _grouped(summaries: Iterable[Summary]) -> _Archive:
    groups = [_Group(""), *map(_Group, Kind), *map(_Group, _SEVERITIES)]
    known = {group.key: number for number, group in enumerate(groups)}
    members = []
    for summary in sorted(summaries, key=lambda each: each.id, reverse=True):
        found = [0, known[summary.kind]]
        if summary.severity in known:
            found.append(known[summary.severity])
        for name, named in _named(summary):
            if name not in known:
                known[name] = len(groups)
                groups.append(_Group(name, named))
            found.append(known[name])
        members.append((summary, tuple(dict.fromkeys(found))))
    return _Archive(groups, members)


def _named(summary: Summary) -> Iterator[tuple[str, ProductName]]:
    """Yield each vendor and product with a name that all its spellings share."""
    for vendor, product in summary.affected:
        slug = slugs.slug(vendor)
        yield f"{slug}/", ProductName(vendor, "")
        yield f"{slug}/{slugs.slug(product)}", ProductName(vendor, product)


def _filled(archive: _Archive, language: Language) -> list[_Slice]:
    """Return what each group holds in a language."""
    slices = [_Slice(ITEMS if g.named is None else OF_PRODUCT) for g in archive.groups]
    events: list[tuple[Entry, tuple[int, ...]]] = []
    states: list[tuple[Entry, tuple[int, ...]]] = []
    for summary, groups in archive.members:
        text = summary.text(language)
        if text is not None and text.changes:
            mark = marks.mark_in(summary, text)
            states.append((_standing(summary, text, mark), groups))
            events += [(event, groups) for event in _events(summary, text, mark)]
    # Sorting keeps the order by id among entries of one moment.
    for entry, groups in sorted(events, key=_age, reverse=True):
        for number in groups:
            slices[number].take(slices[number].events, entry)
    for entry, groups in sorted(states, key=_age, reverse=True):
        for number in groups:
            slices[number].take(slices[number].states, entry)
    return slices


def _standing(summary: Summary, text: TextSummary, mark: str) -> Entry:
    newest = text.changes[-1]
    return Entry(summary.last_updated, summary, text, newest, True, True, mark)


def _events(summary: Summary, text: TextSummary, mark: str) -> Iterator[Entry]:
    """Yield the revisions that readers were told of, newest first."""
    told = [change for change in text.changes if change.notify]
    for change in reversed(told):
        first, newest = change is told[0], change is text.changes[-1]
        yield Entry(change.date, summary, text, change, first, newest, mark)


def _age(each: tuple[Entry, tuple[int, ...]]) -> float:
    return each[0].date.timestamp()
