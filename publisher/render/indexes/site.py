"""The site on which pages are planned, each in all its languages."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from publisher.model.chain import Planned
from publisher.render import layout, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from publisher.model.ids import AdvisoryId, Language
    from publisher.model.summary import Summary
    from publisher.presentation import Presentation

# Every build encodes each row of the archive once, and no page's rows again.
_encode = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


class Item(NamedTuple):
    """An advisory with the digest of what a list shows of it."""

    summary: Summary
    digests: tuple[str, ...]
    """In each language of the site, in their order."""

    @property
    def age(self) -> tuple[datetime, AdvisoryId]:
        """Return what orders advisories in lists."""
        return self.summary.first_published, self.summary.id


def items(summaries: Iterable[Summary], languages: Sequence[Language]) -> list[Item]:
    """Return what lists are made of, oldest first."""
    found = [Item(summary, _digests(summary, languages)) for summary in summaries]
    return sorted(found, key=lambda item: item.age)


class Site(NamedTuple):
    """The site, whose pages are there in each of its languages."""

    presentation: Presentation

    @property
    def languages(self) -> tuple[Language, ...]:
        """Return the languages, that of readers without a preference first."""
        return self.presentation.settings.languages

    def plan(
        self, template: str, path: Callable[[Language], str], **values: object
    ) -> Iterator[Planned]:
        """Plan the page that is at `path` in each language.

        `values` are JSON values, and all that it shows.
        """
        return self.listed(template, path, (), values)

    def listed(
        self,
        template: str,
        path: Callable[[Language], str],
        shown: Sequence[Item],
        values: Mapping[str, object],
    ) -> Iterator[Planned]:
        """Plan a page that shows a row of each item that is `shown`, and `values`."""
        slices = _encode(values)
        for place, language in enumerate(self.languages):
            at = path(language)
            seen = "".join([item.digests[place] for item in shown])
            yield Planned(
                PurePosixPath(at),
                layout.key(self.presentation, template, at, slices, seen),
                functools.partial(
                    self._listed, template, language, path, shown, values
                ),
            )

    def _listed(
        self,
        template: str,
        language: Language,
        path: Callable[[Language], str],
        shown: Sequence[Item],
        values: Mapping[str, object],
    ) -> bytes:
        entries = rows.entries((item.summary for item in shown), language)
        found = {"rows": [entry.row for entry in entries], **values}
        return self.render(template, language, path, path(language), found)

    def render(
        self,
        template: str,
        language: Language,
        path: Callable[[Language], str],
        at: str,
        values: Mapping[str, object],
    ) -> bytes:
        """Return the page that is known by `path` as it stands at `at`."""
        settings = self.presentation.settings
        known = path(language)
        page = layout.Page(
            path=at,
            site=settings.site.url,
            alternates={each: path(each) for each in settings.languages},
            default=path(settings.languages[0]),
            canonical="" if at == known else known,
        )
        return layout.render(self.presentation, template, language, page, **values)


def _digests(summary: Summary, languages: Sequence[Language]) -> tuple[str, ...]:
    made = {text.language: _digest(summary, text.language) for text in summary.texts}
    original = made[summary.texts[0].language]
    return tuple([made.get(language, original) for language in languages])


def _digest(summary: Summary, language: Language) -> str:
    row = rows.entries((summary,), language)[0].row
    return hashlib.blake2b(_encode(row).encode(), digest_size=16).hexdigest()
