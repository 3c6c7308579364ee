"""RSS 1.0 (RDF Site Summary), as readers of Japanese vulnerability notes expect it.

Beside the Dublin Core it has elements of `mod_sec` 3.0, which JVN defines: the id of
an advisory, the CVE ids that it refers to, and its scores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from publisher.render import html, paths
from publisher.render.feeds import scope

if TYPE_CHECKING:
    from lxml.etree import _Element

    from publisher.render.feeds.entry import Entry, Feed

RSS = "http://purl.org/rss/1.0/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
SEC = "http://jvn.jp/rss/mod_sec/3.0/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
_NAMESPACES = {
    None: RSS,
    "rdf": RDF,
    "dc": DC,
    "dcterms": DCTERMS,
    "sec": SEC,
    "content": CONTENT,
}


def feed(feed: Feed) -> bytes:
    """Return the feed: one item for each revision that readers were told of."""
    from lxml import etree

    root = etree.Element(f"{{{RDF}}}RDF", nsmap=_NAMESPACES)
    own = feed.url(paths.channel(feed.scope.folder, "rdf"))
    channel = _add(root, RSS, "channel", **{f"{{{RDF}}}about": own})
    title = scope.title(feed.scope, feed.language, feed.presentation)
    _add(channel, RSS, "title", title)
    _add(channel, RSS, "link", feed.url(feed.scope.page))
    _add(channel, RSS, "description", html.visible(feed.scope.note))
    _add(channel, DC, "creator", _team(feed))
    _add(channel, DC, "language", feed.language)
    _add(channel, DC, "date", feed.updated.isoformat())
    sequence = _add(_add(channel, RSS, "items"), RDF, "Seq")
    for entry in feed.entries:
        about = _about(entry, feed)
        _add(sequence, RDF, "li", **{f"{{{RDF}}}resource": about})
        _item(root, entry, feed)
    data: bytes = etree.tostring(
        root, pretty_print=True, encoding="UTF-8", xml_declaration=True
    )
    return data


def _item(root: _Element, entry: Entry, feed: Feed) -> None:
    about = _about(entry, feed)
    summary = entry.summary
    item = _add(root, RSS, "item", **{f"{{{RDF}}}about": about})
    _add(item, RSS, "title", feed.title(entry))
    _add(item, RSS, "link", about)
    _add(item, RSS, "description", feed.note(entry))
    _add(item, CONTENT, "encoded", feed.contents.of(entry))
    _add(item, DC, "creator", _team(feed))
    _add(item, DC, "date", feed.local(entry.date).isoformat())
    _add(item, DC, "language", entry.text.language)
    kind = feed.presentation.words[feed.language].kind(summary.kind)
    _add(item, DC, "subject", kind)
    first = feed.local(summary.first_published)
    _add(item, DCTERMS, "issued", first.isoformat())
    _add(item, DCTERMS, "modified", feed.local(entry.date).isoformat())
    _add(item, SEC, "identifier", str(summary.id))
    for cve in summary.cves:
        url = f"https://www.cve.org/CVERecord?id={cve}"
        _add(item, SEC, "references", url, source="CVE", id=cve)
    for vulnerability in feed.contents.facts(summary.id)["vulnerabilities"]:
        for score in vulnerability["scores"]:
            _add(item, SEC, "cvss", **_score(score))


def _score(score: dict[str, Any]) -> dict[str, str]:
    return {
        "version": score["version"],
        "score": f"{score['score']:.1f}",
        "severity": score["severity"].capitalize(),
        "type": score["part"].capitalize(),
        "vector": score["vector"],
    }


def _about(entry: Entry, feed: Feed) -> str:
    """Return the address of an event: no two items may share one (RSS 1.0, 5.5)."""
    return f"{feed.url(entry.path)}#_r{entry.change.revision}"


def _team(feed: Feed) -> str:
    return html.visible(feed.presentation.settings.team.name[feed.language])


def _add(
    parent: _Element, space: str, name: str, text: str | None = None, **given: str
) -> _Element:
    from lxml import etree

    added = etree.SubElement(parent, f"{{{space}}}{name}", given)
    added.text = text
    return added
