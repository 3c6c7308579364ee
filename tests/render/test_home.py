"""What the front page, and every page, offers a reader to go on with."""

import pytest

from tests import builders
from tests.render import samples
from tests.render.samples import Outline

LANGUAGES = ("ja", "en")


@pytest.fixture(scope="module")
def site() -> dict[str, bytes]:
    """Build a small site."""
    return samples.site([samples.signed(builders.advisory())])


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_can_search_from_the_front_page_without_a_script(
    site: dict[str, bytes], language: str
) -> None:
    outline = Outline(site[f"{language}/index.html"].decode())

    (form,) = [attributes for tag, attributes in outline.elements if tag == "form"]
    (field,) = [attributes for tag, attributes in outline.elements if tag == "input"]
    assert (form["method"], form["action"]) == ("get", "search.html")
    assert form["role"] == "search"
    assert (field["type"], field["name"]) == ("search", "q")
    assert "script" not in {tag for tag, _ in outline.elements}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_emergency_is_the_first_thing_on_the_front_page(language: str) -> None:
    emergency = samples.numbered(8, ("kind: alert", "kind: emergency"))
    files = samples.site([emergency, samples.numbered(9)])

    page = files[f"{language}/index.html"].decode()
    (_, _, cards) = page.partition('<ul class="cards">')
    assert cards.index("ADV-2026-0008") < cards.index("ADV-2026-0009")
    assert cards.index('class="badge emergency"') < cards.index("</li>")
    (_, _, latest) = page.partition('<ol class="list">')
    assert 'class="badge emergency"' in latest
    found = files[f"{language}/cve/2026/900xx.html"].decode()
    assert 'class="badge emergency"' in found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_front_page_leads_to_every_list(
    site: dict[str, bytes], language: str
) -> None:
    links = set(Outline(site[f"{language}/index.html"].decode()).values("href"))

    assert {
        "2026/index.html",
        "alert/index.html",
        "severity/index.html",
        "vendors/index.html",
        "cve/index.html",
    } <= links


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_leads_to_the_same_few_places(
    site: dict[str, bytes], language: str
) -> None:
    page = site[f"{builders.FOLDER}/{language}.html"].decode()

    top = Outline(page.partition('<header class="top">')[2].partition("</header>")[0])
    names = [link.rpartition("/")[2] for link in top.values("href")]
    assert names[:6] == [
        "index.html",
        "index.html",
        "search.html",
        "subscribe.html",
        "feeds.html",
        "verify.html",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_feed_readers_find_the_feeds_of_a_page(
    site: dict[str, bytes], language: str
) -> None:
    elements = Outline(site[f"{language}/index.html"].decode()).elements

    types = [attributes.get("type") for tag, attributes in elements if tag == "link"]
    assert {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
    } <= set(types)


def test_the_page_for_missing_pages_lets_one_search_in_every_language(
    site: dict[str, bytes],
) -> None:
    outline = Outline(site["404.html"].decode())

    forms = [attributes for tag, attributes in outline.elements if tag == "form"]
    assert [form["action"] for form in forms] == ["/ja/search.html", "/en/search.html"]


def test_the_colour_of_the_browser_is_that_of_the_page(site: dict[str, bytes]) -> None:
    page = site["en/index.html"].decode()
    sheet = site["style.css"].decode()

    colours = [
        attributes["content"]
        for _, attributes in Outline(page).elements
        if attributes.get("name") == "theme-color"
    ]
    assert len(colours) == 2
    assert all(f"--paper:{colour};" in sheet for colour in colours)
