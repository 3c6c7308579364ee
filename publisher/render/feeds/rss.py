"""RSS 2.0, the form that most feed readers and robots know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import escape

from publisher.render import html, paths
from publisher.render.feeds import scope

if TYPE_CHECKING:
    from feedgen.feed import FeedGenerator

    from publisher.render.feeds.entry import Entry, Feed

GENERATOR = "Advisory Publisher"


def feed(feed: Feed) -> bytes:
    """Return the feed: one item for each revision that readers were told of."""
    # It takes a seventh of a second, and most builds change no feed.
    from feedgen.feed import FeedGenerator

    made = FeedGenerator()
    made.title(scope.title(feed.scope, feed.language, feed.presentation))
    made.description(html.visible(feed.scope.note))
    own = feed.url(paths.channel(feed.scope.folder, "rss"))
    made.link(href=own, rel="self", type="application/rss+xml")
    # The last one becomes the channel's.
    made.link(href=feed.url(feed.scope.page), rel="alternate")
    made.language(feed.language)
    made.generator(GENERATOR)
    # Both default to the present moment.
    made.updated(feed.updated)
    made.lastBuildDate(feed.updated)
    for entry in feed.entries:
        _add(made, entry, feed)
    data: bytes = made.rss_str(pretty=True)
    return data


def _add(made: FeedGenerator, entry: Entry, feed: Feed) -> None:
    item = made.add_entry(order="append")
    item.guid(entry.guid, permalink=False)
    item.title(feed.title(entry))
    item.link(href=feed.url(entry.path))
    item.content(feed.contents.of(entry))
    # Readers take a description for HTML, so its characters are escaped as such.
    item.description(str(escape(feed.note(entry))))
    item.category(term=feed.presentation.words[feed.language].kind(entry.summary.kind))
    item.published(feed.local(entry.date))
    item.updated(feed.local(entry.date))
