from __future__ import annotations

import pytest

from publisher.edition import guard
from publisher.errors import AuthorError, OperatorError
from publisher.imprint import Imprint
from publisher.model.chain import EditionKey
from publisher.model.ids import AdvisoryId
from tests import builders
from tests.edition.samples import text_of, with_body

IMPRINT = Imprint(
    EditionKey(AdvisoryId("ADV", 2026, 7), 2, builders.EN),
    (("en.md", "a" * 64),),
    "b" * 64,
)
ARMOR = "-----BEGIN PGP SIGNATURE-----"
SAMPLE = builders.advisory()
FORGED = "Advisory ADV-2026-0007, revision 2, language en"
HIDDEN = [
    "\x00",
    "\x1b",
    "\r",
    "\x7f",
    "\x85",
    "\u00ad",
    "\u200b",
    "\u202e",
    "\u2028",
    "\u2066",
    "\ufeff",
    "\U000e0041",
    "\ue000",
    "\ufdd0",
]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_is_not_seen_is_refused_with_its_place(hidden: str) -> None:
    # Markdown takes some of them away and YAML others; the body has them all.
    advisory = with_body(f"One line.\n\n```\nno{hidden}no\n```\n")

    with pytest.raises(AuthorError) as caught:
        text_of(advisory)

    place = f"advisories/2026/ADV-2026-0007/en.md:{advisory.original.body_line + 3}:3: "
    assert str(caught.value).startswith(place)
    assert f"U+{ord(hidden):04X}" in str(caught.value)


@pytest.mark.parametrize("seen", ["é", "👩\ufe0f", "ｶﾞ", "一\u3000二"])
def test_what_is_seen_is_not_refused(seen: str) -> None:
    assert seen in text_of(with_body(f"One {seen} line.\n"))


@pytest.mark.parametrize(
    "markdown",
    [
        f"{ARMOR}\n",
        f"Text.\n\n```\n{ARMOR}\n```\n",
        "-----BEGIN *PGP* SIGNATURE-----\n",
        "-----BEGIN\nPGP SIGNATURE-----\n",
        "-----end pgp signature-----\n",
    ],
)
def test_the_frame_of_a_signature_is_refused(markdown: str) -> None:
    with pytest.raises(AuthorError, match="frame of an OpenPGP message"):
        text_of(with_body(markdown))


@pytest.mark.parametrize(
    "markdown",
    [
        f"{FORGED}\n",
        f"## {FORGED}\n",
        f"- {FORGED}\n",
        f"> {FORGED}\n",
        f"```\n{FORGED}\n```\n",
        f"*Advisory* {FORGED[9:]}\n",
        FORGED.replace(" language", "\nlanguage") + "\n",
    ],
)
def test_a_forged_imprint_is_refused(markdown: str) -> None:
    with pytest.raises(AuthorError, match="imprint of a text edition"):
        text_of(with_body(markdown))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Remote code execution in Example Server", "title: {}"),
        ("summary: Exploitation observed", "summary: {}"),
        ("vendor: Example,", "vendor: {},"),
        ('versions: ">=2.0, <2.4.1"', "versions: {}"),
        ("fixed: 2.4.1", "fixed: {}"),
        ("title: Vendor bulletin", "title: {}"),
        ("- Hoshizora Research (fictional)", "- {}"),
        ("cwe: CWE-787", "title: {}"),
        (
            "tlp: CLEAR",
            "tlp: CLEAR\nwithdrawn: {{date: 2026-11-21T09:00:00+09:00, reason: {}}}",
        ),
        (
            "kind: alert",
            "kind: translation\n"
            "source: {{title: T, publisher: P, url: 'https://a.example', license: {}}}",
        ),
    ],
)
@pytest.mark.parametrize(
    "value", [f'"{ARMOR}"', f'"{FORGED}"', r'"a\u202eb"', r'"-----BEGIN\nPGP"']
)
def test_the_front_matter_is_watched_as_the_body_is(
    old: str, new: str, value: str
) -> None:
    advisory = builders.advisory((old, new.format(value)))

    with pytest.raises(AuthorError, match=r"en\.md.*(OpenPGP|imprint|U\+202E)"):
        text_of(advisory)


