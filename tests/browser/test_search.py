"""The search, as readers use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from publisher import webserver
from publisher.model.ids import AdvisoryId
from publisher.render import search_terms
from tests.browser.visitor import Visitor, visiting
from tests.keys import Key
from tests.projects import Workplace
from tests.render import samples
from tests.render.test_hostile import FIRST, TEXTS, hostile

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

HAYABUSA = "Remote code execution in Hayabusa Server (CVE-2026-90088)"
HAYABUSA_JA = "Hayabusa Serverの脆弱性（CVE-2026-90088）に関する注意喚起"


def wide(text: str) -> str:
    """Return ASCII in full-width characters."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visitor]:
    with visiting(browser, address) as visitor:
        yield visitor
        assert visitor.faults == []


@pytest.mark.parametrize(
    "words",
    [
        "remote code execution hayabusa",
        "REMOTE Haya",
        "CVE-2026-90088",
        "cve-2026-90088 request",
        "ADV-2026-0011",
        "Hayabusa Server LTS",
        "4.6.3",
        "CWE-787",
        wide("Hayabusa"),
    ],
)
def test_english_texts_are_found(visitor: Visitor, words: str) -> None:
    visitor.go("en/search.html")

    assert HAYABUSA in visitor.search(words)


@pytest.mark.parametrize(
    "words",
    [
        "脆弱性 Hayabusa",
        "弱性 Hayabusa",
        "任意のコードを実行 Hayabusa Server",
        "アプリケーションサーバー CVE-2026-90088",
        "ｱﾌﾟﾘｹｰｼｮﾝｻｰﾊﾞｰ　" + wide("HAYABUSA"),
        "ケーション Hayabusa",
        "サーバ 4.6.3",
        "リクエストの解析処理 hayabusa",
        "２０２６年１１月１９日 Hayabusa",
    ],
)
def test_japanese_texts_are_found(visitor: Visitor, words: str) -> None:
    visitor.go("ja/search.html")

    assert HAYABUSA_JA in visitor.search(words)


@pytest.mark.parametrize(
    "words",
    ["nothingofthekind", "存在しない", "…", "90088", "kagerou", "ADV-2026-0007"],
)
def test_what_is_not_there_is_said_not_to_be_found(
    visitor: Visitor, words: str
) -> None:
    visitor.go("en/search.html")

    assert visitor.search(words) == []
    expect(visitor.page.get_by_role("status")).to_contain_text("Nothing was found")


def test_a_link_can_carry_the_words(visitor: Visitor) -> None:
    visitor.go("en/search.html?q=hayabusa+server&severity=critical")

    assert visitor.found() == [HAYABUSA]
    assert visitor.page.get_by_role("searchbox").input_value() == "hayabusa server"
    assert visitor.page.get_by_label("Severity").input_value() == "critical"


def test_the_way_back_leads_to_the_search_before(visitor: Visitor) -> None:
    visitor.go("en/search.html?q=tanpopo")
    before = visitor.found()
    assert visitor.search("hayabusa") == [HAYABUSA]
    visitor.page.go_back()
    expect(visitor.page.locator("#_found .title")).to_have_count(len(before))

    assert visitor.found() == before


def test_kind_and_severity_narrow_it_down(visitor: Visitor) -> None:
    visitor.go("en/search.html")
    visitor.page.get_by_label("Kind").select_option("note")
    notes = visitor.search("")
    visitor.page.get_by_label("Kind").select_option("alert")
    visitor.page.get_by_label("Severity").select_option("critical")

    assert len(notes) == 2
    assert visitor.search("") == [HAYABUSA]


def test_an_advisory_says_at_once_that_it_no_longer_holds(visitor: Visitor) -> None:
    visitor.go("ja/search.html?q=ADV-2026-0005")
    visitor.found()
    expect(visitor.page.locator("#_found li").last).to_contain_text("取り下げ")
    visitor.go("en/search.html?q=ADV-2025-0002")
    visitor.found()
    expect(visitor.page.locator("#_found li").last).to_contain_text("Replaced")


