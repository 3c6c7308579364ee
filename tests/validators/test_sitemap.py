"""The sitemap is what sitemaps.org's own schema says, and names every page."""

from __future__ import annotations

import re
from pathlib import Path

import lxml.html
import pytest
from lxml import etree

from tests import readers

SITE = "https://www.cert.example/"
ADVISORY = re.compile(r"/ADV-[0-9-]+/[a-z]{2}\.html$")
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def addresses(file: Path) -> list[str]:
    tree = etree.parse(file)
    return [str(each.text) for each in tree.iterfind(".//s:loc", NAMES)]


@pytest.fixture(scope="module")
def sitemaps(site: Path) -> list[Path]:
    return [site / each.removeprefix(SITE) for each in addresses(site / "sitemap.xml")]


def test_each_part_follows_the_schema(sitemaps: list[Path]) -> None:
    file = readers.NODE / "sitemap/schema/sitemap.xsd"
    readers.need("sitemap", file)
    schema = etree.XMLSchema(etree.parse(file))
    for part in sitemaps:
        tree = etree.parse(part)
        # The schema lets these in only with one for XHTML, which nobody has for XML.
        for link in list(tree.iter("{http://www.w3.org/1999/xhtml}link")):
            link.getparent().remove(link)
        schema.assertValid(tree)


def canonical(file: Path) -> str:
    tree = lxml.html.document_fromstring(file.read_bytes())
    found = tree.xpath("string(//link[@rel='canonical']/@href)")
    return str(found)


def test_every_page_is_named_once_by_its_own_address(
    site: Path, sitemaps: list[Path]
) -> None:
    named = [each for part in sitemaps for each in addresses(part)]
    own = {canonical(file) for file in site.rglob("*.html")} - {""}

    assert len(named) == len(set(named))
    assert set(named) <= own
    assert {each for each in own if ADVISORY.search(each)} <= set(named)
    assert {f"{SITE}en/", f"{SITE}ja/search.html", f"{SITE}en/verify.html"} <= set(
        named
    )
