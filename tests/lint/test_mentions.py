"""Ids that a text mentions: CVE ids, advisories, references."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from publisher.model.advisory import Advisory, Kind, Vulnerability
from publisher.model.ids import AdvisoryId
from tests.lint.linting import body, changed, check, codes, original, places, with_body

OWN = "CVE-2026-90007"
OTHERS = {
    AdvisoryId.parse("ADV-2026-0007"): None,
    AdvisoryId.parse("ADV-2026-0002"): None,
}


def of(text: str, cves: int) -> Advisory:
    """Return the sample with a body and as many CVE ids, from CVE-2026-90001 on."""
    advisory = with_body(text)
    (first,) = advisory.vulnerabilities
    named = tuple(
        Vulnerability(f"CVE-2026-{90000 + number}", None, first.scores, ())
        for number in range(1, cves + 1)
    )
    return replace(advisory, vulnerabilities=named)


@pytest.mark.parametrize(
    "text",
    [
        "CVE-2026-90008 is exploited.\n",
        "CVE-2026-90008が悪用されています。\n",
        "（CVE-2026-90008）\n",
        "CVE\u20112026\u201190008 and \uff23\uff36\uff25\uff0d2026-90008.\n",
        "The file `cve-2026-90008.txt`.\n",
        "```text\nCVE-2026-90008\n```\n",
        "[this](https://cve.example/CVE-2026-90008)\n",
    ],
)
def test_cve_ids_that_the_facts_do_not_have_are_found(text: str) -> None:
    found = body(text)

    assert codes(found) == ["L443"]
    assert found[0].message == "CVE-2026-90008 is none of the vulnerabilities"
    assert found[0].level == "warning"


@pytest.mark.parametrize(
    ("change", "count"),
    [
        (("title: Remote code", "title: CVE-2026-90008, remote code"), 1),
        (("Exploitation observed", "CVE-2026-90008 is exploited"), 1),
        (("title: Vendor bulletin", "title: On CVE-2026-90008"), 1),
        (("sb-1", "CVE-2026-90008"), 2),
    ],
)
def test_the_front_matter_is_text_too(change: tuple[str, str], count: int) -> None:
    found = original(change)

    assert codes(found)[:1] == ["L443"]
    # Each is told once in a file, where it stands first.
    assert len(found) == 1
    assert found[0].location.line < 20 or count == 2


def test_each_language_is_told() -> None:
    found = changed(
        ("bulletin]", "bulletin of CVE-2026-90008]"), ("至急", OWN[:-1] + "8")
    )

    assert [(f.code, f.location.path.name) for f in found] == [
        ("L443", "en.md"),
        ("L443", "ja.md"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{OWN} is exploited, {OWN} again.\n",
        "`XCVE-2026-90008` and CVE-2026-123.\n",
        "No id at all.\n",
    ],
)
def test_other_texts_are_fine(text: str) -> None:
    assert codes(body(text)) == []


def test_notes_and_reports_may_name_any() -> None:
    report = replace(
        with_body("CVE-2026-90008\n"), kind=Kind.REPORT, vulnerabilities=()
    )

    assert codes(check(report)) == []
    assert codes(check(replace(report, kind=Kind.ADVISORY))) == ["L443"]


@pytest.mark.parametrize(
    ("text", "cves", "expected"),
    [
        ("CVE-2026-90001 is bad.\n", 2, ["L444"]),
        ("CVE-2026-90001 is bad.\n", 5, ["L444"]),
        ("CVE-2026-90001 is exploited.\n", 30, []),
        ("CVE-2026-90001 is bad, `CVE-2026-90002` as well.\n", 2, []),
        ("Both are bad.\n", 2, []),
        (" ".join(f"CVE-2026-{90000 + n}" for n in range(1, 30)) + "\n", 30, ["L444"]),
    ],
)
def test_cve_ids_that_were_forgotten_are_found(
    text: str, cves: int, expected: list[str]
) -> None:
    assert codes(check(of(text, cves))) == expected


def test_what_was_forgotten_is_named() -> None:
    (found,) = check(of("CVE-2026-90001 and CVE-2026-90003.\n", 4))

    assert found.message == (
        "the text names other CVE ids, but not CVE-2026-90002, CVE-2026-90004"
    )


def test_advisories_that_there_are_not_are_found() -> None:
    text = "See ADV-2026-0002, `ADV-2026-0003`, ADV-2026-00002 and ADV-2026-0007.\n"

    found = check(with_body(text), others=OTHERS)

    assert [(f.code, f.message) for f in found] == [
        ("L445", "there is no advisory ADV-2026-0003"),
        ("L445", "there is no advisory ADV-2026-00002"),
    ]
    assert codes(check(with_body(text))) == []


def test_those_of_others_are_left_alone() -> None:
    text = (
        "See XADV-2026-0003, OTHER-2026-0003 and"
        " [this](https://vendor.example/ADV-2026-0003).\n"
    )

    assert codes(check(with_body(text), others=OTHERS)) == []


def test_a_successor_is_left_to_its_own_rule() -> None:
    successor = AdvisoryId.parse("ADV-2026-0009")
    advisory = replace(with_body(f"See {successor}.\n"), superseded_by=successor)

    assert codes(check(advisory, others=OTHERS)) == ["L208"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("As said in [1] and [2].\n", [("L446", 1, 20)]),
        ("詳細は情報[7]を参照。\n", [("L446", 1, 6)]),
        ("As [1, 3] say.\n", [("L446", 1, 4)]),
        ("As [1-3] say.\n", [("L446", 1, 4)]),
        ("`[2]` and [0]\n", [("L446", 1, 11)]),
        ("As **said [9]**.\n", [("L446", 1, 11)]),
    ],
)
def test_citations_of_no_reference_are_found(
    text: str, expected: list[tuple[str, int, int]]
) -> None:
    assert places(body(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "As said in [1].\n",
        "`argv[7]`, argv[7], x[2][3] and `[8]`.\n",
        "[7](https://a.example/)\n",
        "[7]\n\n[7]: https://a.example/\n",
        "In [2026] or [1234].\n",
        "```text\n[9]\n```\n",
    ],
)
def test_other_brackets_are_fine(text: str) -> None:
    assert codes(body(text)) == []


def test_very_many_ids_take_no_time() -> None:
    line = "CVE-2026-{0} ADV-2026-{0} [9]\n\n"
    text = "".join(line.format(number) for number in range(10_000, 14_000))
    begun = time.process_time()

    found = check(with_body(text), others=OTHERS)

    assert {each: codes(found).count(each) for each in codes(found)} == {
        "L443": 20,
        "L445": 20,
        "L446": 20,
    }
    assert time.process_time() - begun < 30
