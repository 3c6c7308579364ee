"""From bytes to an advisory: what is read, and what is said of what cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publisher import parse
from publisher.model.advisory import Advisory, Kind, Origin, Product, Tlp
from publisher.parse import facts
from publisher.source import Finding
from tests import builders
from tests.builders import EN, FOLDER, JA


def findings(*changes: tuple[str, str], **more: str) -> list[str]:
    """Return the findings of the sample with `changes`, without its folder."""
    files = builders.sources(*changes) | {
        name.replace("_", "."): text.encode() for name, text in more.items()
    }
    return said(files)


def said(files: Mapping[str, bytes]) -> list[str]:
    advisory, found = parse.advisory(FOLDER, files)
    assert (advisory is None) == bool(found)
    return [str(finding).removeprefix(f"{FOLDER}/") for finding in found]


def test_an_advisory_is_read() -> None:
    advisory = builders.advisory()

    assert str(advisory.id) == "ADV-2026-0007"
    assert advisory.kind is Kind.ALERT
    assert advisory.tlp is Tlp.CLEAR
    assert not advisory.draft
    assert [revision.number for revision in advisory.history] == [1, 2]
    assert advisory.history[0].date == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert advisory.history[0].date.utcoffset() == timedelta(hours=9)
    assert advisory.history[1].notify
    assert advisory.cves == ("CVE-2026-90007",)
    assert advisory.vulnerabilities[0].scores[0].base == 9.8
    assert advisory.vulnerabilities[0].cwes == ("CWE-787",)
    assert advisory.affected == (
        Product("Example", "Example Server", ">=2.0, <2.4.1", "2.4.1"),
    )
    assert advisory.references[0].url == "https://vendor.example/sb-1"
    assert advisory.acknowledgments == ("Hoshizora Research (fictional)",)
    assert [text.language for text in advisory.texts] == [EN, JA]


def test_a_text_knows_where_it_stands() -> None:
    advisory = builders.advisory()
    lines = builders.ENGLISH.split("\n")

    original = advisory.original
    assert lines[original.body_line - 1] == "## Overview"
    assert original.body == "\n".join(lines[original.body_line - 1 :])
    assert original.body.endswith("```\n")
    for name, start in (
        ("title", "Remote code"),
        ("history.1.date", "2026-11-21"),
        ("vulnerabilities.0.cvss", '"CVSS:3.1'),
        ("affected.0.versions", '">=2.0'),
        ("references.0.url", '"https://vendor'),
        ("acknowledgments.0", "Hoshizora"),
    ):
        place = original.places[name]
        assert lines[place.line - 1][place.column - 1 :].startswith(start), name


def test_a_translation_takes_the_facts_of_its_original() -> None:
    translation = builders.advisory().translations[0]

    assert translation.revision == 2
    assert translation.title.startswith("Example Server における")
    assert translation.summaries == ("初版公開", "悪用を確認")
    assert translation.withdrawn_reason is None


def test_values_are_the_text_that_was_written() -> None:
    advisory = builders.advisory(
        ("fixed: 2.4.1", "fixed: 2.10"),
        ("vendor: Example,", "vendor: no,"),
        ("title: Vendor bulletin", "title: 2026-11-20"),
    )

    assert advisory.affected[0].fixed == "2.10"
    assert advisory.affected[0].vendor == "no"
    assert advisory.references[0].title == "2026-11-20"


def test_several_scores_and_weaknesses_are_lists() -> None:
    advisory = builders.advisory(
        (
            'cvss: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"',
            'cvss: ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",'
            " AV:N/AC:L/Au:N/C:N/I:N/A:P]",
        ),
        ("cwe: CWE-787", "cwe: [CWE-787, CWE-125]"),
    )

    (vulnerability,) = advisory.vulnerabilities
    assert [score.version for score in vulnerability.scores] == ["3.1", "2.0"]
    assert vulnerability.cwes == ("CWE-787", "CWE-125")


def test_all_that_may_be_left_out_may_be_left_out() -> None:
    head = "id: ADV-2026-0007\nkind: note\ntitle: A note\ntlp: TLP:CLEAR\n"
    source = f"---\n{head}history: [{{date: 2026-11-20T10:00Z, summary: a}}]\n---\nx\n"

    advisory, found = parse.advisory(FOLDER, {"en.md": source.encode()})

    assert found == ()
    assert advisory is not None
    assert advisory.vulnerabilities == ()
    assert advisory.affected == ()
    assert advisory.references == ()
    assert advisory.withdrawn is None
    assert advisory.superseded_by is None


SOURCE = (
    "source: {title: Leitfaden, publisher: CERT X, url: 'https://x.example/',"
    " license: CC BY 4.0}\n"
)


def test_a_translation_may_name_the_source_in_its_language() -> None:
    advisory = builders.advisory(
        ("kind: alert\n", f"kind: translation\n{SOURCE}"),
        ("summaries:", "source: {title: 手引き}\nsummaries:"),
    )

    assert advisory.original.origin == Origin(
        "Leitfaden", "CERT X", "https://x.example/", "CC BY 4.0"
    )
    origin = advisory.translations[0].origin
    assert origin == Origin("手引き", "CERT X", "https://x.example/", "CC BY 4.0")


def test_a_withdrawal_has_its_reason_in_each_language() -> None:
    withdrawn = "withdrawn: {date: 2026-11-21T09:00:00+09:00, reason: Not affected}\n"
    advisory = builders.advisory(
        ("tlp:", f"{withdrawn}superseded_by: ADV-2026-0009\ntlp:"),
        ("summaries:", "withdrawn: {reason: 影響なし}\nsummaries:"),
    )

    assert advisory.withdrawn is not None
    assert advisory.original.withdrawn_reason == "Not affected"
    assert advisory.translations[0].withdrawn_reason == "影響なし"
    assert str(advisory.superseded_by) == "ADV-2026-0009"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("tlp: CLEAR", "tlp: BLUE"), "en.md:5:6: P009 'tlp': 'BLUE' is none of"),
        (("tlp: CLEAR", "tlp: CLEAR\ndraft: yes"), "en.md:6:8: P009 'draft': 'yes'"),
        (("id: ADV-2026-0007", "id: ADV-2026-7"), "en.md:2:5: P009 'id'"),
        (("CVE-2026-90007", "CVE-2026-1"), "en.md:10:10: P009 'vulnerabilities.0.cve'"),
        (("title: Remote", "title: |\n  \n#"), "en.md:4:8: P008 'title' is empty"),
        (("title: Remote code", "title: null #"), "en.md:4:8: P008 'title' is empty"),
        (("title: Remote code", "title: ~ #"), "en.md:4:8: P008 'title' is empty"),
        (("title: Remote", "title: !!str Remote"), "en.md:4:8: P004 anchors"),
        (("title: Remote", "title: !x Remote"), "en.md:4:8: P004 anchors"),
        (("title: Remote", "title: &a Remote"), "en.md:4:8: P004 anchors"),
        (("title: Remote", "? [a, b]\n: Remote"), "en.md:2:1: P007 'title' is missing"),
        (("translates: 2", "translates: 0"), "ja.md:2:13: P009 'translates': '0'"),
        (("translates: 2", "translates: 02"), "ja.md:2:13: P009 'translates': '02'"),
        (("translates: 2", "translates: \u0662"), "ja.md:2:13: P009 'translates'"),
        (("  - 悪用を確認\n", ""), "ja.md:5:3: P009 1 summaries for 2 revisions"),
        (("translates: 2", "translate: 2"), "ja.md:2:1: P006 unknown key 'translate'"),
        (("history:", "histories:"), "en.md:2:1: P007 'history' is missing"),
        (
            ("kind: alert", "kind: alert\x0b"),
            "en.md: P003 the front matter is no valid",
        ),
        (("tlp: CLEAR", "tlp: CLEAR\n...\nx: y"), "en.md:7:1: P003 the front matter"),
        (("tlp: CLEAR", "tlp: CLEAR\n<<: {a: b}"), "en.md:6:1: P006 unknown key '<<'"),
        (("kind: alert", "kind:\talert\n\t- x"), "en.md:4:1: P003 the front matter"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_place(
    change: tuple[str, str], expected: str
) -> None:
    assert any(finding.startswith(expected) for finding in findings(change))


def test_an_empty_history_is_refused() -> None:
    head, _, rest = builders.ENGLISH.partition("history:\n")
    source = f"{head}history: []\n{rest.partition('observed}')[2].lstrip()}"

    assert said({"en.md": source.encode()}) == [
        "en.md:6:10: P009 the history is empty (expected at least its first revision)"
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ("kind: alert\n", "kind: translation\nsource: {title: a, publisher: b}\n"),
            ["en.md:4:9: P007 'source.url' is missing"],
        ),
        (
            ("references:\n", "references:\n  - {title: a}\n"),
            ["en.md:16:5: P007 'references.0.url' is missing"],
        ),
        (
            ("acknowledgments:\n", "affected:\n  - Example\nacknowledgments:\n"),
            ["en.md:17:1: P005 'affected' is given twice"],
        ),
        (
            ("references:\n", "references:\n  - Vendor bulletin\n"),
            ["en.md:16:5: P008 'references.0' is no mapping"],
        ),
        (
            ("affected:\n", "affected:\n  - {vendor: Example}\n"),
            ["en.md:14:5: P007 'affected.0.product' is missing"],
        ),
        (
            ("kind: alert", f"kind: {'x' * 900}"),
            ["en.md:3:7: P009 'kind': 'xxx"],
        ),
    ],
)
def test_what_is_half_there_is_refused(
    change: tuple[str, str], expected: list[str]
) -> None:
    found = findings(change)

    for start in expected:
        assert any(finding.startswith(start) for finding in found)
    assert all(len(finding) < 700 for finding in found)


def test_every_error_of_every_file_is_found() -> None:
    found = findings(
        ("tlp: CLEAR", "tlp: BLUE"),
        ("cwe: CWE-787", "cwe: 787"),
        ("translates: 2", "translates: two"),
        fr_md="no front matter\n",
    )

    assert [finding.split()[1] for finding in found] == ["P009", "P009", "P002", "P009"]


@pytest.mark.parametrize(
    "name", ["en", "EN.md", "en.txt.md", "en.md.md", ".md", "x.md", "en.md~"]
)
def test_a_source_has_the_name_of_a_language(name: str) -> None:
    files = builders.sources() | {name: builders.JAPANESE.encode()}

    assert [finding for finding in said(files) if "P013" in finding]


def test_an_empty_folder_has_no_original() -> None:
    assert said({})[0].endswith(
        "P010 0 originals (files with an 'id') in one folder (expected one, and"
        " translations with 'translates')"
    )


def test_an_original_without_its_id_is_told_so() -> None:
    assert findings(("id: ADV-2026-0007\n", "")) == ["en.md:2:1: P007 'id' is missing"]


def test_a_huge_file_is_not_read() -> None:
    files = {"en.md": builders.ENGLISH.encode() + b"x" * (1 << 20)}

    assert said(files)[0].startswith("en.md: P011 the file has 1049")


@pytest.mark.parametrize(
    "yaml",
    [
        "a: " + "[" * 50_000,
        "a: " + "{a: " * 50_000,
        "- " * 50_000,
        "\n".join(" " * depth + "a:" for depth in range(500)),
        "\n".join(f"k{number}: 1" for number in range(50_000)),
        "a: 1\n" * 50_000,
        "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(99)),
        "history:\n" + "  - {date: x}\n" * 30_000,
        "a" * 500_000 + ": 1",
        "a: " + "1_" * 400_000 + "e",
        "a: " + "1" * 900_000,
        'a: "' + "\\x41" * 200_000 + '"',
        "a: >\n" + "  x\n" * 100_000,
        "? " * 50_000,
        ": " * 50_000,
    ],
    ids=range(15),
)
def test_hostile_front_matter_has_few_and_short_findings(yaml: str) -> None:
    found = said({"en.md": f"---\n{yaml}\n---\nx\n".encode()})

    assert 1 <= len(found) <= 10
    assert all(len(finding) < 700 and "\n" not in finding for finding in found)


@given(st.binary(max_size=300))
@example(b"\xff")
@example(b"---\n\x00: x\n---\n")
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    said({"en.md": data})
    said({"en.md": b"---\n" + data + b"\n---\nx\n", "ja.md": data})


SAMPLE = builders.ENGLISH.encode()
EDITS = st.tuples(
    st.integers(0, len(SAMPLE)),
    st.integers(0, 12),
    st.one_of(
        st.binary(max_size=6),
        st.sampled_from(
            [b": ", b"- ", b"\n", b"'", b'"', b"{", b"]", b"&a", b"*a", b"!"]
        ),
        st.sampled_from([b"|\n", b">", b"#", b"---\n", b"\t", b"\\", b"0", b"~", b"?"]),
    ),
)


@given(st.lists(EDITS, max_size=4))
@settings(max_examples=400)
def test_any_edit_is_read_or_refused(edits: list[tuple[int, int, bytes]]) -> None:
    data = SAMPLE
    for start, length, new in edits:
        data = data[:start] + new + data[start + length :]

    files = {"en.md": data, "ja.md": builders.JAPANESE.encode()}
    first = said(files)
    again = said(dict(reversed(files.items())))

    assert first == again


def test_findings_are_in_order() -> None:
    _, found = parse.advisory(
        FOLDER,
        builders.sources(
            ("tlp: CLEAR", "tlp: BLUE\nx: y"), ("translates: 2", "translates: two")
        ),
    )

    assert list(found) == sorted(found, key=lambda finding: finding.sort_key)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T10:00:00+09:00", datetime(2026, 11, 20, 1, tzinfo=UTC)),
        ("2026-11-20 10:00+09:00", datetime(2026, 11, 20, 1, tzinfo=UTC)),
        ("2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
    ],
)
def test_a_date_has_time_and_zone(text: str, expected: datetime) -> None:
    assert facts.moment(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20",
        "2026-11-20T10:00:00",
        "2026-11-31T10:00:00Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T10:00:60Z",
        "2026-11-20T10:00:00.5Z",
        "20261120T100000Z",
        "2026-W47-5T10:00Z",
        "0001-01-01T00:00:00+09:00",
        "9999-12-31T23:59:59-09:00",
        "2026-11-20T10:00:00+09:00:30",
        "2026-11-20T10:00:00+25:00",
        "\u0662026-11-20T10:00:00Z",
        "",
    ],
)
def test_other_dates_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no date with time and zone"):
        facts.moment(text)


def test_a_finding_is_a_value() -> None:
    _, found = parse.advisory(FOLDER, {})

    assert found == parse.advisory(FOLDER, {})[1]
    assert isinstance(found[0], Finding)
    assert isinstance(builders.advisory(), Advisory)


def test_facts_of_a_translation_are_texts_by_texts() -> None:
    facts = 'translates: 2\nfacts:\n  Example: 例示社\n  "a: b": c'
    text = builders.advisory(("translates: 2", facts)).translations[0]

    assert text.facts == {"Example": "例示社", "a: b": "c"}
    assert text.said("Example") == "例示社"
    assert text.said("Other") == "Other"
    assert text.places["facts.'a: b'"].line == 5


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ("[a, b]", "P008"),
        ("{a: [b]}", "P008"),
        ("{a: ''}", "P008"),
        ("{a: b, a: c}", "P005"),
        ("{[a]: b}", ""),
    ],
)
def test_facts_of_another_shape_are_refused(facts: str, code: str) -> None:
    sources = builders.sources(("translates: 2", f"translates: 2\nfacts: {facts}"))

    advisory, found = parse.advisory(FOLDER, sources)

    assert [finding.code for finding in found] == ([code] if code else [])
    assert (advisory is None) == bool(code)


def test_facts_are_the_translations() -> None:
    sources = builders.sources(("tlp: CLEAR", "tlp: CLEAR\nfacts: {a: b}"))

    _, found = parse.advisory(FOLDER, sources)

    assert [finding.code for finding in found] == ["P006"]


@pytest.mark.parametrize("fixed", ["fix planned", "fix_planned 2026-13-01"])
def test_a_fix_that_is_misspelled_is_refused(fixed: str) -> None:
    sources = builders.sources(("fixed: 2.4.1", f"fixed: {fixed}"))

    _, found = parse.advisory(FOLDER, sources)

    assert [finding.code for finding in found] == ["P009"]
    assert found[0].location.line == 14


def test_a_translated_fix_is_no_misspelled_word() -> None:
    sources = builders.sources(
        ("translates: 2", "translates: 2\nfacts: {2.4.1: fix planned soon}")
    )

    _, found = parse.advisory(FOLDER, sources)

    assert [finding.code for finding in found] == ["P009"]
    assert found[0].location.path.name == "ja.md"
