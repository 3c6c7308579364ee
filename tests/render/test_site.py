"""The site as a whole: its links, its markup, its promises to readers."""

import posixpath
import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree

from publisher.model.chain import Signed
from publisher.model.settings import SiteSettings
from tests import builders
from tests.builders import EN, JA
from tests.render import samples
from tests.render.samples import Outline

PUBLIC = "https://www.cert.example/"
# libxml2 knows the elements of HTML 4; what is newer is no fault.
NEWER = re.compile(r"Tag (main|header|footer|nav|article|section|aside|time|bdi) inv")


def published() -> list[Signed]:
    """Return advisories of every sort that a page tells apart."""
    successor = ("references:\n", "superseded_by: ADV-2026-0007\nreferences:\n")
    withdrawn = (
        "references:\n",
        "withdrawn: {date: 2026-11-23T00:00:00+09:00, reason: Wrong}\nreferences:\n",
    )
    return [
        samples.signed(builders.advisory()),
        samples.numbered(8, successor),
        samples.numbered(9, withdrawn, ("kind: alert", "kind: note")),
        samples.numbered(10, japanese=None),
        samples.signed(
            builders.advisory(("ADV-2026-0007", "ADV-2025-0001")), {JA: [1, 2], EN: [2]}
        ),
    ]


@pytest.fixture(scope="module")
def site() -> dict[str, bytes]:
    """Build the whole site once."""
    return samples.site(published())


def pages_of(site: dict[str, bytes]) -> dict[str, str]:
    """Return the pages of a site."""
    return {p: d.decode() for p, d in site.items() if p.endswith(".html")}


def test_every_link_within_the_site_leads_to_a_file(site: dict[str, bytes]) -> None:
    dead = []
    for path, page in pages_of(site).items():
        outline = Outline(page)
        for link in outline.values("href") + outline.values("src"):
            target, fragment = resolve(path, link)
            if target is None:
                continue
            if target not in site:
                dead.append((path, link))
            elif fragment:
                other = Outline(site[target].decode())
                assert fragment in other.values("id"), (path, link)

    assert dead == []


def resolve(path: str, link: str) -> tuple[str | None, str]:
    """Return the file that a link means, or None if it lies elsewhere."""
    parts = urlsplit(link)
    fragment = unquote(parts.fragment)
    if link.startswith(PUBLIC):
        inside = unquote(parts.path.removeprefix("/"))
        return (inside + "index.html" if inside.endswith("/") else inside), fragment
    if parts.scheme:
        return None, ""
    if not parts.path:
        return path, fragment
    folder = posixpath.dirname("/" + path)
    joined = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
    return joined.removeprefix("/"), fragment


def test_every_page_is_reached_from_the_front_page(site: dict[str, bytes]) -> None:
    reached, waiting = set(), ["index.html"]
    while waiting:
        path = waiting.pop()
        if path in reached:
            continue
        reached.add(path)
        if path.endswith(".html"):
            targets = [
                resolve(path, h) for h in Outline(site[path].decode()).values("href")
            ]
            waiting += [target for target, _ in targets if target is not None]

    # Programs find these by the files that name them.
    machines = ("api/", "search", "sitemap")
    assert set(site) - reached <= {"404.html", "robots.txt"} | {
        path
        for path in site
        if path.startswith(machines)
        or (path.endswith("/index.html") and "advisories" in path)
    }


def test_every_page_is_html_in_which_all_is_closed(site: dict[str, bytes]) -> None:
    for path, page in pages_of(site).items():
        outline = Outline(page)
        ids = outline.values("id")

        assert page.startswith("<!doctype html>\n"), path
        assert outline.faults == [], path
        assert len(ids) == len(set(ids)), path
        assert [tag for tag, _ in outline.elements].count("h1") == 1, path


def test_an_outside_parser_finds_no_fault(site: dict[str, bytes]) -> None:
    for path, page in pages_of(site).items():
        parser = etree.HTMLParser(encoding="utf-8")
        etree.fromstring(page.encode(), parser)

        faults = [e.message for e in parser.error_log if not NEWER.match(e.message)]
        assert faults == [], path


def test_no_page_runs_a_script_or_asks_anybody_else(site: dict[str, bytes]) -> None:
    for path, page in pages_of(site).items():
        allowed = {"script"} if path.endswith("/search.html") else set()
        for tag, attributes in Outline(page).elements:
            refused = {"script", "style", "iframe", "object", "embed"} - allowed
            assert tag not in refused, path
            assert "://" not in attributes.get("action", ""), path
            assert "style" not in attributes
            assert not any(name.startswith("on") for name in attributes)
            assert "://" not in attributes.get("src", ""), path
            if attributes.get("rel") in ("stylesheet", "icon"):
                assert "://" not in attributes["href"], path


def test_every_page_names_itself_and_the_other_languages(
    site: dict[str, bytes],
) -> None:
    for path, page in pages_of(site).items():
        if path == "404.html":
            continue
        links = [a for tag, a in Outline(page).elements if tag == "link"]
        canonical = [a["href"] for a in links if a["rel"] == "canonical"]
        languages = [a["hreflang"] for a in links if "hreflang" in a]
        title = re.search("<title>(.*)</title>", page)

        assert canonical == [public(path)], path
        assert languages[-1] == "x-default", path
        assert title is not None
        assert title[1].strip(" |"), path


def public(path: str) -> str:
    """Return the address by which a page is known."""
    known = "ja/index.html" if path == "index.html" else path
    return PUBLIC + known.removesuffix("index.html")


def test_the_site_works_under_any_prefix(site: dict[str, bytes]) -> None:
    look = builders.presentation()
    elsewhere = SiteSettings(url="https://other.example/a/b")
    look = replace(look, settings=replace(look.settings, site=elsewhere))

    moved = samples.site(published(), look)

    for path, page in pages_of(moved).items():
        if path == "404.html":
            continue
        before = Outline(site[path].decode())
        same = [v for v in before.values("href") if "://" not in v]
        assert [v for v in Outline(page).values("href") if "://" not in v] == same


def test_two_builds_are_the_same(site: dict[str, bytes]) -> None:
    assert samples.site(published()[::-1]) == site


def test_languages_are_marked_where_they_change(site: dict[str, bytes]) -> None:
    page = site["ja/2026/index.html"].decode()

    assert '<html lang="ja">' in page
    assert re.search(
        r'ADV-2026-0010/en\.html" lang="en" hreflang="en"><bdi>Remote', page
    )
