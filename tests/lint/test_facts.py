"""Rules of id, dates, facts and translations: each case changes the sample."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest

from publisher import parse
from publisher.model.advisory import Kind, Product
from publisher.model.ids import AdvisoryId
from publisher.source import Finding
from tests import builders
from tests.lint.linting import changed, check, codes

ID = AdvisoryId.parse("ADV-2026-0007")
NEXT = AdvisoryId.parse("ADV-2026-0008")
LAST = AdvisoryId.parse("ADV-2026-0009")
WITHDRAWN = (
    "acknowledgments:",
    "withdrawn: {date: 2026-11-21T09:00:00+09:00, reason: No longer so}\n"
    "acknowledgments:",
)
SUPERSEDED = ("acknowledgments:", f"superseded_by: {NEXT}\nacknowledgments:")
SOURCE = (
    "acknowledgments:",
    "source: {title: A, publisher: B, url: 'https://b.example/a', license: C}\n"
    "acknowledgments:",
)

CASES = {
    "another prefix": (("id: ADV-2026", "id: XYZ-2026"), ["L201", "L203"]),
    "another year": (("2026-11-2", "2025-11-2"), ["L204"]),
    "revisions at once": (("2026-11-21T09", "2026-11-20T10"), ["L205"]),
    "revisions in disorder": (("2026-11-21T09", "2026-11-19T10"), ["L205"]),
    "a later revision to come": (("2026-11-21T09", "2026-12-21T09"), ["L206"]),
    "nameless vulnerability": (("cve: CVE-2026-90007\n    cvss", "cvss"), ["L303"]),
    "repeated cve": (
        (
            "affected:",
            "  - {cve: CVE-2026-90007, cvss: 'AV:N/AC:L/Au:N/C:N/I:N/A:P'}\naffected:",
        ),
        ["L304"],
    ),
    "repeated reference": (
        (
            "acknowledgments:",
            "  - {title: Again, url: 'https://vendor.example/sb-1'}\nacknowledgments:",
        ),
        ["L305"],
    ),
    "source of another kind": (SOURCE, ["L308", "L308"]),
    "reference that is no address": (
        ('"https://vendor.example/sb-1"}', '"vendor.example/sb-1"}'),
        ["L311"],
    ),
    "reference with foreign letters": (
        ('"https://vendor.example/sb-1"}', '"https://vend\u043er.example/sb-1"}'),
        ["L312"],
    ),
    "frame": (("title: Vendor bulletin", "title: '-----BEGIN PGP'"), ["L313"]),
    "frame in japanese": (
        ("- 悪用を確認", "- '－－－－－END PGP 悪用を確認'"),
        ["L313"],
    ),
    "frame with a mark": (
        ("title: Vendor bulletin", 'title: "-----BEGIN PGP\\u0301"'),
        ["L313", "L326"],
    ),
    "entity": (("Hoshizora Research", "Hoshizora &amp; Research"), ["L314"]),
    "unfinished": (("Exploitation observed", "FIXME"), ["L315"]),
    "unfinished translation": (("悪用を確認", "FIXME"), ["L315"]),
    "line break": (
        ("title: Vendor bulletin", 'title: "Vendor\\nbulletin"'),
        ["L301"],
    ),
    "literal block": (("- 悪用を確認", "- |\n    悪用を\n    確認"), ["L301"]),
    "escaped direction": (("vendor: Example,", 'vendor: "Ex\\u202eample",'), ["L302"]),
    "escaped control": (("fixed: 2.4.1}", 'fixed: "2.4\\x1b.1"}'), ["L302"]),
    "escaped tab": (("fixed: 2.4.1}", 'fixed: "2.4\\t.1"}'), ["L302"]),
    "escaped nothing": (("初版公開", '"初\\u200b版公開"'), ["L302"]),
    "escaped private use": (("(fictional)", "(fictional \ue000)"), ["L302"]),
    "escaped mark": (("vendor: Example,", 'vendor: "Rene\\u0301",'), ["L326"]),
    "escaped mark in japanese": (("初版公開", '"か\\u3099"'), ["L326"]),
    "joined mark": (("fixed: 2.4.1}", 'fixed: "xe\\\n      \u0301"}'), ["L326"]),
    "mark at the beginning": (("fixed: 2.4.1}", 'fixed: "\\u0338a"}'), ["L326"]),
    "no section": (("## 概要\n\n", ""), ["L506"]),
    "no steps": (("## 対策\n\n", "## 影響\n\n"), ["L416"]),
    "label": (("tlp: CLEAR", "tlp: AMBER+STRICT"), ["L601"]),
    "draft": (("tlp: CLEAR", "tlp: CLEAR\ndraft: true"), ["L602"]),
}


def test_the_sample_passes() -> None:
    assert changed() == ()


@pytest.mark.parametrize(("change", "expected"), CASES.values(), ids=CASES)
def test_a_change_is_noticed(change: tuple[str, str], expected: list[str]) -> None:
    assert codes(changed(change)) == expected


def test_a_tab_is_called_a_tab() -> None:
    (found,) = changed(("fixed: 2.4.1}", 'fixed: "2.4\\t.1"}'))

    assert "holds the character U+0009 (tab)" in str(found)


def test_a_folder_of_another_name_is_noticed() -> None:
    folder = PurePosixPath("advisories/2026/ADV-2026-0008")

    assert codes(check(builders.advisory(), folder)) == ["L201"]


def test_a_folder_in_another_year_is_noticed() -> None:
    folder = PurePosixPath("advisories/2025/ADV-2026-0007")

    assert codes(check(builders.advisory(), folder)) == ["L202"]


def test_the_year_is_that_of_the_team() -> None:
    new_year = ("2026-11-20T10:00:00+09:00", "2025-12-31T15:00:00Z")

    assert codes(changed(new_year)) == []


def test_a_first_release_may_be_under_embargo() -> None:
    advisory = builders.advisory(
        ("  - {date: 2026-11-21T09:00:00+09:00, summary: Exploitation observed}\n", ""),
        japanese=None,
    )

    assert check(advisory, now=datetime(2026, 1, 1, tzinfo=UTC)) == ()


def test_a_withdrawal_has_the_date_of_a_revision() -> None:
    reason = ("summaries:", "withdrawn: {reason: 影響がないため}\nsummaries:")
    moved = (WITHDRAWN[0], WITHDRAWN[1].replace("T09", "T10"))

    assert codes(changed(WITHDRAWN, reason)) == []
    assert codes(changed(moved, reason)) == ["L207"]


def test_a_withdrawal_is_told_in_each_language() -> None:
    assert codes(changed(WITHDRAWN)) == ["L503"]


def test_only_an_original_is_withdrawn() -> None:
    reason = ("summaries:", "withdrawn: {reason: 影響がないため}\nsummaries:")

    assert codes(changed(reason)) == ["L504"]


def test_a_successor_exists() -> None:
    advisory = builders.advisory(SUPERSEDED)

    assert codes(check(advisory, others={ID: NEXT, NEXT: None})) == []
    assert codes(check(advisory, others={ID: NEXT})) == ["L208"]
    assert codes(check(advisory)) == []


def test_nothing_supersedes_itself() -> None:
    itself = (SUPERSEDED[0], SUPERSEDED[1].replace(str(NEXT), str(ID)))

    assert codes(changed(itself)) == ["L209"]


def test_nothing_supersedes_itself_by_way_of_others() -> None:
    others = {ID: NEXT, NEXT: LAST, LAST: ID}
    found = check(builders.advisory(SUPERSEDED), others=others)

    assert codes(found) == ["L209"]
    assert f"{ID} → {NEXT} → {LAST} → {ID}" in found[0].message


def test_a_circle_of_others_is_not_this_ones() -> None:
    others = {ID: NEXT, NEXT: LAST, LAST: NEXT}

    assert check(builders.advisory(SUPERSEDED), others=others) == ()


@pytest.mark.parametrize("kind", ["alert", "emergency", "advisory"])
def test_vulnerabilities_of_an_urgent_kind_have_scores(kind: str) -> None:
    score = ('\n    cvss: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"', "")

    assert codes(changed(score, ("kind: alert", f"kind: {kind}"))) == ["L306"]
    assert codes(changed(score, ("kind: alert", "kind: note"))) == []


def test_alerts_and_advisories_name_what_is_affected() -> None:
    advisory = replace(builders.advisory(), affected=())

    assert codes(check(advisory)) == ["L307"]
    assert codes(check(replace(advisory, kind=Kind.NOTE))) == []


def test_a_translation_names_its_source() -> None:
    kind = ("kind: alert", "kind: translation")

    assert codes(changed(kind)) == ["L308"]
    assert codes(changed(kind, SOURCE)) == []


def test_a_source_has_an_address() -> None:
    broken = (SOURCE[0], SOURCE[1].replace("https:", "ftp:"))

    assert codes(changed(("kind: alert", "kind: translation"), broken)) == ["L311"]


def test_a_translation_may_be_behind() -> None:
    behind = (("translates: 2", "translates: 1"), ("  - 悪用を確認\n", ""))
    found = changed(*behind)

    assert codes(found) == ["L502"]
    assert found[0].level == "warning"


def test_a_translation_is_never_ahead() -> None:
    ahead = (
        ("translates: 2", "translates: 3"),
        ("  - 悪用を確認\n", "  - 悪用を確認\n  - 更新\n"),
    )

    assert codes(changed(*ahead)) == ["L501"]


def test_languages_are_those_of_the_project() -> None:
    sources = builders.sources()
    sources["fr.md"] = sources.pop("ja.md")
    advisory, _ = parse.advisory(builders.FOLDER, sources)
    assert advisory is not None

    assert codes(check(advisory)) == ["L505"]


def test_sections_of_an_older_revision_may_differ() -> None:
    behind = (("translates: 2", "translates: 1"), ("  - 悪用を確認\n", ""))

    assert codes(changed(*behind, ("## 概要\n\n", ""))) == ["L502"]


def test_findings_name_the_place_in_the_front_matter() -> None:
    found = changed(("title: Vendor bulletin", 'title: "Vendor\\nbulletin"'))

    assert str(found[0]) == (
        "advisories/2026/ADV-2026-0007/en.md:16:13: L301 'references.0.title' is broken"
        " over lines (expected one line, or '>-' to join lines)"
    )


def test_cve_ids_of_the_next_year_can_be() -> None:
    def year(number: int) -> list[str]:
        return codes(changed(("CVE-2026-90007", f"CVE-{number}-90007")))

    assert year(1999) == year(2027) == []
    assert year(2028) == ["L321"]


@pytest.mark.parametrize(
    ("cwe", "expected"),
    [
        ("CWE-787", []),
        ("CWE-79", []),
        ("CWE-1321", []),
        ("CWE-1427", []),
        ("CWE-16", ["L322"]),
        ("CWE-264", ["L322"]),
        ("CWE-1000", ["L322"]),
        ("CWE-534", ["L322"]),
        ("CWE-1", ["L322"]),
        ("CWE-99999", ["L322"]),
    ],
)
def test_cwe_ids_name_weaknesses(cwe: str, expected: list[str]) -> None:
    found = changed(("cwe: CWE-787", f"cwe: [CWE-20, {cwe}]"))

    assert codes(found) == expected
    assert all(each.level == "warning" for each in found)
    assert all("newer than the list" in f.message for f in found) == (
        cwe == "CWE-99999" or not expected
    )


def test_a_row_is_given_once() -> None:
    row = builders.advisory().affected[0]

    def rows(*more: Product) -> list[str]:
        return codes(check(replace(builders.advisory(), affected=(row, *more))))

    assert rows(row) == ["L325"]
    assert rows(replace(row, name="EXAMPLE  server", fixed="3.0")) == ["L325"]
    assert rows(replace(row, versions="<1.0"), replace(row, name="Example")) == []


def facts(*pairs: str) -> tuple[str, str]:
    """Return the change that gives the translation these facts."""
    return ("translates: 2", "translates: 2\nfacts: {" + ", ".join(pairs) + "}")


ALL = (
    "Example: 例示社",
    "Example Server: 例示サーバー",
    "Vendor bulletin: 情報",
    "Hoshizora Research (fictional): 星空リサーチ",
)


def test_translated_facts_pass() -> None:
    assert changed(facts(*ALL)) == ()


def test_only_facts_are_translated() -> None:
    found = changed(facts(*ALL[:-1], "Hoshizora Research: 星空リサーチ"))

    assert codes(found) == ["L511"]
    assert "expected 'Hoshizora Research (fictional)'" in str(found[0])
    assert (found[0].location.path.name, found[0].location.line) == ("ja.md", 3)


@pytest.mark.parametrize(
    ("before", "fact"),
    [
        ("fixed: 2.4.1", '">=2.0, <2.4.1": 範囲'),
        ("fixed: none_available", "none_available: なし"),
    ],
)
def test_what_is_said_in_every_language_anyway_is_no_fact(
    before: str, fact: str
) -> None:
    assert codes(changed(("fixed: 2.4.1", before), facts(fact))) == ["L511"]


def test_prose_about_versions_is_a_fact() -> None:
    prose = ('">=2.0, <2.4.1"', "2.4 and earlier"), ("fixed: 2.4.1", "fixed: a and b")

    assert changed(*prose, facts("2.4 and earlier: 2.4以前", "a and b: aとb")) == ()


def test_facts_of_a_translation_that_is_behind_may_be_older_ones() -> None:
    behind = ("translates: 2", "translates: 1\nfacts: {Old Server: 旧サーバー}")

    assert codes(changed(behind, ("  - 悪用を確認\n", ""))) == ["L502"]


def test_facts_are_translated_as_a_whole() -> None:
    second = (
        "affected:\n",
        "affected:\n  - {vendor: Other, product: Other Server, versions: '*'}\n",
    )
    found = changed(second, facts("Example Server: 例示サーバー"))

    assert codes(found) == ["L512"]
    assert "of the products, 'Other Server' are not translated" in str(found[0])
    both = facts("Example Server: 例示サーバー", "Other Server: Other Server")
    assert changed(second, both) == ()


def test_facts_of_english_texts_are_in_english() -> None:
    found = changed(("title: Vendor bulletin", "title: ベンダーの情報"))

    assert codes(found) == ["L510"]
    assert found[0].level == "warning"
    assert found[0].location.path.name == "en.md"


def test_facts_of_english_translations_are_in_english() -> None:
    sources = builders.sources()
    english = (
        b"---\ntranslates: 1\ntitle: A\nsummaries: [a]\nFACTS---\n\n## Solution\n\nx\n"
    )
    japanese = sources["en.md"].replace(b"Vendor bulletin", "情報".encode())
    one = japanese.replace(
        b"  - {date: 2026-11-21T09:00:00+09:00, summary: Exploitation observed}\n", b""
    )
    body = one.partition(b"## Overview")[0] + "## 対策\n\nx\n".encode()

    def found(said: str) -> tuple[Finding, ...]:
        files = {
            "ja.md": body,
            "en.md": english.replace(b"FACTS", said.encode()),
        }
        advisory, problems = parse.advisory(builders.FOLDER, files)
        assert advisory is not None, problems
        return check(advisory)

    assert codes(found("")) == ["L510"]
    assert "expected 'facts: {'情報': …}'" in str(found("")[0])
    # What can be read as it stands need not be repeated.
    more = "- {title: Notes, url: 'https://vendor.example/notes'}\n"
    body = body.replace(b"acknowledgments:", f"  {more}acknowledgments:".encode())
    assert found("facts: {情報: Bulletin}\n") == ()


def test_many_facts_take_no_time() -> None:
    said = ", ".join(f"fact number {number}: x" for number in range(9_000))
    products = "".join(
        f'  - {{vendor: V{n}, product: Product {n}, versions: "*"}}\n'
        for n in range(3_000)
    )
    advisory = builders.advisory(
        ("translates: 2", f"translates: 2\nfacts: {{{said}}}"),
        ("affected:\n", f"affected:\n{products}"),
    )
    start = time.thread_time()

    found = codes(check(advisory))

    assert found.count("L511") == 9_000
    assert time.thread_time() - start < 20


def test_alerts_say_what_to_do() -> None:
    renamed = ("## Solution", "## Background"), ("## 対策", "## 背景")

    found = changed(*renamed)

    assert codes(found) == ["L416", "L416"]
    assert "a heading '##' such as 'Solution'" in str(found[0])
    assert "such as '対策'" in str(found[1])
    assert changed(*renamed, ("kind: alert", "kind: advisory")) == ()
    numbered = ("## Solution", "## III. Mitigations"), ("## 対策", "## Ⅲ．対策方法")
    assert changed(*numbered) == ()


def test_what_to_do_is_a_section_of_its_own() -> None:
    found = changed(("## Solution", "### Solution"), ("## 対策", "## 対策\n\n## 影響"))

    assert "L416" in codes(found)


def test_a_withdrawn_alert_asks_for_nothing() -> None:
    withdrawn = (
        "vulnerabilities:",
        "withdrawn: {date: 2026-11-21T09:00:00+09:00, reason: R}\nvulnerabilities:",
    )
    reason = ("translates: 2", "translates: 2\nwithdrawn: {reason: 理由}")

    assert (
        changed(withdrawn, reason, ("## Solution", "## B"), ("## 対策", "## 背")) == ()
    )
