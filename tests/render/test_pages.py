"""The pages of one advisory."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from publisher import markup
from publisher.errors import SettingsError
from publisher.model.advisory import Product, Reference, Withdrawal
from publisher.model.chain import Signed, SignedFile
from publisher.model.ids import AdvisoryId, Language
from publisher.model.summary import Change, Summary
from publisher.presentation import Presentation
from publisher.render import html, pages
from tests import builders
from tests.builders import EN, JA
from tests.render import samples
from tests.render.samples import Outline

OTHER = AdvisoryId("ADV", 2026, 9)
THREE = (
    "  - {date: 2026-11-21T09:00:00+09:00, summary: Exploitation observed}\n",
    "  - {date: 2026-11-21T09:00:00+09:00, summary: Exploitation observed}\n"
    "  - {date: 2026-11-22T09:00:00+09:00, summary: Typo, notify: false}\n",
)
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}'


@pytest.mark.parametrize("language", [EN, JA])
def test_the_page_of_an_advisory(
    language: str, golden: Callable[[str, str | bytes], None]
) -> None:
    files = samples.site([samples.signed(builders.advisory())])

    golden(
        f"site/advisory.{language}.html", files[f"{builders.FOLDER}/{language}.html"]
    )


def test_signed_texts_are_served_byte_for_byte() -> None:
    signed = samples.signed(builders.advisory())

    files = samples.site([signed])

    texts = (*signed.current, *signed.earlier)
    assert len(texts) == 4
    for text in texts:
        path = f"{builders.FOLDER}/{text.edition.key.filename}"
        assert files[path] == text.data


def test_every_signed_text_of_the_language_is_linked_with_its_digest() -> None:
    signed = samples.signed(builders.advisory())

    page = samples.page(signed, JA)

    for text in (*signed.current, *signed.earlier):
        is_mine = text.edition.key.language == JA
        assert (f'href="{text.edition.key.filename}"' in page) == is_mine
        assert (text.sha256 in page) == is_mine


def again(
    signed: Signed, *later: SignedFile, first: SignedFile | None = None
) -> Signed:
    """Return `signed` with later signatures on its newest text."""
    text, *rest = signed.current
    files = (first or text.files[0], *later)
    return replace(signed, current=(replace(text, files=files), *rest))


def test_every_file_of_a_text_that_was_signed_again_is_served() -> None:
    signed = samples.signed(builders.advisory())
    second = samples.signed_file(signed.current[0].edition.key, 2, ["A" * 40])

    files = samples.site([again(signed, second)])

    assert files[f"{builders.FOLDER}/r2.en.txt.2.asc"] == second.data
    assert files[f"{builders.FOLDER}/r2.en.txt.asc"] == signed.current[0].data


def test_later_signatures_are_listed_with_date_and_key() -> None:
    signed = samples.signed(builders.advisory())
    second = samples.signed_file(signed.current[0].edition.key, 2, ["A" * 40])

    english = samples.page(again(signed, second))
    before = samples.page(signed)

    outline = Outline(english)
    assert outline.faults == []
    assert "r2.en.txt.2.asc" in outline.values("href")
    listed = " ".join(outline.text.partition("Other signatures")[2].split())
    assert listed.startswith(
        f"on the same text: r2.en.txt.2.asc 21 November 2026 {'AAAA ' * 10}"
    )
    assert "Other signatures" not in before
    assert english.count(">r2.en.txt.asc</a>") == before.count(">r2.en.txt.asc</a>")


def test_later_signatures_are_listed_in_japanese_as_well() -> None:
    signed = samples.signed(builders.advisory())
    japanese = signed.current[1]
    key = japanese.edition.key
    text = replace(
        japanese, files=(*japanese.files, samples.signed_file(key, 2, ["A" * 40]))
    )

    page = samples.page(replace(signed, current=(signed.current[0], text)), JA)

    assert "同じテキストに対するその他の署名：" in page
    assert "2026年11月21日" in page


def test_a_text_whose_first_key_was_revoked_is_the_file_that_still_counts() -> None:
    signed = samples.signed(builders.advisory())
    key = signed.current[0].edition.key
    first = samples.signed_file(key, 1, [])
    second = samples.signed_file(key, 2, ["A" * 40])
    signed = again(signed, second, first=first)

    page = samples.page(signed)

    assert f"SHA-256 <code>{second.sha256}</code>" in page
    assert "gpg --with-fingerprint --verify r2.en.txt.2.asc" in page
    other = page.partition("Other signatures")[2]
    assert 'href="r2.en.txt.asc"' in other
    assert "Does not count any more: its key was revoked." in other


def test_a_translation_that_was_never_signed_has_no_page() -> None:
    signed = samples.signed(builders.advisory(), {JA: []})

    made = pages.advisory(signed, (), builders.presentation())

    assert [a.path.name for a in made] == [
        "en.html",
        "index.html",
        "ADV-2026-0007.json",
        "r1-r2.en.html",
        "r2.en.txt.asc",
        "r1.en.txt.asc",
    ]
    assert not any(b"ja.html" in artifact.data for artifact in made)


def test_a_translation_that_is_behind_says_so() -> None:
    signed = samples.signed(builders.advisory(THREE))

    behind, original = samples.page(signed, JA), samples.page(signed, EN)

    assert (
        "この翻訳は原文の第2版に基づいています。原文は第3版に更新されています。"
        in behind
    )
    assert "Typo" not in behind
    assert "renders revision" not in original


def test_a_revision_that_was_not_signed_has_no_link() -> None:
    signed = samples.signed(builders.advisory(), {JA: [2], EN: [2]})

    page = samples.page(signed, JA)

    assert "r1.ja.txt.asc" not in page
    assert "初版公開" in page


def test_a_withdrawn_advisory_gives_the_reason_first() -> None:
    change = (
        "references:\n",
        "withdrawn: {date: 2026-11-23T00:00:00+09:00, reason: Not <b>true</b>}\n"
        "references:\n",
    )
    reason = ("translates: 2\n", "translates: 2\nwithdrawn: {reason: 誤りのため}\n")
    signed = samples.signed(builders.advisory(change, reason))

    english, japanese = samples.page(signed, EN), samples.page(signed, JA)

    assert "This document is withdrawn." in english
    assert "Not &lt;b&gt;true&lt;/b&gt;" in english
    assert "23 November 2026" in english
    assert "<title>Withdrawn: " in english
    assert "<bdi>誤りのため</bdi>" in japanese


def test_a_superseded_advisory_leads_to_its_successor() -> None:
    change = ("references:\n", "superseded_by: ADV-2026-0009\nreferences:\n")

    page = samples.page(samples.signed(builders.advisory(change)))

    link = '<a href="../ADV-2026-0009/index.html">ADV-2026-0009</a>'
    assert f"Please read {link} instead." in page


def test_a_successor_names_what_it_supersedes() -> None:
    signed = samples.signed(builders.advisory())

    page = samples.page(signed, supersedes=(OTHER, AdvisoryId("ADV", 2025, 1)))

    first = page.index("../../2025/ADV-2025-0001/index.html")
    assert "This document supersedes:" in page
    assert first < page.index("../ADV-2026-0009/index.html")


def test_what_to_do_first_is_linked_at_the_top() -> None:
    signed = samples.signed(builders.advisory())

    for language, heading in ((EN, "Solution"), (JA, "対策")):
        page = samples.page(signed, language)
        first = page.partition('<nav class="first"')[2].partition("</nav>")[0]
        assert first.count("<li>") == 1
        assert f"<bdi>{heading}</bdi></a>" in first
        assert page.index('class="first"') < page.index('class="facts"')


@pytest.mark.parametrize("heading", ["SOLUTION", "\uff33olution"])
def test_how_a_heading_is_written_does_not_matter(heading: str) -> None:
    page = samples.page(
        samples.signed(builders.advisory(("## Solution", f"## {heading}")))
    )

    assert '<nav class="first"' in page


def test_an_advisory_that_does_not_hold_says_nothing_of_what_to_do_first() -> None:
    superseded = ("references:\n", "superseded_by: ADV-2026-0009\nreferences:\n")
    other = ("## Solution", "## Background")

    for change in (superseded, other):
        page = samples.page(samples.signed(builders.advisory(change)))
        assert '<nav class="first"' not in page


def test_all_that_changed_since_the_text_before_is_told_at_the_top() -> None:
    advisory = builders.advisory(
        THREE,
        ("translates: 2\n", "translates: 3\n"),
        ("  - 悪用を確認\n", "  - 悪用を確認\n  - 誤字の修正\n"),
    )
    signed = samples.signed(advisory, {EN: [1, 2, 3], JA: [1, 3]})

    english, japanese = samples.page(signed, EN), samples.page(signed, JA)

    top = english.partition('<div class="banner changes">')[2].partition("</div>")[0]
    assert "Typo" in top
    assert "Exploitation observed" not in top
    assert 'href="r2-r3.en.html"' in top
    top = japanese.partition('<div class="banner changes">')[2].partition("</div>")[0]
    assert "<li><bdi>悪用を確認</bdi></li>\n<li><bdi>誤字の修正</bdi></li>" in top
    assert 'href="r1-r3.ja.html"' in top


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (("references:\n", "references:\n"), "Published"),
        (
            (
                "references:\n",
                "withdrawn: {date: 2026-11-23T00:00:00+09:00, reason: No}\n"
                "references:\n",
            ),
            "Withdrawn",
        ),
        (
            ("references:\n", "superseded_by: ADV-2026-0009\nreferences:\n"),
            "Superseded",
        ),
    ],
)
def test_programs_are_told_how_it_stands(change: tuple[str, str], status: str) -> None:
    page = samples.page(samples.signed(builders.advisory(change)))

    properties = {
        attributes["itemprop"]: attributes
        for _, attributes in Outline(page).elements
        if "itemprop" in attributes
    }
    assert properties["creativeWorkStatus"]["content"] == status
    assert properties["version"]["content"] == "2"
    assert properties["datePublished"]["datetime"] == "2026-11-20T10:00:00+09:00"
    assert properties["dateModified"]["datetime"] == "2026-11-21T09:00:00+09:00"


def test_programs_find_what_comes_before_and_after() -> None:
    change = ("references:\n", "superseded_by: ADV-2026-0009\nreferences:\n")
    earlier = (AdvisoryId("ADV", 2025, 1),)

    page = samples.page(samples.signed(builders.advisory(change)), supersedes=earlier)

    folder = "https://www.cert.example/advisories"
    after = f'<link rel="successor-version" href="{folder}/2026/ADV-2026-0009/">'
    before = f'<link rel="predecessor-version" href="{folder}/2025/ADV-2025-0001/">'
    assert after in page
    assert before in page
    assert "api/v1/advisories/ADV-2026-0007.json" in page


@pytest.mark.parametrize("name", ["index.html", "r1-r2.en.html", "r1-r2.ja.html"])
def test_every_page_of_a_withdrawn_advisory_says_so(name: str) -> None:
    change = (
        "references:\n",
        "withdrawn: {date: 2026-11-23T00:00:00+09:00, reason: Wrong}\nreferences:\n",
    )
    files = samples.site([samples.signed(builders.advisory(change))])

    page = files[f"{builders.FOLDER}/{name}"].decode()
    assert '<div class="banner stop">' in page
    # The reason has no translation, so it is marked as what it is.
    mark = "" if name.endswith(".en.html") else ' lang="en"'
    assert f"<p{mark}><bdi>Wrong</bdi></p>" in page


@pytest.mark.parametrize("name", ["index.html", "r1-r2.en.html"])
def test_every_page_of_a_superseded_advisory_leads_on(name: str) -> None:
    change = ("references:\n", "superseded_by: ADV-2026-0009\nreferences:\n")
    files = samples.site([samples.signed(builders.advisory(change))])

    page = files[f"{builders.FOLDER}/{name}"].decode()
    assert '<a href="../ADV-2026-0009/index.html">ADV-2026-0009</a>' in page


def test_the_vector_is_explained_where_it_stands() -> None:
    signed = samples.signed(builders.advisory())

    english, japanese = samples.page(signed, EN), samples.page(signed, JA)

    assert "CVSS 3.1, metric by metric" in english
    assert '<th scope="row">Attack Vector (AV)</th><td>Network (N)<br>' in english
    assert '<th scope="row">攻撃元区分（AV）</th><td>ネットワーク（N）<br>' in japanese
    assert english.count("<details>") == 1
    assert '<a href="#_severity">' in english


def test_a_document_can_be_cited() -> None:
    signed = samples.signed(builders.advisory())

    english, japanese = samples.page(signed, EN), samples.page(signed, JA)

    folder = "https://www.cert.example/advisories/2026/ADV-2026-0007"
    assert (
        "Example CERT: “Remote code execution in Example Server”. ADV-2026-0007, "
        f"revision 2, 21 November 2026. {folder}/en.html</p>" in english
    )
    assert f"ADV-2026-0007 第2版、2026年11月21日、{folder}/ja.html</p>" in japanese
    assert f">{folder}/r2.en.txt.asc</a>" in english


def test_products_and_cve_ids_lead_to_all_that_was_published_about_them() -> None:
    page = samples.page(samples.signed(builders.advisory()))

    assert "All publications on CVE-2026-90007</a>" in page
    assert '/product/example/example_server/index.html"><bdi>Example Server' in page


def test_a_comparison_is_for_readers_and_not_for_search_engines() -> None:
    files = samples.site([samples.signed(builders.advisory())])
    robots = b'<meta name="robots" content="noindex">'

    assert robots in files[f"{builders.FOLDER}/r1-r2.en.html"]
    assert robots in files["404.html"]
    assert robots not in files[f"{builders.FOLDER}/en.html"]
    assert robots not in files["en/index.html"]


def test_what_a_link_shows_elsewhere_is_told() -> None:
    page = samples.page(samples.signed(builders.advisory()), JA)

    told = {
        a["property"]: a["content"]
        for _, a in Outline(page).elements
        if "property" in a
    }
    assert told["og:type"] == "article"
    assert told["og:locale"] == "ja_JP"
    assert told["og:locale:alternate"] == "en_US"
    assert told["article:published_time"] == "2026-11-20T10:00:00+09:00"
    assert told["article:modified_time"] == "2026-11-21T09:00:00+09:00"
    assert '<meta name="twitter:card" content="summary">' in page


def test_several_vulnerabilities_are_listed_one_by_one() -> None:
    vulnerability = (
        "affected:\n",
        "  - title: Second <weakness>\n"
        '    cvss: ["AV:N/AC:L/Au:N/C:N/I:N/A:C",'
        ' "CVSS:4.0/AV:A/AC:L/AT:N/PR:N/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N"]\n'
        "    cwe: [CWE-20, CWE-22]\n"
        "affected:\n",
    )

    page = samples.page(samples.signed(builders.advisory(vulnerability)))

    text = " ".join(Outline(page).text.split())
    assert "Highest severity Critical 9.8 CVSS v3.1" in text
    assert "CVE-2026-90007 Critical 9.8 CVSS v3.1 CVSS:3.1/AV:N" in text
    assert "No CVE id Second <weakness> High 7.8 CVSS v2.0" in text
    assert "CWE-20, CWE-22" in text


def test_metrics_and_their_names_are_told_apart_by_those_who_hear_the_table() -> None:
    page = samples.page(samples.signed(builders.advisory()))

    heads = [made for tag, made in Outline(page).elements if tag == "th"]
    assert [each.get("scope") for each in heads if "scope" not in each] == []
    assert page.count('<th scope="row">') == 8
    assert '<th scope="col">Metric</th><th scope="col">Value</th>' in page


@pytest.mark.parametrize(("count", "folded"), [(5, 0), (6, 1), (150, 145)])
def test_long_lists_of_cve_ids_are_folded_after_five(count: int, folded: int) -> None:
    each = "  - cve: CVE-2026-9{}\n"
    many = "".join(each.format(f"{number:04d}") for number in range(count))
    head = builders.ENGLISH.index("  - cve:"), builders.ENGLISH.index("affected:")
    vulnerabilities = builders.ENGLISH[slice(*head)]
    signed = samples.signed(builders.advisory((vulnerabilities, many)))

    page = samples.page(signed)

    assert Outline(page).faults == []
    parts = page.split('<details class="more">')[1:]
    # The vulnerabilities one by one, and what else there is about each.
    assert len(parts) == (2 if folded else 0)
    for part, item in zip(parts, ("<h3>", "All publications on"), strict=False):
        inside = part.partition("</details>\n</section>")[0]
        assert inside.startswith(f"\n<summary>{folded} more</summary>")
        assert inside.count(item) == folded
    assert page.count("<h3>") == page.count("All publications on") == count
    assert len(pages.summary(signed).cves) == count


EMERGENCY = ("kind: alert", "kind: emergency")


@pytest.mark.parametrize(
    ("language", "banner"),
    [
        (EN, "Emergency report As of 21 November 2026 09:00 JST."),
        (JA, "緊急報告 2026年11月21日 09:00 JST現在の情報です。"),
    ],
)
def test_an_emergency_without_a_score_looks_like_one(
    language: Language, banner: str
) -> None:
    scored = builders.ENGLISH.index("    cvss:"), builders.ENGLISH.index("    cwe:")
    unscored = (builders.ENGLISH[slice(*scored)], "")
    signed = samples.signed(builders.advisory(EMERGENCY, unscored))

    page = samples.page(signed, language)

    assert '<span class="badge emergency">' in page.partition("<h1")[0]
    assert banner in " ".join(Outline(page).text.split())


def test_the_banner_of_an_emergency_has_the_date_of_what_is_said_there() -> None:
    behind = samples.signed(builders.advisory(EMERGENCY), {EN: [1, 2], JA: [1]})
    (japanese,) = behind.advisory.translations
    old = replace(japanese, revision=1)
    facts = replace(behind.advisory, translations=(old,))
    made = samples.signed(facts)

    assert "2026年11月20日 10:00 JST現在の情報です。" in samples.page(made, JA)


@pytest.mark.parametrize(
    "change",
    [
        {"withdrawn": Withdrawal(datetime(2026, 11, 21, tzinfo=UTC), "It was wrong.")},
        {"superseded_by": OTHER},
    ],
)
def test_an_emergency_that_does_not_hold_looks_like_none(
    change: dict[str, Any],
) -> None:
    signed = samples.signed(builders.advisory(EMERGENCY))

    page = samples.page(replace(signed, advisory=replace(signed.advisory, **change)))

    assert 'emergency">' not in page.partition("<h1")[0]
    assert "As of" not in page
    assert page.count('class="banner stop"') == 1


def test_a_page_in_one_language_has_a_way_to_the_others() -> None:
    english = samples.signed(builders.advisory(japanese=None))
    files = {str(a.path): a.data for a in pages.advisory(english, (), look())}

    for name, text in (("en", "日本語: 新着情報"), ("index", "日本語: 新着情報")):
        page = files[f"advisories/2026/ADV-2026-0007/{name}.html"].decode()
        (_, _, after) = page.partition('<nav class="languages"')
        assert 'href="../../../ja/index.html" lang="ja" hreflang="ja"' in after
        assert text in after
    # Nothing says to search engines that it is the same.
    assert (
        'hreflang="ja" href'
        not in files["advisories/2026/ADV-2026-0007/en.html"].decode()
    )


def test_a_site_in_one_language_has_nothing_to_choose() -> None:
    settings = replace(look().settings, languages=(EN,))
    english = samples.signed(builders.advisory(japanese=None))

    page = samples.page(english, presentation=replace(look(), settings=settings))

    assert 'class="languages"' not in page


def look() -> Presentation:
    return builders.presentation()


def test_a_score_is_that_of_the_whole_vector_and_named_so() -> None:
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    temporal = builders.advisory((vector, f"{vector}/E:U/RL:O"))

    page = Outline(samples.page(samples.signed(temporal)))

    text = " ".join(page.text.split())
    assert "High 8.5 CVSS v3.1 temporal CVSS:3.1/AV:N" in text
    assert "9.8" not in text


def test_references_have_the_numbers_by_which_a_text_cites_them() -> None:
    page = samples.page(samples.signed(builders.advisory()))

    listed = page.partition('<section id="_references">')[2].partition("</section>")[0]
    assert '<ol class="references"' in listed


def test_an_advisory_without_facts_has_a_page_without_their_headings() -> None:
    advisory = replace(
        builders.advisory(),
        vulnerabilities=(),
        affected=(),
        references=(),
        acknowledgments=(),
    )

    page = samples.page(samples.signed(advisory))

    for heading in ("Severity", "CVE", "Affected", "References", "Acknowledgments"):
        assert heading not in Outline(page.partition("<main")[2]).text


def test_a_translated_document_names_its_source_and_licence() -> None:
    source = (
        "references:\n",
        "source:\n  title: Guide <1>\n  publisher: CERT Other\n"
        "  url: https://other.example/guide\n  license: CC BY 4.0\nreferences:\n",
    )

    page = samples.page(samples.signed(builders.advisory(source)), JA)

    assert (
        '<a href="https://other.example/guide"><bdi>Guide &lt;1&gt;</bdi></a>' in page
    )
    assert "CERT Other" in page
    assert "CC BY 4.0" in page


def test_hostile_facts_are_only_text() -> None:
    advisory = builders.advisory()
    hostile = replace(
        advisory,
        affected=(Product(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        references=(
            Reference(HOSTILE, "javascript:alert(1)"),
            Reference(HOSTILE, 'https://a.example/"onclick="alert(1)'),
        ),
        acknowledgments=(HOSTILE,),
        original=replace(
            advisory.original,
            title=f"\u202e{HOSTILE}",
            summaries=(HOSTILE, HOSTILE),
            body=f"## {HOSTILE}\n\n{HOSTILE}\n",
        ),
    )

    made = pages.advisory(samples.signed(hostile), (), builders.presentation())

    for artifact in made:
        if artifact.path.suffix == ".html":
            outline = Outline(artifact.data.decode())
            assert outline.faults == []
            assert not {"script", "svg", "iframe"} & {t for t, _ in outline.elements}
            assert [a["src"] for t, a in outline.elements if t == "img"] == [
                "../../../favicon.svg"
            ]
            names = {name for _, attrs in outline.elements for name in attrs}
            assert not any(name.startswith("on") for name in names)
            assert "\u202e" not in outline.text
            assert not any("javascript:" in link for link in outline.values("href"))
    assert "{{ 7*7 }}" in made[0].data.decode()


def test_the_headings_of_a_body_never_take_an_id_of_the_page() -> None:
    body = "".join(f"## {name}\n\n" for name in ("main", "_main", "History", "signed"))
    advisory = builders.advisory(("## Overview\n", body))

    outline = Outline(samples.page(samples.signed(advisory)))

    ids = outline.values("id")
    assert len(ids) == len(set(ids))


def test_a_page_of_usual_length_is_light() -> None:
    page = samples.page(samples.signed(builders.advisory()))

    assert len(page.encode()) < 20_000


def test_the_language_of_all_choices_is_the_first_one_that_is_published() -> None:
    english = samples.signed(builders.advisory(japanese=None))
    look = builders.presentation()
    path = f"{builders.FOLDER}/index.html"

    assert b'<html lang="en">' in samples.site([english])[path]
    both = samples.site([samples.signed(builders.advisory())], look)[path].decode()
    assert '<html lang="ja">' in both
    assert 'href="en.html"' in both


def test_a_language_that_the_site_gave_up_stops_the_build() -> None:
    look = builders.presentation()
    look = replace(look, settings=replace(look.settings, languages=(JA,)))
    signed = samples.signed(builders.advisory())

    with pytest.raises(SettingsError, match="ADV-2026-0007: a text in 'en' is signed"):
        pages.advisory(signed, (), look)


def test_a_summary_says_what_lists_need() -> None:
    signed = samples.signed(builders.advisory())

    made = pages.summary(signed)

    text = made.texts[0]
    assert (made.id, made.kind, made.revision) == (signed.advisory.id, "alert", 2)
    assert (made.severity, made.score) == ("critical", "9.8")
    assert made.cves == ("CVE-2026-90007",)
    assert made.products == ("Example Example Server",)
    assert text.lead == markup.lead(signed.advisory.original.body)
    assert text.sha256 == signed.current[0].sha256
    assert [t.language for t in made.texts] == [EN, JA]
    assert Summary.from_json(made.to_json()) == made


def test_a_summary_without_a_score_says_so() -> None:
    signed = samples.signed(replace(builders.advisory(), vulnerabilities=()))

    made = pages.summary(signed)

    assert (made.severity, made.score, made.cves) == (None, None, ())


@pytest.mark.parametrize(
    ("signed", "expected"),
    [
        (
            [1, 2, 3],
            [
                (1, "Initial release", True),
                (2, "Exploitation observed", True),
                (3, "Typo", False),
            ],
        ),
        ([2, 3], [(2, "Exploitation observed", True), (3, "Typo", False)]),
        ([1, 3], [(1, "Initial release", True), (3, "Exploitation observed", True)]),
        ([3], [(3, "Exploitation observed", True)]),
    ],
)
def test_readers_hear_of_the_revisions_that_were_signed_in_their_language(
    signed: list[int], expected: list[tuple[int, str, bool]]
) -> None:
    advisory = builders.advisory(THREE)

    made = pages.summary(samples.signed(advisory, {EN: signed})).texts[0]

    dates = [advisory.history[number - 1].date for number in signed]
    assert made.changes == tuple(
        Change(number, date, summary, notify)
        for (number, summary, notify), date in zip(expected, dates, strict=True)
    )


def test_the_body_of_a_page_is_that_of_its_text() -> None:
    advisory = builders.advisory()

    page = samples.page(samples.signed(advisory), JA)

    assert str(html.body(advisory.translations[0].body).html) in page
