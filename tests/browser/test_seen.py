"""What only a browser shows: folds, paper, and where lines break."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from publisher import webserver
from tests import builders
from tests.browser.visitor import PHONE, visiting
from tests.render import samples

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

LINES = """head => {
  const range = document.createRange();
  range.selectNodeContents(head);
  return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
}"""
"""On how many lines the text of an element stands."""


@pytest.fixture
def patched(tmp_path: Path) -> Path:
    """The site of an alert with thirty CVE ids, whose Japanese text has a table."""
    start, end = map(builders.ENGLISH.index, ("  - cve:", "affected:"))
    many = "".join(f"  - cve: CVE-2026-90{number:03d}\n" for number in range(30))
    table = "\n| 対象のバージョン | 状況 | 最終回答日 | 担当 |\n|---|---|---|---|\n"
    row = "| とても長い名前の製品の全バージョン | 調査中です | 2026-04-15 | 開発元 |\n"
    japanese = builders.JAPANESE + table + row
    advisory = builders.advisory((builders.ENGLISH[start:end], many), japanese=japanese)
    for path, data in samples.site([samples.signed(advisory)]).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    return tmp_path


def test_what_is_folded_opens_without_a_script_and_stands_on_paper(
    browser: Browser, patched: Path
) -> None:
    with (
        webserver.serving(patched) as url,
        visiting(browser, url, size=PHONE, java_script_enabled=False) as visitor,
    ):
        page = visitor.page
        visitor.go("advisories/2026/ADV-2026-0007/en.html")
        last = page.locator("h3", has_text="CVE-2026-90029")
        summary = page.locator("summary", has_text="25 more").first
        folded = last.is_visible()
        page.emulate_media(media="print")
        on_paper = last.is_visible(), summary.is_visible()
        page.emulate_media(media="screen")
        summary.click()

        assert page.locator("h3").count() == 30
        assert not folded
        assert on_paper == (True, False)
        assert last.is_visible()
        assert visitor.faults == []


def test_the_heads_of_japanese_tables_stand_on_one_line(
    browser: Browser, patched: Path
) -> None:
    with (
        webserver.serving(patched) as url,
        visiting(browser, url, size=PHONE) as visitor,
    ):
        visitor.go("advisories/2026/ADV-2026-0007/ja.html")
        heads = visitor.page.locator(".scroll th").all()

        assert [head.evaluate(LINES) for head in heads][1:] == [1, 1, 1]
        visitor.look("heads")
        assert visitor.faults == []
