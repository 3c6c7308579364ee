"""Long lists of facts stand below the text, and translations say facts their way."""

from __future__ import annotations

import itertools

import pytest

from publisher.edition.characters import width
from publisher.errors import AuthorError
from publisher.model.advisory import Advisory
from publisher.model.ids import Language
from tests import builders
from tests.edition.samples import text_of

EN, JA = builders.EN, builders.JA
VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
WEAKNESS = f'  - cve: CVE-2026-90007\n    cvss: "{VECTOR}"\n    cwe: CWE-787\n'
PRODUCT = builders.ENGLISH.partition("affected:\n")[2].partition("references:")[0]


def with_cves(count: int, *, scored: bool = True) -> Advisory:
    score = f', cvss: "{VECTOR}"' if scored else ""
    entries = "".join(
        f"  - {{cve: CVE-2026-9{n:04d}, title: Flaw {n}{score}}}\n"
        for n in range(count)
    )
    return builders.advisory((WEAKNESS, entries))


def with_products(*names: str) -> Advisory:
    entries = "".join(
        f'  - {{vendor: Example, product: {name}, versions: "<{n}.1"}}\n'
        for n, name in enumerate(names, start=1)
    )
    return builders.advisory((PRODUCT, entries))


def order(text: str, *headings: str) -> bool:
    places = [text.index(f"\n{heading}\n") for heading in headings]
    return places == sorted(places)


def test_few_ids_stand_in_the_head() -> None:
    text = text_of(with_cves(3))

    assert "CVE-2026-90000, CVE-2026-90001, CVE-2026-90002\n" in text
    assert order(text, "Overview", "Solution", "Vulnerabilities", "References")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        (EN, "  CVE:               30, at most 9.8\n"),
        (JA, "  CVE番号：       30件（最大スコア 9.8）\n"),
    ],
)
def test_many_ids_are_one_line_and_a_list_below(language: Language, line: str) -> None:
    text = text_of(with_cves(30), language)
    head, _, rest = text.partition(builders.presentation().words[language]("Overview"))

    assert line in head
    assert "CVE-2026" not in head
    assert VECTOR not in head
    assert rest.count("* CVE-2026-9") == 30


def test_many_ids_without_a_score_are_counted() -> None:
    assert "  CVE:              4 ids\n" in text_of(with_cves(4, scored=False))


@pytest.mark.parametrize(
    ("language", "label", "headings"),
    [
        (EN, "Affected products:  5 products", ("Overview", "Affected products")),
        (JA, "対象製品：      5製品", ("概要", "対象製品")),
    ],
)
def test_many_products_are_one_line_and_a_list_below(
    language: Language, label: str, headings: tuple[str, ...]
) -> None:
    text = text_of(with_products("A", "B", "C", "D", "E"), language)

    assert f"\n  {label}\n" in text
    assert order(text, *headings)


def test_many_rows_of_few_products_name_them() -> None:
    text = text_of(with_products("A", "A", "B", "B"))

    assert "\n  Affected products:  A, B\n" in text
    assert order(text, "Overview", "Affected products", "References")


def test_few_products_stand_before_the_text() -> None:
    text = text_of(with_products("A", "B", "C"))

    assert order(text, "Affected products", "Overview")
    assert "Affected products:" not in text


def test_many_facts_do_not_push_the_text_down() -> None:
    text = text_of(with_cves(150))

    # Rules, title, head, changes and one product.
    assert text.split("\n").index("Overview") < 30


STATES = {
    "withdrawn": "withdrawn: {date: 2026-11-21T09:00:00+09:00, reason: R}\n",
    "superseded": "superseded_by: ADV-2026-0009\n",
    "affected": "",
    "unmailed": "",
}


@pytest.mark.parametrize("language", [EN, JA])
@pytest.mark.parametrize(
    "states",
    [s for n in range(5) for s in itertools.combinations(STATES, n)],
    ids="+".join,
)
def test_every_section_has_one_blank_line_before_it(
    states: tuple[str, ...], language: Language
) -> None:
    added = "".join(STATES[state] for state in states)
    changes = [("vulnerabilities:\n", f"{added}vulnerabilities:\n")]
    if "affected" not in states:
        changes.append((f"affected:\n{PRODUCT}", ""))
    if "unmailed" in states:
        summary = "summary: Exploitation observed"
        changes.append((summary, f"{summary}, notify: false"))
    text = text_of(builders.advisory(*changes), language)

    assert "\n\n\n" not in text
    lines = text.split("\n")
    headings = [
        at
        for at in range(6, len(lines))
        if lines[at] == "=" * width(lines[at - 1]) and lines[at - 1]
    ]
    assert len(headings) >= 7
    assert [lines[at - 1] for at in headings if lines[at - 2]] == []
    assert [lines[at - 1] for at in headings if lines[at + 1]] == []


FACTS = (
    "translates: 2",
    "translates: 2\nfacts:\n  Example: 例示社\n  Example Server: 例示サーバー\n"
    "  Vendor bulletin: ベンダーの情報\n"
    "  Hoshizora Research (fictional): 星空リサーチ（架空）\n"
    "  Overflow: あふれ\n  2.4 and earlier: 2.4以前の全製品\n  soon: 近日",
)
CHANGES = (
    FACTS,
    ("cwe: CWE-787", "cwe: CWE-787\n    title: Overflow"),
    (
        'versions: ">=2.0, <2.4.1", fixed: 2.4.1',
        "versions: 2.4 and earlier, fixed: soon",
    ),
)


def test_a_translation_says_facts_in_its_language() -> None:
    text = text_of(builders.advisory(*CHANGES), JA)

    assert "  * 例示サーバー（例示社）\n" in text
    assert "    対象バージョン：      2.4以前の全製品\n" in text
    assert "    修正済みバージョン：  近日\n" in text
    assert "脆弱性：        あふれ\n" in text
    assert "  [1] ベンダーの情報\n" in text
    assert "  * 星空リサーチ（架空）\n" in text


def test_the_original_stays_as_it_is() -> None:
    changed = builders.advisory(*CHANGES)
    plain = builders.advisory(*CHANGES[1:])

    assert text_of(changed, EN) == text_of(plain, EN)


def test_what_is_hidden_in_a_translated_fact_is_found_with_its_place() -> None:
    hidden = ("translates: 2", 'translates: 2\nfacts: {Example: "A\\u202eB"}')

    with pytest.raises(AuthorError, match=r"ja\.md:3:18: .*U\+202E"):
        text_of(builders.advisory(hidden), JA)


@pytest.mark.parametrize(
    ("fixed", "english", "japanese"),
    [
        ("none_available", "no fix yet", "まだ提供されていません"),
        ("fix_planned 2026-12-01", "fix planned for 1 December 2026", "2026年12月1日"),
    ],
)
def test_a_text_says_when_there_will_be_a_fix(
    fixed: str, english: str, japanese: str
) -> None:
    advisory = builders.advisory(("fixed: 2.4.1", f"fixed: {fixed}"))

    assert f"    Fixed in:           {english}\n" in text_of(advisory, EN)
    assert f"    修正済みバージョン：  {japanese}" in text_of(advisory, JA)