def test_the_keyboard_is_enough(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("en/search.html")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("hayabusa")
    page.keyboard.press("Enter")
    visitor.found()
    for _ in range(4):
        page.keyboard.press("Tab")

    expect(page.locator("#_found a")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/ADV-2026-0011/en.html")


def test_without_scripts_the_page_points_to_the_lists(
    browser: Browser, address: str
) -> None:
    with visiting(browser, address, java_script_enabled=False) as visitor:
        visitor.page.goto(f"{address}/en/search.html")
        lists = visitor.page.locator("noscript a[href='alert/index.html']")
        expect(lists).to_be_visible()
        lists.click()

        expect(visitor.page.locator("h1")).to_have_text("Alerts")


def test_a_site_that_was_built_anew_meanwhile_is_found_again(
    browser: Browser, address: str
) -> None:
    """The overview is of yesterday; the parts that it names are gone."""
    parts, others = '["ADV-2026",0,64,32]', '["ADV-2026",0,512,256]'
    with visiting(browser, address) as visitor:
        served: list[Route] = []

        def yesterday(route: Route) -> None:
            served.append(route)
            answer = route.fetch()
            text = answer.text()
            assert parts in text
            if len(served) == 1:
                text = text.replace(parts, others)
            route.fulfill(response=answer, body=text)

        visitor.page.route("**/search/en/index.json", yesterday)
        visitor.go("en/search.html?q=hayabusa")

        assert visitor.found() == [HAYABUSA]
        assert len(served) == 2


def test_older_results_come_on_demand(
    browser: Browser, team_key: Key, tmp_path: Path
) -> None:
    place = Workplace(tmp_path / "project", team_key)
    for number in range(1, 24):
        place.write(
            ("Remote code", f"Number{number:02d}X code"),
            advisory=AdvisoryId("ADV", 2026, number * 7),
            japanese=None,
        )
    place.sign()
    place.build()
    place.close()
    with (
        webserver.serving(place.site) as url,
        visiting(browser, url) as visitor,
    ):
        visitor.go("ja/search.html")
        first = visitor.search("example server")
        status = visitor.page.get_by_role("status")
        expect(status).to_contain_text("新しい順に10件")
        button = visitor.page.get_by_role("button", name="さらに古い文書を表示")
        button.click()
        expect(status).to_contain_text("新しい順に20件")
        expect(visitor.page.locator("#_found a").nth(10)).to_be_focused()
        button.click()
        expect(status).to_have_text("23件の文書が見つかりました。")
        expect(button).to_be_hidden()

        assert [title[:9] for title in first][:2] == ["Number23X", "Number22X"]
        assert len(visitor.found()) == len(set(visitor.found())) == 23
        assert visitor.page.locator("#_found a").first.get_attribute("lang") == "en"
        assert visitor.faults == []


TITLES = (
    *TEXTS.values(),
    "なりすましメールにご注意ください",
    "スタックベースのバッファオーバーフローの脆弱性",
    "ｽﾀｯｸﾍﾞｰｽのﾊﾞｯﾌｧｵｰﾊﾞｰﾌﾛｰ",
    "インターネットエクスプローラーアップデートマネージャーサーバー",
    "ユーザー、サーバ、コンピューターのコピー",
    "暗号鍵の漏えい、公開鍵と秘密鍵",
    "㈱例の①号機と㌔、𠮷野家と𩸽",
    "々木と佐々木、〆切、ヶ月とヵ所",
    "İstanbul ISTANBUL ΟΔΟΣ straße ﬁle ǅ",
    "e\u0301cole école",
    "보안 권고 취약점",
    "ความปลอดภัย безопасность अनुवाद",
    "a_b-c.d.e x86_64 node.js 10.0.0.1 1.2.3-rc.1_b2",
    "RHSA-2026:1234 MS17-010 GHSA-abcd-efgh-ijkl",
    "0123456789" * 9,
    "z" * 99,
    "\U0001d401\U0001d428\U0001d425\U0001d41d Ⅷ ½ ２．４．１",
)


def test_what_python_indexed_the_browser_finds(
    browser: Browser, tmp_path: Path
) -> None:
    """Each title as a query leads to its advisory, whatever is in it."""
    known = {
        f"ADV-2026-{number:04d}": hostile(number, title)
        for number, title in enumerate(TITLES, FIRST)
    }
    for name, data in samples.site(known.values()).items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    with webserver.serving(tmp_path) as url, visiting(browser, url) as visitor:
        visitor.go("en/search.html")
        missed = []
        for advisory, title in zip(known, TITLES, strict=True):
            visitor.search(title)
            found = visitor.page.locator("#_found .id").all_inner_texts()
            older = visitor.page.locator("#_more").is_visible()
            if search_terms.terms([title]) and advisory not in found and not older:
                missed.append(title)

        assert missed == []
        assert visitor.faults == []
