"""Each form of a feed, read by programs that others wrote and by the grammars."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import jsonschema
import pytest
from lxml import etree

from publisher.model.advisory import Withdrawal
from publisher.model.chain import Signed
from publisher.model.ids import AdvisoryId
from publisher.model.settings import SiteSettings
from publisher.presentation import Presentation
from publisher.render import paths
from publisher.render.feeds import atom, rdf
from tests import builders
from tests.render import samples

SCHEMAS = Path(__file__).parent / "schemas"
NOTE = ("kind: alert", "kind: note")
SITE = "https://www.cert.example"
HOSTILE = "]]>\u202e<script>alert(1)</script> & \"'<b>{{ words }}&#x3c;"
ATOM = "{http://www.w3.org/2005/Atom}"
RSS1 = f"{{{rdf.RSS}}}"


def withdrawn(one: Signed) -> Signed:
    facts = one.advisory
    reason = Withdrawal(facts.last_updated, f"It was wrong {HOSTILE}")
    return replace(one, advisory=replace(facts, withdrawn=reason))


def superseded(one: Signed, by: int) -> Signed:
    successor = AdvisoryId("ADV", 2026, by)
    return replace(one, advisory=replace(one.advisory, superseded_by=successor))


def hostile(one: Signed) -> Signed:
    original = one.advisory.original
    summaries = tuple(f"{each} {HOSTILE}" for each in original.summaries)
    text = replace(original, title=HOSTILE, summaries=summaries, body=f"{HOSTILE}\n")
    return replace(one, advisory=replace(one.advisory, original=text))


@cache
def site() -> dict[str, bytes]:
    """Return a site with one of everything that a feed can show."""
    return samples.site(
        [
            samples.numbered(7),
            samples.numbered(8, NOTE),
            withdrawn(samples.numbered(9)),
            superseded(samples.numbered(10), 7),
            hostile(samples.numbered(11)),
        ]
    )


def feeds_of(form: str) -> list[str]:
    name = paths.FORMATS[form]
    return sorted(path for path in site() if path.rpartition("/")[2] == name)


ALL = [(form, path) for form in ("rss", "atom", "rdf") for path in feeds_of(form)]


@pytest.mark.parametrize("path", feeds_of("atom"))
def test_atom_follows_the_grammar_of_its_rfc(path: str) -> None:
    grammar = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))

    assert grammar.validate(etree.fromstring(site()[path])), grammar.error_log


@pytest.mark.parametrize("path", feeds_of("atom"))
def test_atom_keeps_what_the_grammar_cannot_say(path: str) -> None:
    root = etree.fromstring(site()[path])
    ids = [entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")]

    assert root.find(f"{ATOM}author") is not None
    assert len(set(ids)) == len(ids)
    for entry in root.iter(f"{ATOM}entry"):
        links = [
            tuple(sorted(link.attrib.items())) for link in entry.iter(f"{ATOM}link")
        ]
        alternates = list(entry.iter(f"{ATOM}link"))
        rels = [link.get("rel", "alternate") for link in alternates]
        assert rels.count("alternate") == 1
        assert len(set(links)) == len(links)
        assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "").tzinfo


@pytest.mark.parametrize("path", feeds_of("json"))
def test_json_feed_follows_its_specification(path: str) -> None:
    schema = json.loads((SCHEMAS / "jsonfeed.json").read_text())
    checker = jsonschema.FormatChecker()

    data = json.loads(site()[path])

    jsonschema.validate(data, schema, format_checker=checker)
    ids = [item["id"] for item in data["items"]]
    assert len(set(ids)) == len(ids)


CHANNEL = {
    *("title", "link", "description", "language", "lastBuildDate", "docs"),
    *("generator", "item"),
}
ITEM = {"title", "link", "description", "guid", "category", "pubDate"}


@pytest.mark.parametrize("path", feeds_of("rss"))
def test_rss_keeps_its_specification(path: str) -> None:
    root = etree.fromstring(site()[path])
    channel = root.find("channel")

    assert (root.tag, root.get("version"), len(root)) == ("rss", "2.0", 1)
    assert channel is not None
    for parent, known, required in (
        (channel, CHANNEL, ("title", "link", "description")),
        *((item, ITEM, ("title", "guid")) for item in channel.iter("item")),
    ):
        own = [child.tag for child in parent if "}" not in child.tag]
        once = [tag for tag in own if tag not in ("item", "category")]
        assert set(own) <= known
        assert len(set(once)) == len(once)
        assert set(required) <= set(own)
        assert urlsplit(parent.findtext("link")).scheme == "https"
    for date in (*channel.iter("pubDate"), *channel.iter("lastBuildDate")):
        assert parsedate_to_datetime(date.text).tzinfo is not None
    guids = [guid.text for guid in channel.iter("guid")]
    assert len(set(guids)) == len(guids)


@pytest.mark.parametrize("path", feeds_of("rdf"))
def test_rdf_names_in_its_channel_each_item_that_follows(path: str) -> None:
    root = etree.fromstring(site()[path])
    channel, *items = root

    listed = [
        li.get(f"{{{rdf.RDF}}}resource") for li in channel.iter(f"{{{rdf.RDF}}}li")
    ]
    about = [item.get(f"{{{rdf.RDF}}}about") for item in items]
    assert root.tag == f"{{{rdf.RDF}}}RDF"
    assert listed == about == [item.findtext(f"{RSS1}link") for item in items]
    assert len(set(about)) == len(about)
    for part in root:
        for name in ("title", "link", "description"):
            assert part.findtext(f"{RSS1}{name}"), name


@pytest.mark.parametrize(("form", "path"), ALL)
def test_a_reader_that_others_wrote_reads_it(form: str, path: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = feedparser.parse(site()[path])

    assert not found.bozo
    assert found.version == {"rss": "rss20", "atom": "atom10", "rdf": "rss10"}[form]
    assert found.feed.title.startswith("Example CERT")
    assert found.feed.language in ("ja", "en")
    for entry in found.entries:
        assert entry.link.startswith(f"{SITE}/advisories/2026/ADV-2026-")
        assert "SHA-256" in entry.content[0].value
        assert "<script" not in entry.content[0].value


def test_a_feed_has_the_whole_text_and_says_where_the_signed_one_is() -> None:
    data = json.loads(site()["en/feed.json"])
    newest, oldest = (
        next(item for item in data["items"] if item["id"] == f"ADV-2026-0007/r{n}.en")
        for n in (2, 1)
    )

    assert "<h2>Solution</h2>" in newest["content_html"]
    assert (
        f'href="{SITE}/advisories/2026/ADV-2026-0007/r2.en.txt.asc"'
        in (newest["content_html"])
    )
    assert "<h2>Solution</h2>" not in oldest["content_html"]
    assert (
        f'href="{SITE}/advisories/2026/ADV-2026-0007/r1.en.txt.asc"'
        in (oldest["content_html"])
    )


def entries(path: str) -> dict[str, Any]:
    """Return the entries of an Atom feed by the id of their advisory."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = feedparser.parse(site()[path])
    return {
        entry.id.rpartition(":")[2].partition("/")[0]: entry for entry in found.entries
    }


