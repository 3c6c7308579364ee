"""JSON Feed 1.1 (jsonfeed.org), for programs that would rather not read XML."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from publisher.render import html, paths
from publisher.render.api import form
from publisher.render.feeds import scope

if TYPE_CHECKING:
    from publisher.render.feeds.entry import Entry, Feed

VERSION = "https://jsonfeed.org/version/1.1"


def feed(feed: Feed) -> bytes:
    """Return the feed: one item for each revision that readers were told of."""
    team = feed.presentation.settings.team.name[feed.language]
    home = feed.url(paths.home(feed.language))
    whole = {
        "version": VERSION,
        "title": scope.title(feed.scope, feed.language, feed.presentation),
        "description": html.visible(feed.scope.note),
        "home_page_url": feed.url(feed.scope.page),
        "feed_url": feed.url(paths.channel(feed.scope.folder, "json")),
        "language": feed.language,
        "authors": [{"name": html.visible(team), "url": home}],
        "items": [_item(entry, feed) for entry in feed.entries],
    }
    return f"{json.dumps(whole, ensure_ascii=False, indent=1)}\n".encode()


def _item(entry: Entry, feed: Feed) -> dict[str, Any]:
    summary = entry.summary
    words = feed.presentation.words[feed.language]
    return {
        "id": entry.guid,
        "url": feed.url(entry.path),
        "title": feed.title(entry),
        "summary": feed.note(entry),
        "content_html": feed.contents.of(entry),
        "date_published": feed.local(entry.date).isoformat(),
        "language": entry.text.language,
        "tags": [words.kind(summary.kind), *summary.cves],
        # Names with an underline are extensions (JSON Feed 1.1, "Extensions").
        "_advisory": {
            "about": feed.url(paths.api_schema("advisory")),
            "id": str(summary.id),
            "revision": entry.change.revision,
            "kind": summary.kind,
            "status": form.state(summary),
            "severity": summary.severity,
            "url": feed.url(paths.api_advisory(summary.id)),
        },
    }
