"""Every link of the built site leads to something: files, and places in them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import lxml.html
import pytest
from lxml import etree

from tests import readers

SITE = "https://www.cert.example"
ATTRIBUTES = ("href", "src", "action", "poster", "cite")
PAGES = (".html",)
DOCUMENTS = (".xml", ".rdf", ".opml")


@dataclass(frozen=True)
class Page:
    """What a page links to, and what can be linked to in it."""

    links: tuple[str, ...]
    places: frozenset[str]


def _html(data: bytes) -> Page:
    tree = lxml.html.document_fromstring(data.decode())
    elements = [each for each in tree.iter() if isinstance(each.tag, str)]
    links = [each.get(name) for each in elements for name in ATTRIBUTES]
    content = [each.get("content") for each in elements if each.tag == "meta"]
    urls = [each for each in content if each and each.startswith(SITE)]
    places = frozenset(each.get("id", "") for each in elements)
    return Page(tuple(link for link in (*links, *urls) if link), places)


def _xml(data: bytes) -> Page:
    tree = etree.fromstring(data)
    values = [text for each in tree.iter() for text in (each.text, *each.values())]
    links = [each.strip() for each in values if each and each.strip().startswith(SITE)]
    return Page(tuple(links), frozenset())


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    """Every file of the site that has links, by its path."""
    found = {}
    for file in site.rglob("*"):
        path = str(file.relative_to(site))
        if path.endswith(PAGES):
            found[path] = _html(file.read_bytes())
        elif path.endswith(DOCUMENTS):
            found[path] = _xml(file.read_bytes())
    return found


def _target(page: str, link: str) -> tuple[str, str] | None:
    """Return file and place that a link leads to; None: it leaves the site."""
    url, place = urldefrag(link)
    parts = urlsplit(url.removeprefix(SITE) if url.startswith(SITE) else url)
    if parts.scheme or parts.netloc:
        return None
    if not parts.path:
        return page, unquote(place)
    start = "" if parts.path.startswith("/") else posixpath.dirname(page)
    path = posixpath.normpath(posixpath.join(start, unquote(parts.path).lstrip("/")))
    folder = parts.path.endswith("/") or path == "."
    return (posixpath.join(path, "index.html") if folder else path), unquote(place)


def broken(site: Path, pages: dict[str, Page]) -> Iterator[str]:
    for name, page in pages.items():
        for link in page.links:
            target = _target(name, link)
            if target is None:
                continue
            path, place = posixpath.normpath(target[0]), target[1]
            if not (site / path).is_file():
                yield f"{name}: {link}: there is no {path}"
            elif place and path in pages and place not in pages[path].places:
                yield f"{name}: {link}: {path} has no {place!r}"


def test_every_link_within_the_site_leads_to_something(
    site: Path, pages: dict[str, Page]
) -> None:
    assert sum(len(page.links) for page in pages.values()) > 2000
    assert sorted(broken(site, pages)) == []


def test_every_page_can_be_reached_from_the_front_page(
    pages: dict[str, Page],
) -> None:
    seen = {"index.html"}
    waiting = ["index.html"]
    while waiting:
        name = waiting.pop()
        for link in pages[name].links if name in pages else ():
            target = _target(name, link)
            path = posixpath.normpath(target[0]) if target else name
            if path not in seen:
                seen.add(path)
                waiting.append(path)

    missed = {name for name in set(pages) - seen if name.endswith(PAGES)}
    assert missed == {"404.html"}


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("x")
    made = {
        "a.html": Page(
            ("b.html", "#there", "c/", "https://elsewhere.example/"), frozenset()
        ),
    }

    assert len(list(broken(tmp_path, made))) == 3


def test_the_settings_are_those_of_the_samples() -> None:
    assert SITE in (readers.ROOT / "publisher.toml").read_text()