def test_what_an_escape_leaves_uncomposed_is_an_authors_with_its_place() -> None:
    advisory = builders.advisory(("vendor: Example,", 'vendor: "Rene\\u0301",'))

    with pytest.raises(AuthorError, match=r"en\.md:[0-9]+:[0-9]+: L951 .*form NFC"):
        text_of(advisory)


def test_a_summary_of_the_history_has_its_line() -> None:
    advisory = builders.advisory(("Exploitation observed", f'"{ARMOR}"'))

    with pytest.raises(AuthorError, match=r"en\.md:[0-9]+:[0-9]+: L951 "):
        text_of(advisory)


def test_a_translation_is_watched_in_its_own_file() -> None:
    advisory = builders.advisory(("- 悪用を確認", f'- "{ARMOR}"'))

    with pytest.raises(AuthorError, match=r"ja\.md:[0-9]+:[0-9]+: L951 "):
        text_of(advisory, builders.JA)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("- a", "escape"),
        ("From us", "escape"),
        (ARMOR, "OpenPGP"),
        (FORGED, "imprint"),
        ("a\u200bb", r"U\+200B"),
    ],
)
def test_a_template_that_spoils_the_text_is_named(line: str, fault: str) -> None:
    text = f"good\n{line}\n{IMPRINT}"

    with pytest.raises(OperatorError, match=f"^text/a.txt: line 2 .*{fault}"):
        guard.check_whole(text, IMPRINT, "text/a.txt", SAMPLE, SAMPLE.original)


@pytest.mark.parametrize("text", ["text\n", f"text\n{IMPRINT}more\n"])
def test_a_text_without_its_imprint_at_the_end_is_refused(text: str) -> None:
    with pytest.raises(OperatorError, match=r"^text/a\.txt: "):
        guard.check_whole(text, IMPRINT, "text/a.txt", SAMPLE, SAMPLE.original)


def test_a_text_that_is_canonical_passes() -> None:
    guard.check_whole(
        f"text\n\n{IMPRINT}", IMPRINT, "text/a.txt", SAMPLE, SAMPLE.original
    )


def test_a_tab_of_code_stays() -> None:
    guard.check_body("    a\tb", SAMPLE.original)


def test_what_wrapping_made_of_a_value_is_placed_where_it_was_written() -> None:
    words = f"{'x' * 70} {FORGED} {'y' * 70}"
    advisory = builders.advisory(("- Hoshizora Research (fictional)", f"- {words}"))

    with pytest.raises(AuthorError, match="imprint") as caught:
        text_of(advisory)

    at = advisory.original.place("acknowledgments.0")
    assert at.column
    assert str(caught.value).startswith(f"{at}: L951 in the text edition, ")


@pytest.mark.parametrize(
    ("body", "line", "fault"),
    [
        ("One.\n\nTwo.\n\n```\nls\u00a0-l\n```\n", 5, r"U\+00A0"),
        ("One.\n\nTwo `ls\u2003-l`.\n", 2, r"U\+2003"),
        ("One.\n\n```\n" + "x" * 10_001 + "\n```\n", 3, "longer than 10000 bytes"),
        ("One.\n\ne" + "\u0301" * 6_000 + "\n", 2, "longer than 10000 bytes"),
        ("One.\n\nか\n\u3099き\n", 2, "form NFC"),
        ("One.\n\n*Advisory* " + FORGED[9:] + "\n", 2, "imprint"),
        ("One.\n\n-----BEGIN\nPGP MESSAGE\n", 2, "OpenPGP message"),
    ],
)
def test_what_becomes_of_a_body_is_placed_where_it_was_written(
    body: str, line: int, fault: str
) -> None:
    advisory = with_body(body)

    with pytest.raises(AuthorError, match=fault) as caught:
        text_of(advisory)

    number = advisory.original.body_line + line
    assert f"en.md:{number}: L951 " in str(caught.value)


def test_headings_of_many_lines_begin_as_nothing_that_is_escaped() -> None:
    for word in ("-5", "From", "."):
        heading = f"## {'x' * 75} {word} here"
        assert text_of(with_body(f"{heading}\n\nText.\n"))