def test_atom_has_one_entry_for_each_advisory_and_marks_what_does_not_hold() -> None:
    found = entries("en/atom.xml")

    title = "Remote code execution in Example Server"
    assert len(found) == 5
    assert found["ADV-2026-0007"].title == title
    assert found["ADV-2026-0009"].title == f"Withdrawn: {title}"
    assert found["ADV-2026-0010"].title == f"Superseded: {title}"
    terms = {tag.term for tag in found["ADV-2026-0009"].tags}
    assert {"alert", "critical", "withdrawn", "CVE-2026-90007"} == terms
    related = [link.href for link in found["ADV-2026-0010"].links]
    assert f"{SITE}/advisories/2026/ADV-2026-0007/" in related
    assert "This document is withdrawn." in found["ADV-2026-0009"].content[0].value


def test_atom_moves_with_each_revision_while_rss_tells_only_of_news() -> None:
    quiet = ("Exploitation observed}", "Exploitation observed, notify: false}")
    files = samples.site([samples.numbered(7, quiet)])

    atom_feed = feedparser.parse(files["en/atom.xml"])
    items = json.loads(files["en/feed.json"])["items"]
    assert [entry.updated for entry in atom_feed.entries] == [
        "2026-11-21T09:00:00+09:00"
    ]
    assert [item["id"] for item in items] == ["ADV-2026-0007/r1.en"]


def test_the_id_of_an_entry_outlives_the_address_of_the_site() -> None:
    look = builders.presentation()
    moved = replace(
        look.settings,
        site=SiteSettings("https://new.example", tag="www.cert.example,2026"),
    )

    def ids(with_look: Presentation) -> list[str]:
        files = samples.site([samples.numbered(7)], with_look)
        return [entry.id for entry in feedparser.parse(files["en/atom.xml"]).entries]

    assert ids(look) == ids(replace(look, settings=moved))
    assert ids(look) == ["tag:www.cert.example,2026:ADV-2026-0007/en"]


def test_the_id_is_minted_in_the_year_of_the_first_announcement() -> None:
    settings = builders.presentation().settings
    earlier = replace(settings, announce_since=settings.announce_since - timedelta(800))

    assert atom.tag(earlier, "x") == "tag:www.cert.example,2023:x"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_list_for_feed_readers_names_feeds_that_are_there(language: str) -> None:
    root = etree.fromstring(site()[f"{language}/feeds.opml"])
    outlines = list(root.iter("outline"))

    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert [child.tag for child in root] == ["head", "body"]
    assert len(outlines) == 11
    for outline in outlines:
        assert outline.get("type") == "rss"
        assert outline.get("text")
        url = outline.get("xmlUrl")
        assert url is not None
        assert url.removeprefix(f"{SITE}/") in site()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_of_feeds_links_to_feeds_that_are_there(language: str) -> None:
    page = f"{language}/feeds.html"
    outline = samples.Outline(site()[page].decode())
    forms = set(paths.FORMATS.values())

    links = [
        link for link in outline.values("href") if link.rpartition("/")[2] in forms
    ]
    inside = [link for link in links if not link.startswith("https:")]
    assert len(inside) == 44
    for link in inside:
        assert f"{language}/{link}" in site()
    assert not outline.faults


def test_hostile_texts_stay_text() -> None:
    for form in ("rss", "atom", "rdf"):
        root = etree.fromstring(site()[f"en/{paths.FORMATS[form]}"])
        assert not list(root.iter("{*}script"))
        assert "\u202e" not in "".join(root.itertext())
    for item in json.loads(site()["en/feed.json"])["items"]:
        assert "<script" not in item["content_html"]
        assert "\u202e" not in json.dumps(item, ensure_ascii=False)


def test_rdf_says_of_which_metrics_a_score_is() -> None:
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    built = samples.site([samples.numbered(7, (vector, f"{vector}/E:P"))])

    score = next(
        element.attrib
        for path in feeds_of("rdf")
        for element in etree.fromstring(built[path]).iter(f"{{{rdf.SEC}}}cvss")
    )

    assert (score["score"], score["type"]) == ("9.3", "Temporal")
    assert (score["version"], score["severity"]) == ("3.1", "Critical")
