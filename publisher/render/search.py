"""The index in which the page for searching looks, and that page.

For each language there is, below `search/`,

- `index.json`: how a query becomes terms, and the parts of the index, newest first;
- for each part (`search_parts`), in some numbered files, each term with the
  advisories that have it: their numbers from the start of the part on, as gaps
  between one and the next, in digits of base 32;
- in other files, what a list of results shows of each advisory.

An advisory without a text in a language is found by its original. The files are
planned with the digests of the signed texts in a part, by which its bytes follow:
each text covers its sources.
"""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from publisher.model.chain import Planned
from publisher.render import html, layout, paths, search_parts, search_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from publisher.model.ids import AdvisoryId, Language
    from publisher.model.summary import Summary, TextSummary
    from publisher.presentation import Presentation
    from publisher.render.search_parts import Part
    from publisher.words import Words

Kept = Callable[[Sequence[str]], Mapping[str, str]]
"""Reads what `search_terms.of` returned, by its keys."""

SCRIPT = "search.js"
LEAD = 160
"""Columns of the beginning of a text that a result shows."""
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""The first half ends a number, the second is gone on with, the lowest first."""
_BASE = 32


class _Found(NamedTuple):
    """An advisory as readers of one language find it."""

    id: AdvisoryId
    summary: Summary
    text: TextSummary

    @property
    def key(self) -> str:
        return f"{self.summary.texts[0].sha256} {self.text.sha256}"


def search(
    summaries: Sequence[Summary], presentation: Presentation, kept: Kept
) -> Iterator[Planned]:
    """Plan the page for searching in each language, its script and the index."""
    yield Planned(
        PurePosixPath(SCRIPT),
        layout.key(presentation, SCRIPT),
        lambda: presentation.source(f"site/{SCRIPT}").encode(),
    )
    parts = search_parts.parts(summary.id for summary in summaries)
    by_id = {summary.id: summary for summary in summaries}
    make = functools.lru_cache(maxsize=1)(functools.partial(_files, kept))
    for language in presentation.settings.languages:
        yield _page(language, presentation)
        yield _overview(list(parts), language, presentation)
        for part, ids in parts.items():
            found = tuple(_found(by_id[each], language) for each in ids)
            yield from _terms(_Slice(part, language, found), presentation, make)
            yield from _cards(found, language, presentation)


def _page(language: Language, presentation: Presentation) -> Planned:
    languages = presentation.settings.languages
    page = layout.Page(
        path=paths.search(language),
        site=presentation.settings.site.url,
        alternates={each: paths.search(each) for each in languages},
        default=paths.search(languages[0]),
    )
    template = "site/search.html"
    make = functools.partial(layout.render, presentation, template, language, page)
    key = layout.key(presentation, template, page.path)
    return Planned(PurePosixPath(page.path), key, make)


def folder(language: Language) -> str:
    """Return the folder of the index in a language."""
    return paths.search_index(language).rpartition("/")[0]


class _Slice:
    """A part in one language; one that is not the same object is another one."""

    def __init__(self, part: Part, language: Language, found: Sequence[_Found]) -> None:
        self.part, self.language, self.found = part, language, found


def _found(summary: Summary, language: Language) -> _Found:
    text = summary.text(language) or summary.texts[0]
    return _Found(summary.id, summary, text)


def _overview(
    parts: Sequence[Part], language: Language, presentation: Presentation
) -> Planned:
    shown = [[part.series, part.start, part.size, part.buckets] for part in parts]
    data = {"rules": search_terms.rules(), "cards": search_parts.CARDS, "parts": shown}
    path = paths.search_index(language)
    key = layout.key(presentation, path, data)
    return Planned(PurePosixPath(path), key, lambda: _json(data))


def _terms(
    slice_: _Slice,
    presentation: Presentation,
    make: Callable[[_Slice], Sequence[bytes]],
) -> Iterator[Planned]:
    part = slice_.part
    where = f"{folder(slice_.language)}/{part.series}/{part.start}-{part.size}"
    key = _key(presentation, where, slice_.found)
    for number in range(part.buckets):
        made = functools.partial(_one, make, slice_, number)
        yield Planned(PurePosixPath(f"{where}/{number}.json"), key, made)


def _key(presentation: Presentation, where: str, found: Iterable[_Found]) -> str:
    # A hundred thousand of them go through here, also when nothing changed.
    lines = [presentation.digest, where, *(each.key for each in found)]
    return sha256("\n".join(lines).encode()).hexdigest()


def _one(
    make: Callable[[_Slice], Sequence[bytes]], slice_: _Slice, number: int
) -> bytes:
    return make(slice_)[number]


def _files(kept: Kept, slice_: _Slice) -> Sequence[bytes]:
    """Return the files of a part, each with the terms of its bucket."""
    part = slice_.part
    keys = [search_terms.key(each.id, each.text.language) for each in slice_.found]
    known = kept(keys)
    having: dict[str, list[int]] = defaultdict(list)
    for each, key in zip(slice_.found, keys, strict=True):
        for term in known[key].split(" "):
            having[term].append(each.id.number - part.start)
    buckets: list[dict[str, str]] = [{} for _ in range(part.buckets)]
    for term in sorted(having):
        bucket = search_terms.bucket(term, part.buckets)
        buckets[bucket][term] = gaps(having[term])
    return [_json(bucket) for bucket in buckets]


def gaps(numbers: Iterable[int]) -> str:
    """Write ascending numbers as what lies between each and the one before it."""
    digits = []
    last = -1
    for number in numbers:
        gap = number - last - 1
        while gap >= _BASE:
            digits.append(_DIGITS[_BASE + gap % _BASE])
            gap //= _BASE
        digits.append(_DIGITS[gap])
        last = number
    return "".join(digits)


def _cards(
    found: Sequence[_Found], language: Language, presentation: Presentation
) -> Iterator[Planned]:
    for number, few in groupby(
        found, lambda each: each.id.number // search_parts.CARDS
    ):
        shown = tuple(few)
        first = shown[0].id
        path = f"{folder(language)}/{first.prefix}-{first.year:04d}/{number}.json"
        make = functools.partial(_shown, shown, language, presentation)
        yield Planned(PurePosixPath(path), _key(presentation, path, shown), make)


def _shown(
    found: Sequence[_Found], language: Language, presentation: Presentation
) -> bytes:
    words, zone = presentation.words[language], presentation.settings.team.timezone
    return _json({each.id.number: _card(each, words, zone) for each in found})


def _card(found: _Found, words: Words, zone: ZoneInfo) -> dict[str, object]:
    """Return what a result shows; names of kinds and severities stand on the page."""
    summary, text = found.summary, found.text
    date = summary.first_published.astimezone(zone)
    card = {
        "id": str(found.id),
        "path": paths.advisory(found.id, text.language),
        "language": text.language,
        "title": html.visible(text.title),
        "lead": html.visible(layout.excerpt(text.lead, LEAD)),
        "date": date.date().isoformat(),
        "shown": words.date(date, zone),
        "kind": summary.kind,
        "severity": summary.severity,
        "score": summary.score,
        "withdrawn": summary.withdrawn,
        "superseded": summary.superseded_by is not None,
    }
    return {name: value for name, value in card.items() if value}


def _json(data: object) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"
