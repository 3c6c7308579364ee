"""Atom (RFC 4287): how things stand, one entry for each advisory."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from publisher.render import html, paths
from publisher.render.api import form
from publisher.render.feeds import scope
from publisher.render.feeds.entry import standing
from publisher.render.feeds.rss import GENERATOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedgen.feed import FeedGenerator
    from lxml.etree import _Element

    from publisher.model.settings import Settings
    from publisher.render.feeds.entry import Entry, Feed


class _Links:
    """The links of an entry. Those that feedgen 1.0 writes have lost their `rel`."""

    found: tuple[dict[str, str], ...] = ()

    def extend_ns(self) -> dict[str, str]:
        """Return no namespace."""
        return {}

    def extend_atom(self, entry: _Element) -> _Element:
        """Add the links."""
        for attributes in self.found:
            entry.append(entry.makeelement("link", attributes))
        return entry


def feed(feed: Feed) -> bytes:
    """Return the feed: the advisories that were published or changed last."""
    from feedgen.feed import FeedGenerator

    settings = feed.presentation.settings
    team = html.visible(settings.team.name[feed.language])
    made = FeedGenerator()
    made.id(tag(settings, f"feed/{feed.scope.folder}"))
    made.title(scope.title(feed.scope, feed.language, feed.presentation))
    made.subtitle(html.visible(feed.scope.note))
    made.author(name=team, uri=feed.url(paths.home(feed.language)))
    own = feed.url(paths.channel(feed.scope.folder, "atom"))
    made.link(href=own, rel="self", type="application/atom+xml")
    made.link(href=feed.url(feed.scope.page), rel="alternate", type="text/html")
    made.language(feed.language)
    made.generator(GENERATOR)
    made.updated(feed.updated)
    for entry in feed.entries:
        _add(made, entry, feed)
    data: bytes = made.atom_str(pretty=True)
    return data


def tag(settings: Settings, specific: str) -> str:
    """Return an id that outlives the site's address (RFC 4151).

    The name and the year that it is minted under are a setting; without it, those of
    the site as it is.
    """
    authority = settings.site.tag
    if not authority:
        host = urlsplit(settings.site.url).hostname
        authority = f"{host},{settings.announce_since.year:04d}"
    return f"tag:{authority}:{specific}"


def _add(made: FeedGenerator, entry: Entry, feed: Feed) -> None:
    summary, text = entry.summary, entry.text
    words = feed.presentation.words[feed.language]
    state = form.state(summary)
    item = made.add_entry(order="append")
    item.id(tag(feed.presentation.settings, f"{summary.id}/{text.language}"))
    item.title(standing(entry, words))
    item.updated(feed.local(entry.date))
    item.published(feed.local(summary.first_published))
    item.register_extension("links", _Links, rss=False)
    item.links.found = tuple(_links(entry, feed))
    item.summary(html.visible(text.lead))
    item.content(feed.contents.of(entry), type="html")
    item.category(term=summary.kind, label=words.kind(summary.kind))
    terms = [summary.severity, None if state == form.CURRENT else state]
    for term in (*terms, *summary.cves):
        if term:
            item.category(term=term)


def _links(entry: Entry, feed: Feed) -> Iterator[dict[str, str]]:
    page = feed.url(entry.path)
    yield {"rel": "alternate", "type": "text/html", "href": page}
    api = feed.url(paths.api_advisory(entry.summary.id))
    yield {"rel": "related", "type": "application/json", "href": api}
    if entry.summary.superseded_by:
        successor = feed.url(paths.landing(entry.summary.superseded_by))
        yield {"rel": "related", "type": "text/html", "href": successor}
