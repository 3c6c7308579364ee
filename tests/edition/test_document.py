from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher import edition, markup
from publisher.adapters import templates
from publisher.edition import body
from publisher.edition.characters import width
from publisher.edition.inline import Links
from publisher.errors import AuthorError, OperatorError
from publisher.model import plain
from publisher.model.advisory import Advisory, Kind
from publisher.model.chain import Checked, EditionKey
from publisher.model.ids import Language
from publisher.model.settings import Settings
from publisher.presentation import Presentation
from tests import builders
from tests.edition.samples import PAGE, RECORD, rich, text_of, with_body

Golden = Callable[[str, str | bytes], None]

LANGUAGES = [builders.JA, builders.EN]


def with_team(**changes: object) -> Presentation:
    base = builders.settings()
    changed: Settings = replace(base, team=replace(base.team, **changes))  # type: ignore[arg-type]
    return replace(builders.presentation(), settings=changed)


def overridden(folder: Path, template: str) -> Presentation:
    (folder / "text").mkdir()
    (folder / "text" / "advisory.txt").write_text(template)
    return templates.presentation(builders.settings(), folder)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_advisory_as_readers_get_it(
    golden: Golden, language: Language
) -> None:
    golden(f"edition/sample.{language}.txt", text_of(builders.advisory(), language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_advisory_with_everything_as_readers_get_it(
    golden: Golden, language: Language
) -> None:
    golden(f"edition/rich.{language}.txt", text_of(rich(), language))


@pytest.mark.parametrize("advisory", [builders.advisory(), rich()], ids=str)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_edition_is_canonical(advisory: Advisory, language: Language) -> None:
    text = text_of(advisory, language)

    lines = text.split("\n")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert lines == [line.rstrip() for line in lines]
    assert not [line for line in lines if line.startswith(("-", "From ", "."))]
    assert {c for c in text if unicodedata.category(c) == "Cc"} <= {"\n", "\t"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_code_and_addresses_are_wider_than_the_page(language: Language) -> None:
    lines = text_of(rich(), language).split("\n")

    wide = [line for line in lines if width(line) > 76]
    assert all("https://" in line or "image-" in line for line in wide)


def test_the_key_says_which_text_it_is() -> None:
    advisory = builders.advisory()

    made = edition.edition(
        Checked(advisory), advisory.translations[0], builders.presentation(), RECORD
    )

    assert made.key == EditionKey(advisory.id, 2, builders.JA)
    assert edition.imprint(made.text).key == made.key


@pytest.mark.parametrize("revision", [1, 3])
def test_a_translation_of_another_revision_is_refused(revision: int) -> None:
    summaries = "".join(f"  - {number}\n" for number in range(revision))
    advisory = builders.advisory(
        ("translates: 2", f"translates: {revision}"),
        ("  - 初版公開\n  - 悪用を確認\n", summaries),
    )

    with pytest.raises(AuthorError, match=rf"ja\.md:2:13: .*revision {revision} of 2"):
        text_of(advisory, builders.JA)


def test_a_language_that_the_project_has_not_is_refused() -> None:
    look = replace(
        builders.presentation(),
        words={builders.EN: builders.presentation().words[builders.EN]},
    )

    with pytest.raises(
        AuthorError, match=r"ja\.md: L952 'ja' is none of .* \(.*one of en"
    ):
        text_of(builders.advisory(), builders.JA, look)


def test_what_cannot_be_written_as_plain_text_is_refused() -> None:
    with pytest.raises(AuthorError, match=r"en\.md:21: .*'http://\[x' is no address"):
        text_of(with_body("[a](http://[x)\n"))


def test_a_body_beyond_the_limits_is_refused_with_its_place() -> None:
    advisory = with_body("One.\n\n" + ">" * 50 + " x\n")

    with pytest.raises(AuthorError, match=r"en\.md:23: .* nested deeper"):
        text_of(advisory)


def test_a_first_revision_tells_of_no_changes() -> None:
    second = "  - {date: 2026-11-21T09:00:00+09:00, summary: Exploitation observed}\n"

    text = text_of(builders.advisory((second, ""), japanese=None))

    assert "Changes in revision" not in text
    assert "\n  * Revision 1, 20 November 2026 10:00 JST\n    Initial release\n" in text


def test_all_changes_since_the_last_mail_are_at_the_top() -> None:
    third = (
        "  - {date: 2026-11-21T09:00:00+09:00, summary: Exploitation observed}\n",
        "  - {date: 2026-11-21T09:00:00+09:00, summary: Typo, notify: false}\n"
        "  - {date: 2026-11-21T10:00:00+09:00, summary: Exploitation observed}\n",
    )

    text = text_of(builders.advisory(third, japanese=None))

    assert (
        "Changes since revision 1\n========================\n\n"
        "  * Revision 2: Typo\n  * Revision 3: Exploitation observed\n"
    ) in text


def test_an_advisory_without_facts_has_no_empty_sections() -> None:
    head, _, _ = builders.ENGLISH.partition("vulnerabilities:")

    text = text_of(builders.advisory(english=f"{head}---\n\nOne.\n", japanese=None))

    for word in ("Severity", "CVE", "Affected", "References", "Acknowledgments"):
        assert word not in text
    assert "\n\n\n" not in text


def test_a_single_vulnerability_stands_in_the_head_alone() -> None:
    title = ("cwe: CWE-787", "cwe: CWE-787\n    title: Overflow")

    text = text_of(builders.advisory(title))

    assert "\n  Vulnerability:    Overflow\n" in text
    assert "\n  Weakness:         CWE-787\n" in text
    assert "\nVulnerability\n" not in text


def test_a_single_vulnerability_with_several_scores_has_its_section() -> None:
    vector = '"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"'
    changed = f'[{vector}, "AV:N/AC:L/Au:N/C:N/I:N/A:P"]\n    title: Overflow'

    text = text_of(builders.advisory((vector, changed)))

    assert (
        "Vulnerability\n=============\n\n"
        "  * CVE-2026-90007: Overflow\n"
        "    Weakness: CWE-787\n"
        "    Severity: Critical (CVSS v3.1 score 9.8)\n"
        "      CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\n"
        "    Severity: Medium (CVSS v2.0 score 5.0)\n"
        "      AV:N/AC:L/Au:N/C:N/I:N/A:P\n"
    ) in text


def test_a_vulnerability_without_a_name_says_so() -> None:
    entry = "  - cve: CVE-2026-90007\n"
    advisory = builders.advisory((entry, "  - cwe: CWE-20\n  - title: Other\n"))

    assert "  * No CVE id\n    Weakness: CWE-20\n" in text_of(advisory)


def test_a_body_without_a_heading_gets_one() -> None:
    text = text_of(with_body("One line.\n"))

    assert "\nOverview\n========\n\n  One line.\n" in text


def test_a_body_that_begins_with_its_heading_gets_no_other() -> None:
    assert text_of(builders.advisory()).count("\nOverview\n") == 1


def test_references_keep_their_order_and_other_links_follow() -> None:
    advisory = builders.advisory(
        ("references:", 'references:\n  - {title: First, url: "https://a.example/"}'),
        (
            "https://vendor.example/sb-1)",
            "https://b.example/), [](https://c.example/) or [2](https://vendor.example/sb-1)",
        ),
    )

    text = text_of(advisory)

    assert "bulletin [3], [4] or 2 [2] says" in text
    assert (
        "  [1] First\n      https://a.example/\n\n"
        "  [2] Vendor bulletin\n      https://vendor.example/sb-1\n\n"
        "  [3] bulletin\n      https://b.example/\n\n"
        "  [4] https://c.example/\n"
    ) in text


def test_a_reference_that_is_given_twice_does_not_move_the_numbers() -> None:
    entry = '  - {title: Vendor bulletin, url: "https://vendor.example/sb-1"}\n'
    advisory = builders.advisory((entry, entry + entry.replace("Vendor b", "B")))

    text = text_of(advisory)

    assert "bulletin [1] says" in text
    assert (
        "  [1] Vendor bulletin\n      https://vendor.example/sb-1\n\n"
        "  [2] Bulletin\n      https://vendor.example/sb-1\n\n"
    ) in text


def test_a_body_can_cite_references_by_number() -> None:
    advisory = builders.advisory(("**at once**", "at once [1]"), japanese=None)

    text = text_of(advisory)

    assert "Update at once [1]" in text
    assert "  [1] Vendor bulletin\n" in text


def test_a_translation_names_its_source_and_licence() -> None:
    advisory = builders.advisory(
        (
            "kind: alert",
            "kind: translation\nsource: {title: Leitfaden, publisher: CERT Beispiel,"
            ' url: "https://de.example/", license: CC BY 4.0}',
        )
    )

    text = text_of(advisory)

    assert (
        "  Title:      Leitfaden\n"
        "  Publisher:  CERT Beispiel\n"
        "  Address:    https://de.example/\n"
        "  Licence:    CC BY 4.0\n"
    ) in text


def test_fingerprints_stand_in_groups_of_four() -> None:
    short, long = "0123456789ABCDEF0123456789ABCDEF01234567", "0123456789ABCDEF" * 4

    text = text_of(
        builders.advisory(), presentation=with_team(fingerprints=(short, long))
    )

    half = "0123 4567 89AB CDEF 0123 4567 89AB CDEF"
    assert "one of the keys that have" in text
    assert f"    {half} 0123 4567\n\n    {half}\n    {half}\n\n" in text


def test_only_the_lists_that_get_the_text_are_named() -> None:
    base = builders.settings()
    japanese, english = base.lists
    other = replace(english, address="weekly@lists.cert.example", kinds=(Kind.REPORT,))
    look = replace(
        builders.presentation(),
        settings=replace(base, lists=(japanese, english, other)),
    )

    text = text_of(builders.advisory(), presentation=look)

    assert "    announce-en-leave@lists.cert.example\n" in text
    assert "weekly" not in text
    assert "announce-ja" not in text


def test_without_a_list_nothing_is_said_of_leaving() -> None:
    look = replace(
        builders.presentation(), settings=replace(builders.settings(), lists=())
    )

    assert "mailing list" not in text_of(builders.advisory(), presentation=look)


def test_the_label_is_the_one_of_the_advisory() -> None:
    text = text_of(builders.advisory(("tlp: CLEAR", 'tlp: "TLP:GREEN"')))

    assert text.split("\n")[0].endswith(" TLP:GREEN")


def test_line_breaks_in_the_front_matter_are_blanks() -> None:
    title = "title: Remote code execution in Example Server"

    text = text_of(builders.advisory((title, 'title: "One\\n\\n\\n===\\n\\n- two"')))

    assert "\n  One === - two\n" in text


def test_templates_of_the_project_are_used(tmp_path: Path) -> None:
    look = overridden(tmp_path, "\n{{ title(text.title) }}  \n\n{{ body }}\n\n\n")

    text = text_of(with_body("Text.\n"), presentation=look)

    rule = "=" * 76
    assert text.startswith(
        f"{rule}\n  Remote code execution in Example Server\n{rule}\n\n  Text.\n\n"
        f"{rule}\nAdvisory ADV-2026-0007, revision 2, language en\n"
    )


@pytest.mark.parametrize(
    "template",
    [
        "- {{ body }}",
        "Advisory {{ advisory.id }}, revision 1, language en\n",
        "-----BEGIN PGP SIGNED MESSAGE-----\n",
    ],
)
def test_a_template_that_spoils_the_text_is_the_operators(
    tmp_path: Path, template: str
) -> None:
    look = overridden(tmp_path, template)

    with pytest.raises(OperatorError, match=r"^text/advisory\.txt: line 1 "):
        text_of(builders.advisory(), presentation=look)


def test_every_phrase_of_the_template_has_its_japanese() -> None:
    english = set(text_of(rich(), builders.EN).split("\n"))
    japanese = set(text_of(rich(), builders.JA).split("\n"))

    # What both have in common is data: names, addresses, code.
    common = "\n".join(english & japanese)
    assert not [
        word
        for word in ("Affected", "Signature", "Revision", "Severity", "Contact")
        if word in common
    ]


def test_the_text_does_not_depend_on_locale_time_zone_or_hash_seed() -> None:
    script = (
        "from tests.edition.samples import *\n"
        "import hashlib\n"
        "text = text_of(rich(), builders.JA)\n"
        "print(hashlib.sha256(text.encode()).hexdigest())\n"
    )
    strange = {"TZ": "Pacific/Chatham", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "7"}

    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        env=os.environ | strange,
        capture_output=True,
        check=True,
        text=True,
    )

    expected = hashlib.sha256(text_of(rich(), builders.JA).encode()).hexdigest()
    assert done.stdout.strip() == expected


@settings(max_examples=60, deadline=None)
@given(st.text("-=*_`>|[]()#~.1 \n\tあ。「」PGPBEGINFrom<&:/", max_size=200))
def test_no_body_makes_a_text_that_is_not_canonical(body: str) -> None:
    advisory = with_body(f"Text.\n\n{body}\n")

    try:
        text = text_of(advisory)
    except AuthorError:
        return

    lines = text.split("\n")
    assert edition.imprint(text).sources[0][1] == advisory.original.source.sha256
    assert [line for line in lines if plain.fault(line)] == []
    assert not [line for line in lines if line.startswith(("-", "From ", "."))]


def test_nothing_of_the_body_is_lost() -> None:
    advisory = rich()

    links = Links(PAGE)
    for reference in advisory.references:
        links.add(reference.url, reference.title)

    plain = body.body_text(
        markup.parse(advisory.original.body), links, "{label}: {value}"
    )

    assert plain in text_of(advisory)
    for word in ("hyphen", "laboratory", "`192.0.2.10`", "usb0", "tabs become"):
        assert word in text_of(advisory)
