"""Pages at the old addresses of a site."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

import pytest

from publisher.errors import SettingsError
from publisher.model.chain import Planned
from publisher.model.ids import AdvisoryId
from publisher.model.redirect import Redirect
from publisher.render import redirects
from tests import builders
from tests.render import samples

ID = AdvisoryId("ADV", 2026, 7)
LANDING = "advisories/2026/ADV-2026-0007/index.html"


def moved(old: str, target: str, line: int = 1) -> Redirect:
    return Redirect(old, target, f"redirects.toml:{line}")


def plans(*declared: Redirect) -> dict[str, Planned]:
    known = {
        path: Planned(PurePosixPath(path), "key", path.encode)
        for path in ("ja/index.html", "ja/feed.rdf", "style.css")
    }
    redirects.require(declared, {ID})
    found = redirects.pages(
        declared, {LANDING, "README"}, known, builders.presentation()
    )
    return {str(plan.path): plan for plan in found}


def test_an_old_address_leads_to_an_advisory(
    golden: Callable[[str, str | bytes], None],
) -> None:
    found = plans(moved("/at/2025/at250001.html", "ADV-2026-0007"))

    data = found["at/2025/at250001.html"].make()
    golden("site/redirect.html", data)
    outline = samples.Outline(data.decode())
    assert not outline.faults
    target = "/advisories/2026/ADV-2026-0007/"
    assert set(outline.values("href")) >= {target, f"https://www.cert.example{target}"}
    assert f"0; url={target}" in outline.values("content")


@pytest.mark.parametrize("old", ["/old/", "/old"])
def test_the_address_of_a_folder_is_that_of_its_page(old: str) -> None:
    found = plans(moved(old, "/ja/"))

    assert list(found) == ["old/index.html"]
    assert b'content="0; url=/ja/"' in found["old/index.html"].make()


def test_a_chain_leads_to_its_end() -> None:
    found = plans(moved("/a.html", "/b.html"), moved("/b.html", "/ja/"))

    assert b'content="0; url=/ja/"' in found["a.html"].make()


def test_what_is_no_page_is_there_once_more() -> None:
    found = plans(moved("/rss/all.rdf", "/ja/feed.rdf"))

    assert found["rss/all.rdf"].make() == b"ja/feed.rdf"


def test_what_is_no_page_cannot_be_one_that_leads_on() -> None:
    assert plans(moved("/at/2025/at250001.txt", "ADV-2026-0007")) == {}


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (
            moved("/a.html", "ADV-2026-0008", 3),
            "redirects.toml:3: ADV-2026-0008 is not published: take the line away "
            "until it is",
        ),
        (
            moved("/a.html", "/nothing.html", 4),
            "redirects.toml:4: there is no /nothing.html on the site: mend the target",
        ),
        (
            moved("/ja/", "ADV-2026-0007", 5),
            "redirects.toml:5: /ja/ is a file of the site: take the line away",
        ),
        (
            moved("/style.css", "ADV-2026-0007", 6),
            "redirects.toml:6: /style.css is a file of the site: take the line away",
        ),
    ],
)
def test_what_cannot_be_meant_is_named(declared: Redirect, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        plans(declared)

    assert str(caught.value) == message
