"""RSS 2.0, the form that most feed readers and robots know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import escape

from publisher.render import html, paths
from publisher.render.api import form
from publisher.render.feeds import scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedgen.feed import FeedGenerator

    from publisher.render.feeds.entry import Entry, Feed

GENERATOR = "Advisory Publisher"
CVE = "https://www.cve.org/"
"""The taxonomy of CVE ids (RSS 2.0, "category", attribute `domain`)."""


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
    made.load_extension("dc", atom=False)
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
    for category in _categories(entry, feed):
        item.category(category)
    item.dc.dc_identifier(str(entry.summary.id))
    item.published(feed.local(entry.date))
    item.updated(feed.local(entry.date))


def _categories(entry: Entry, feed: Feed) -> Iterator[dict[str, str]]:
    """Yield the kind in words, and for programs what other forms have as well."""
    summary = entry.summary
    yield {"term": feed.presentation.words[feed.language].kind(summary.kind)}
    if summary.severity:
        severities = feed.url(paths.severities(feed.language))
        yield {"term": summary.severity, "scheme": severities}
    state = form.state(summary)
    if state != form.CURRENT:
        yield {"term": state}
    for cve in summary.cves:
        yield {"term": cve, "scheme": CVE}
