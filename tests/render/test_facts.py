"""Facts in pages, feeds and the machine index, as each language says them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from publisher.model.advisory import Advisory
from publisher.model.ids import Language
from publisher.render import search_terms
from tests import builders
from tests.builders import EN, JA
from tests.edition.test_facts import CHANGES, with_cves, with_products
from tests.render import samples

HOSTILE = '"><script>alert(1)</script>\u202e{{ 7*7 }}'
API = f"api/v1/advisories/{builders.FOLDER.name}.json"


def page(advisory: Advisory, language: Language) -> str:
    return samples.page(samples.signed(advisory), language)


def feed(advisory: Advisory, language: Language) -> str:
    return samples.site([samples.signed(advisory)])[f"{language}/feed.xml"].decode()


def read(advisory: Advisory) -> Any:
    return json.loads(samples.site([samples.signed(advisory)])[API])


def test_a_page_says_facts_in_its_language() -> None:
    found = page(builders.advisory(*CHANGES), JA)

    assert "<bdi>例示社</bdi></a>" in found
    assert 'href="../../../ja/vendor/example/index.html"' in found
    assert "<bdi>例示サーバー</bdi></a>" in found
    assert "<bdi>2.4以前の全製品</bdi>" in found
    assert "<bdi>近日</bdi>" in found
    assert '<li><a href="https://vendor.example/sb-1"><bdi>ベンダーの情報' in found
    assert "<li><bdi>星空リサーチ" in found
    assert "<bdi>あふれ</bdi>" in found
    assert 'lang="en"><bdi>' not in found


def test_a_page_marks_what_it_leaves_in_another_language() -> None:
    found = page(builders.advisory(), JA)

    assert '<li lang="en"><a href="https://vendor.example/sb-1">' in found
    assert '<li lang="en"><bdi>Hoshizora Research' in found


def test_a_feed_says_facts_in_its_language() -> None:
    assert "例示サーバー" in feed(builders.advisory(*CHANGES), JA)
    assert "2.4以前の全製品" in feed(builders.advisory(*CHANGES), JA)
    assert "例示" not in feed(builders.advisory(*CHANGES), EN)


def test_the_machine_index_has_facts_and_how_a_language_says_them() -> None:
    found = read(builders.advisory(*CHANGES))

    said = {text["language"]: text["facts"] for text in found["texts"]}
    assert found["affected"][0]["product"] == "Example Server"
    assert said["en"] == {}
    assert said["ja"]["Example Server"] == "例示サーバー"


def test_the_search_finds_both() -> None:
    plain = search_terms.of(samples.signed(builders.advisory(*CHANGES[1:])))
    found = search_terms.of(samples.signed(builders.advisory(*CHANGES)))

    key = f"{builders.FOLDER.name}.ja"
    assert set(plain[key].split()) < set(found[key].split())
    assert "bulletin" in found[key].split()


def test_hostile_facts_are_no_markup() -> None:
    hostile = json.dumps(HOSTILE)
    change = ("translates: 2", f"translates: 2\nfacts: {{Example: {hostile}}}")
    advisory = builders.advisory(change)

    assert "<script>alert" not in page(advisory, JA)
    assert "\u202e" not in page(advisory, JA)
    assert "\u202e" not in feed(advisory, JA)
    assert "\u202e" not in samples.site([samples.signed(advisory)])[API].decode()


@pytest.mark.parametrize(
    ("fixed", "version", "remediation", "english", "japanese"),
    [
        (
            "2.4.1",
            "2.4.1",
            {"category": "vendor_fix", "date": None},
            "2.4.1",
            "2.4.1",
        ),
        (
            "none_available",
            None,
            {"category": "none_available", "date": None},
            "no fix yet",
            "まだ提供されていません",
        ),
        (
            "no_fix_planned",
            None,
            {"category": "no_fix_planned", "date": None},
            "no fix planned",
            "提供の予定はありません",
        ),
        (
            "fix_planned 2026-12-01",
            None,
            {"category": "fix_planned", "date": "2026-12-01"},
            "fix planned for 1 December 2026",
            "2026年12月1日に提供予定",
        ),
    ],
)
def test_a_fix_is_a_value_for_programs_and_words_for_people(
    fixed: str, version: str | None, remediation: object, english: str, japanese: str
) -> None:
    advisory = builders.advisory(("fixed: 2.4.1", f"fixed: {fixed}"))
    product = read(advisory)["affected"][0]

    assert product["fixed"] == version
    assert product["remediation"] == remediation
    assert f"<bdi>{english}</bdi></td></tr>" in page(advisory, EN)
    assert f"<bdi>{japanese}</bdi></td></tr>" in page(advisory, JA)
    assert f"{english}&lt;/td&gt;" in feed(advisory, EN)
    assert f"{japanese}&lt;/td&gt;" in feed(advisory, JA)


def test_without_a_fix_nothing_is_known() -> None:
    product = read(builders.advisory((", fixed: 2.4.1", "")))["affected"][0]

    assert (product["fixed"], product["remediation"]) == (None, None)


def test_many_ids_are_one_line_beside_the_text() -> None:
    found = page(with_cves(30), EN)
    aside = found.partition("</aside>")[0]

    assert '<a href="#_vulnerabilities">30, at most 9.8</a>' in aside
    assert "CVE-2026-90003" not in aside
    assert found.index('id="_vulnerabilities"') > found.index('<div class="body">')


def test_few_ids_are_linked_beside_the_text() -> None:
    aside = page(with_cves(3), EN).partition("</aside>")[0]

    assert "CVERecord?id=CVE-2026-90002" in aside


@pytest.mark.parametrize("count", [3, 4])
def test_many_products_stand_below_the_text(count: int) -> None:
    advisory = with_products(*"ABCD"[:count])
    found = page(advisory, EN)
    item = feed(advisory, EN).partition("&lt;h2&gt;Solution")

    below = found.index('<section id="_affected">') > found.index('<div class="body">')
    assert below == (count > 3)
    assert ('<a href="#_affected">4 products</a>' in found) == (count > 3)
    assert ("Affected products" in item[2]) == (count > 3)


def test_numbered_headings_are_what_to_do_first() -> None:
    advisory = builders.advisory(("## 対策", "## Ⅲ．対策方法"))
    found = page(advisory, JA).partition('<nav class="first"')[2]

    assert "<bdi>Ⅲ．対策方法</bdi></a></li>" in found.partition("</nav>")[0]
