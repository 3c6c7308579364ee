"""Hostile advisories in a real browser: nothing runs, loads or leaves the site.

The pages have to be harmless by themselves: the policy that would stop a script is
switched off in one of the two runs.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from publisher import webserver
from tests.browser.visitor import visiting
from tests.render import samples
from tests.render.test_hostile import FIRST, TEXTS, hostile

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

EFFECTS = """() => [
  document.querySelectorAll("script:not([src$='search.js']), svg, iframe, math, style")
    .length,
  [...document.querySelectorAll("*")].filter((element) =>
    [...element.attributes].some(({ name }) => name.startsWith("on"))).length,
  [...document.querySelectorAll("a[href]")].filter(({ protocol }) =>
    !["http:", "https:", "mailto:"].includes(protocol)).length,
]"""


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    advisories = [hostile(FIRST + n, text) for n, text in enumerate(TEXTS.values())]
    for name, data in samples.site(advisories).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    with webserver.serving(folder) as url:
        yield url


@pytest.mark.parametrize("policy", [True, False], ids=["policy", "no policy"])
def test_no_text_of_an_advisory_does_anything(
    browser: Browser, hostile_site: str, policy: bool
) -> None:
    with visiting(browser, hostile_site, bypass_csp=not policy) as visitor:
        numbers = range(FIRST, FIRST + len(TEXTS))
        pages = [f"advisories/2026/ADV-2026-{number:04d}/en.html" for number in numbers]
        for path in ("en/index.html", "en/search.html?q=overview", *pages):
            visitor.go(path)
            if "search" in path:
                visitor.found()

            assert visitor.page.evaluate(EFFECTS) == [0, 0, 0], path
        assert visitor.faults == []


def test_hostile_words_and_results_are_shown_as_they_are(
    browser: Browser, hostile_site: str
) -> None:
    with visiting(browser, hostile_site) as visitor:
        shown = []
        visitor.go("en/search.html")
        for number, text in enumerate(TEXTS.values(), FIRST):
            titles = visitor.search(f"ADV-2026-{number:04d}")
            assert len(titles) == 1, text
            shown += titles
            visitor.search(text)

            assert visitor.page.evaluate(EFFECTS) == [0, 0, 0], text
        assert "<script>alert(1)</script>" in shown
        assert visitor.faults == []
