"""The sitemap."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from xml.etree import ElementTree

import pytest

from publisher.model.chain import Planned
from publisher.model.ids import AdvisoryId
from publisher.model.summary import Summary
from publisher.render import sitemap
from tests import builders
from tests.render import samples

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
SITE = "https://www.cert.example"


def planned(*summaries: Summary) -> dict[str, Planned]:
    plans = sitemap.files(summaries, builders.presentation())
    return {str(plan.path): plan for plan in plans}


def locations(data: bytes) -> list[str]:
    return [loc.text or "" for loc in ElementTree.fromstring(data).iter(f"{SPACE}loc")]


def test_it_names_every_list_and_every_list_names_pages_that_are_there(
    golden: Callable[[str, str | bytes], None],
) -> None:
    files = samples.site([samples.numbered(7), samples.numbered(8)])

    lists = locations(files["sitemap.xml"])
    assert lists == [f"{SITE}/sitemap/site.xml", f"{SITE}/sitemap/2026.xml"]
    for url in lists:
        for page in locations(files[url.removeprefix(f"{SITE}/")]):
            path = page.removeprefix(f"{SITE}/")
            assert path in files or f"{path}index.html" in files, page
    golden("site/sitemap.xml", files["sitemap/2026.xml"])


def test_a_page_names_itself_in_all_languages_and_its_last_change() -> None:
    root = ElementTree.fromstring(
        planned(samples.summary(7))["sitemap/2026.xml"].make()
    )

    folder = f"{SITE}/advisories/2026/ADV-2026-0007"
    for url in root:
        links = {link.get("hreflang"): link.get("href") for link in url.iter(LINK)}
        assert links == {
            "ja": f"{folder}/ja.html",
            "en": f"{folder}/en.html",
            "x-default": f"{folder}/",
        }
        changed = datetime.fromisoformat(url.findtext(f"{SPACE}lastmod") or "")
        assert changed == samples.summary(7).last_updated
    assert len(root) == 2


def numbered(year: int, number: int) -> Summary:
    return replace(samples.summary(7), id=AdvisoryId("ADV", year, number))


def test_a_list_that_would_be_too_long_is_parted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sitemap, "MOST", 4)

    files = planned(*(numbered(2026, number) for number in range(1, 6)))

    counts = {path: len(locations(plan.make())) for path, plan in files.items()}
    assert {path: n for path, n in counts.items() if "2026" in path} == {
        "sitemap/2026.xml": 4,
        "sitemap/2026-2.xml": 4,
        "sitemap/2026-3.xml": 2,
    }
    assert counts["sitemap.xml"] == 4


def test_a_change_touches_the_list_of_its_year_alone() -> None:
    old, new = numbered(2025, 1), numbered(2026, 1)
    text = replace(new.texts[0], sha256="f" * 64)

    before = keys(planned(old, new))
    after = keys(planned(old, replace(new, texts=(text, new.texts[1]))))

    assert {path for path in before if before[path] != after[path]} == {
        "sitemap/2026.xml"
    }


def keys(plans: Mapping[str, Planned]) -> dict[str, str]:
    return {path: plan.key for path, plan in plans.items()}


def test_robots_are_told_where_it_is() -> None:
    files = samples.site([])

    assert b"\nSitemap: https://www.cert.example/sitemap.xml\n" in files["robots.txt"]
