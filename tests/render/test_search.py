"""The index: what is a term, how it is cut, and what a change makes anew."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.chain import Planned, Signed
from publisher.model.ids import AdvisoryId
from publisher.model.summary import Summary
from publisher.render import pages, search, search_parts, search_terms
from tests import builders
from tests.builders import EN, JA
from tests.render import samples

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Example Server", {"example", "server"}),
        ("buffer-overflow", {"buffer", "overflow"}),
        ("CVE-2026-90001", {"cve-2026-90001", "cve"}),
        ("version 2.4.1", {"version", "2.4.1"}),
        ("OpenExample3", {"openexample3"}),
        ("vendor.example/sb-1", {"vendor", "example", "sb-1", "sb"}),
        ("脆弱性", {"脆弱性", "弱性", "性"}),
        ("遠隔操作可能", {"遠隔操作", "隔操作可", "操作可能", "作可能", "可能", "能"}),
        ("鍵", {"鍵"}),
        ("サーバー", {"サーバ", "ーバ"}),
        ("サーバ", {"サーバ", "ーバ"}),
        ("ｻｰﾊﾞｰ", {"サーバ", "ーバ"}),
        ("キー", {"キー"}),
        ("ア", set()),
        ("なりすまし", {"なり", "りす", "すま", "まし"}),
        ("の", set()),
        ("例Example\u3000Server2以前", {"例", "example", "server2", "以前", "前"}),
        ("", set()),
        ("…「」、-._", set()),
        ("x" * 99, {"x" * 40}),
    ],
)
def test_a_text_becomes_terms(text: str, expected: set[str]) -> None:
    assert search_terms.terms([text]) == expected


@given(st.text())
def test_any_text_becomes_terms_that_need_no_care(text: str) -> None:
    for term in search_terms.terms([text]):
        assert term
        assert not set(term) & set(" \n\t:/\x00")
        assert 0 <= search_terms.bucket(term, 32) < 32


@given(st.sets(st.integers(0, 4095)))
def test_numbers_can_be_read_back_from_their_gaps(numbers: set[int]) -> None:
    assert read(search.gaps(sorted(numbers))) == sorted(numbers)


def read(gaps: str) -> list[int]:
    found: list[int] = []
    last, gap, weight = -1, 0, 1
    for digit in gaps:
        value = DIGITS.index(digit)
        gap += value % 32 * weight
        weight *= 32
        if value < 32:
            last += gap + 1
            found.append(last)
            gap, weight = 0, 1
    return found


def ids(year: int, *numbers: int) -> list[AdvisoryId]:
    return [AdvisoryId("ADV", year, number) for number in numbers]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], []),
        (ids(2026, 1), [(2026, 0, 64)]),
        (ids(2026, 1, 64), [(2026, 64, 64), (2026, 0, 64)]),
        (ids(2026, 1, 512), [(2026, 512, 64), (2026, 0, 512)]),
        (ids(2026, 1, 600, 4096), [(2026, 4096, 64), (2026, 0, 4096)]),
        (ids(2025, 1, 63) + ids(2026, 1), [(2026, 0, 64), (2025, 0, 64)]),
        (ids(2025, 1, 64) + ids(2026, 1), [(2026, 0, 64), (2025, 0, 512)]),
        (ids(2025, 1, 600) + ids(2026, 1), [(2026, 0, 64), (2025, 0, 4096)]),
        (
            ids(2025, 5000, 600) + ids(2026, 9),
            [(2026, 0, 64), (2025, 4096, 4096), (2025, 0, 4096)],
        ),
    ],
)
def test_the_index_is_cut_by_ids_alone(
    found: list[AdvisoryId], expected: list[tuple[int, int, int]]
) -> None:
    parts = search_parts.parts(reversed(found))

    assert [(part.year, part.start, part.size) for part in parts] == expected
    assert sorted(each for some in parts.values() for each in some) == sorted(found)


def test_ids_with_other_prefixes_have_parts_of_their_own() -> None:
    found = [AdvisoryId("ADV", 2026, 1), AdvisoryId("OLD", 2026, 1)]

    assert [part.series for part in search_parts.parts(found)] == [
        "OLD-2026",
        "ADV-2026",
    ]


def plans(published: Sequence[Signed]) -> dict[PurePosixPath, Planned]:
    summaries = [pages.summary(one) for one in published]
    planned = search.search(
        summaries, builders.presentation(), samples.terms(published)
    )
    return {each.path: each for each in planned}


def published(*numbers: int) -> list[Signed]:
    return [samples.numbered(number) for number in numbers]


def index(
    files: Mapping[PurePosixPath, Planned], language: str
) -> dict[str, list[int]]:
    """Return the numbers of each term in the one part that there is."""
    found: dict[str, list[int]] = {}
    for path, plan in files.items():
        if path.match(f"search/{language}/ADV-2026/0-64/*.json"):
            terms = json.loads(plan.make())
            assert not set(terms) & set(found)
            found |= {term: read(gaps) for term, gaps in terms.items()}
    return found


def test_the_index_leads_from_terms_to_advisories() -> None:
    found = index(plans(published(3, 7, 20)), "en")

    assert found["example"] == found["kind:alert"] == [3, 7, 20]
    assert found["adv-2026-0007"] == [7]
    assert found["severity:critical"] == [3, 7, 20]


def test_a_term_is_in_the_file_of_its_bucket() -> None:
    for path, plan in plans(published(7)).items():
        if path.match("search/ja/ADV-2026/0-64/*.json"):
            for term in json.loads(plan.make()):
                assert search_terms.bucket(term, 32) == int(path.stem)


def test_an_advisory_without_a_translation_is_found_by_its_original() -> None:
    one = samples.signed(builders.advisory(japanese=None))
    files = plans([one])

    assert index(files, "ja")["overview"] == [7]
    card = json.loads(files[PurePosixPath("search/ja/ADV-2026/0.json")].make())["7"]
    assert card["language"] == "en"
    assert card["path"] == "advisories/2026/ADV-2026-0007/en.html"
    assert card["shown"] == "2026年11月20日"


def test_each_language_has_an_index_of_its_own() -> None:
    files = plans(published(7))

    assert "overview" in index(files, "en")
    assert "概要" not in index(files, "en")
    assert "概要" in index(files, "ja")


def test_a_paragraph_that_is_broken_in_its_source_is_whole() -> None:
    broken = builders.JAPANESE.replace("要求の読み取り", "要求の読\n  み取り不\n備")
    one = samples.signed(builders.advisory(japanese=broken))

    assert "不備" in search_terms.of(one)[search_terms.key(one.advisory.id, JA)].split()


def test_what_a_body_says_in_any_of_its_blocks_is_found() -> None:
    body = (
        "## Heading\n\nPlain with *emphasis* and `code`, sur**prise**d.\n\n"
        "* item\n    * nested\n\n> quoted\n\n| cell | other |\n|---|---|\n"
        "| one | two |\n\n"
        "```\nverbatim text\n```\n"
    )
    english = builders.ENGLISH.split("## Overview")[0] + body
    one = samples.signed(builders.advisory(english=english, japanese=None))
    words = search_terms.of(one)[search_terms.key(one.advisory.id, EN)].split()

    assert {
        *("heading", "plain", "emphasis", "code", "surprised", "item", "nested"),
        *("quoted", "cell", "other", "one", "two", "verbatim", "text"),
    } <= set(words)
    assert {"cellother", "itemnested"}.isdisjoint(words)


def changed(
    before: Mapping[PurePosixPath, Planned], after: Mapping[PurePosixPath, Planned]
) -> set[str]:
    keys = {path: plan.key for path, plan in before.items()}
    return {str(path) for path, plan in after.items() if keys.get(path) != plan.key}


def test_a_new_advisory_changes_the_last_part_alone() -> None:
    before, after = published(1, 70), published(1, 70, 71)
    found = changed(plans(before), plans(after))

    assert len(found) == 2 * (32 + 1)
    assert all("/64-64/" in path or path.endswith("/4.json") for path in found)


def test_nothing_is_planned_anew_that_nothing_changed() -> None:
    assert changed(plans(published(1, 70)), plans(published(70, 1))) == set()


def test_a_revised_advisory_changes_its_own_part_alone() -> None:
    before = published(1, 70)
    (new,) = (samples.signed_file(before[0].current[0].edition.key, number=2),)
    first = replace(before[0].current[0], files=(new,))
    revised = replace(before[0], current=(first, *before[0].current[1:]))
    found = changed(plans(before), plans([revised, before[1]]))

    assert found
    assert all("/0-64/" in path or path.endswith("/0.json") for path in found)


def test_an_overview_names_the_parts_and_the_rules() -> None:
    data = json.loads(
        plans(published(1, 70))[PurePosixPath("search/ja/index.json")].make()
    )

    assert data["parts"] == [["ADV-2026", 64, 64, 32], ["ADV-2026", 0, 64, 32]]
    assert data["rules"] == search_terms.rules()
    assert data["cards"] == 16


def test_a_card_hides_nothing_and_reorders_nothing() -> None:
    one = samples.signed(builders.advisory(("Remote code", "Remote \u202ecode")))
    card = plans([one])[PurePosixPath("search/en/ADV-2026/0.json")].make().decode()

    assert "\u202e" not in card
    assert "Remote \ufffdcode" in card


def test_a_site_without_advisories_has_an_index_without_parts() -> None:
    found = plans([])

    assert (
        json.loads(found[PurePosixPath("search/en/index.json")].make())["parts"] == []
    )


def test_the_page_says_what_its_script_needs() -> None:
    page = plans([])[PurePosixPath("ja/search.html")].make().decode()
    outline = samples.Outline(page)
    (form,) = [attrs for tag, attrs in outline.elements if tag == "form"]

    assert form["data-root"] == "../"
    assert form["data-index"] == "../search/ja/"
    assert "data-failed" in form
    assert ("script", {"type": "module", "src": "../search.js"}) in outline.elements


def test_summaries_alone_decide_what_is_there() -> None:
    """What was not published has no summary, so no trace of it can be here."""
    one, other = published(7, 8)
    kept = samples.terms([one, other])
    summaries: list[Summary] = [pages.summary(one)]
    files = search.search(summaries, builders.presentation(), kept)

    assert not any(b"0008" in plan.make() for plan in files)
