"""RSS 2.0: one item for each revision that the readers of a language were told of.

Nothing in a feed is taken from a clock. An item's guid is no address: it stays
the same when the site moves, and each notified revision has its own.
"""

from __future__ import annotations

import functools
import heapq
from datetime import datetime
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import escape

from publisher.model.advisory import Kind
from publisher.model.chain import Planned
from publisher.render import html, layout, paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from feedgen.feed import FeedGenerator

    from publisher.model.ids import AdvisoryId, Language
    from publisher.model.summary import Change, Summary, TextSummary
    from publisher.presentation import Presentation

ITEMS = 50
"""How many items a feed has at most."""


class Item(NamedTuple):
    """One item as a value of JSON, so that feeds can be digested."""

    guid: str
    path: str
    """Of the advisory's page."""
    kind: Kind
    title: str
    update: int | None
    """The revision, unless it is the first that was announced."""
    date: str
    """In ISO 8601."""
    text: str


class _News(NamedTuple):
    """What becomes an item if it is new enough; compared from left to right."""

    date: datetime
    id: AdvisoryId
    revision: int
    is_first: bool
    summary: Summary
    text: TextSummary
    change: Change


def feeds(
    summaries: Sequence[Summary], presentation: Presentation
) -> Iterator[Planned]:
    """Plan the feed of each language, and of each kind in each language."""
    for language in presentation.settings.languages:
        kinds: dict[Kind, list[_News]] = {kind: [] for kind in Kind}
        for summary in summaries:
            for text in summary.texts:
                if text.language == language:
                    kinds[summary.kind] += _news(summary, text)
        newest = {kind: heapq.nlargest(ITEMS, news) for kind, news in kinds.items()}
        everything = heapq.nlargest(ITEMS, chain.from_iterable(newest.values()))
        yield _planned(everything, language, None, presentation)
        for kind, news in newest.items():
            yield _planned(news, language, kind, presentation)


def _news(summary: Summary, text: TextSummary) -> Iterator[_News]:
    first = True
    for change in text.changes:
        if change.notify:
            yield _News(
                change.date, summary.id, change.revision, first, summary, text, change
            )
            first = False


def _item(news: _News) -> Item:
    summary, text, change = news.summary, news.text, news.change
    return Item(
        guid=f"{summary.id}/r{change.revision}.{text.language}",
        path=paths.advisory(summary.id, text.language),
        kind=summary.kind,
        title=text.title,
        update=None if news.is_first else change.revision,
        date=change.date.isoformat(),
        text=text.lead if news.is_first else change.summary,
    )


def _planned(
    news: list[_News],
    language: Language,
    kind: Kind | None,
    presentation: Presentation,
) -> Planned:
    items = [_item(each) for each in news]
    path = paths.feed(language, kind)
    return Planned(
        PurePosixPath(path),
        layout.key(presentation, "feed", path, items),
        functools.partial(_feed, items, language, kind, presentation),
    )


def _feed(
    items: list[Item],
    language: Language,
    kind: Kind | None,
    presentation: Presentation,
) -> bytes:
    # It takes a seventh of a second, and most builds change no feed.
    from feedgen.feed import FeedGenerator

    settings = presentation.settings
    words = presentation.words[language]
    team = settings.team.name[language]
    page = paths.kind(language, kind) if kind else paths.home(language)
    feed = FeedGenerator()
    if kind is None:
        feed.title(html.visible(team))
        feed.description(words("Everything that {team} publishes.", team=team))
    else:
        name = words(layout.KIND_TITLES[kind])
        feed.title(words("{team}: {kind}", team=team, kind=name))
        feed.description(words(layout.KIND_NOTES[kind]))
    own = layout.address(settings.site.url, paths.feed(language, kind))
    feed.link(href=own, rel="self", type="application/rss+xml")
    # The last one becomes the channel's.
    feed.link(href=layout.address(settings.site.url, page), rel="alternate")
    feed.language(language)
    feed.generator("Advisory Publisher")
    newest = datetime.fromisoformat(items[0].date) if items else settings.announce_since
    # Both default to the present moment.
    feed.updated(newest)
    feed.lastBuildDate(newest.astimezone(settings.team.timezone))
    for item in items:
        _add(feed, item, language, presentation)
    data: bytes = feed.rss_str(pretty=True)
    return data


def _add(
    feed: FeedGenerator, item: Item, language: Language, presentation: Presentation
) -> None:
    settings = presentation.settings
    words = presentation.words[language]
    title = item.title
    if item.update is not None:
        title = words("{title} (update {number})", title=title, number=item.update)
    entry = feed.add_entry(order="append")
    entry.guid(item.guid, permalink=False)
    entry.title(html.visible(title))
    entry.link(href=layout.address(settings.site.url, item.path))
    # Readers take a description for HTML, so its characters are escaped as such.
    entry.description(str(escape(html.visible(item.text))))
    entry.category(term=words.kind(item.kind))
    date = datetime.fromisoformat(item.date).astimezone(settings.team.timezone)
    entry.published(date)
    entry.updated(date)
