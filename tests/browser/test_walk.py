"""From the front page to a verified signature, as readers go."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import pictures
from tests.browser.visitor import DESKTOP, PHONE, Scheme, visiting

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_readers_find_an_advisory_and_what_verifies_it(
    browser: Browser,
    site: Path,
    address: str,
    language: str,
    scheme: Scheme,
    size: tuple[int, int],
) -> None:
    with visiting(browser, address, scheme, size) as visitor:
        page = visitor.page
        visitor.name = f"{language}-{visitor.name}"
        visitor.go(f"{language}/")
        visitor.look("1-home")
        titles = visitor.search("Hayabusa Server")
        visitor.look("2-search")
        page.locator("#_found a").first.click()
        page.wait_for_url("**/advisories/**")
        assert page.locator("h1").inner_text() == titles[0]
        visitor.look("3-advisory")
        signed = page.locator("a[href$='.txt.asc']").first
        response = page.request.get(signed.evaluate("link => link.href"))
        assert response.body().startswith(b"-----BEGIN PGP SIGNED MESSAGE-----\n")
        kept = site / response.url.removeprefix(f"{address}/")
        assert response.body() == kept.read_bytes()
        signed.click()
        page.wait_for_url("**/*.txt.asc")
        visitor.look("4-signed")
        page.go_back()
        page.locator(".top nav a[href$='verify.html']").click()
        page.wait_for_url("**/verify.html")
        visitor.look("5-verify")

        assert page.locator("code", has_text="verify.py").count()
        assert visitor.faults == []


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_the_pictures_of_the_readme_are_small(name: str) -> None:
    data = (pictures.FOLDER / name).read_bytes()

    assert data.startswith(b"\x89PNG")
    assert len(data) <= pictures.MOST
