"""The law: what lint accepts is never refused later, whatever stands in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher import edition, lint, parse
from publisher.edition.evident import is_evident
from publisher.errors import FindingsError
from publisher.model.chain import Checked
from publisher.model.ids import AdvisoryId
from publisher.pipeline import checking, proofing, signing
from publisher.pipeline.checking import Loaded
from publisher.sign import cleartext
from publisher.source import Finding, Level
from publisher.wiring import Project
from tests import builders, keys, script
from tests.lint import linting
from tests.projects import ID, Workplace
from tests.sign import shapes

STATE = "0" * 64
FORGED = "Advisory ADV-2026-0007, revision 2, language en"
WORDS = (
    *("Stop", "the service", "日本語、全角。", "-5", "From", "-", ".", "–"),
    *("e\u0301", "か\n\u3099", "`ls\u00a0-l`", "`-----BEGIN PGP`", "*a*"),
    *("[a](https://a.example/x)", "[b](http://[x)", "999999999999. a", FORGED),
    *("\n", "\n\n", "\n\n- ", "\n\n1. ", "\n\n> ", "\n\n## ", "\n\n    - "),
    *("\n\n```\n", "\n```\n", " \n", "\t", "\u3000", "\u00a0", "\u2003"),
    *("\x85", "\u2028", "\u0600", "\u200d", "\ue000", "\u0378", "\U0001fae8"),
    *("\ufe0f", "☎\ufe0f", "\U000e0100", "葛\U000e0100", "（" * 60),
    *("x" * 80, "x" * 10_001, "e" + "\u0301" * 5_000),
    *("-----BEGIN\nPGP MESSAGE-----", f"<https://a.example/{'y' * 10_000}>"),
    *("Advisory\nADV-2026-0007, revision 2, language en",),
    "| a | b |\n|---|---|\n| \u00a0 | `c` |\n",
)
BODIES = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
ANY = st.text(st.characters(exclude_categories=()), max_size=60)
VALUES = st.one_of(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), ANY
)


def accepted(source: str) -> list[tuple[str, str]]:
    """Return the text editions of a source that passes all of lint, by language."""
    try:
        files = {"en.md": source.encode()}
    except UnicodeEncodeError:
        return []
    parsed, found = parse.advisory(builders.FOLDER, files)
    raw = lint.canonical(builders.FOLDER / "en.md", files["en.md"])
    if parsed is None or found or raw:
        return []
    checked, _ = lint.check(
        parsed, builders.FOLDER, settings=builders.settings(), now=linting.NOW
    )
    if checked is None:
        return []
    look = builders.presentation()
    made: list[tuple[str, str]] = []
    for text in checked.advisory.texts:
        try:
            whole = edition.edition(Checked(parsed), text, look, STATE).text
        except FindingsError:
            return []
        made.append((text.language, whole))
    return made


def linted(source: str) -> Checked | None:
    """Return a source that passes lint, without anything being laid out."""
    try:
        files = {"en.md": source.encode()}
    except UnicodeEncodeError:
        return None
    parsed, found = parse.advisory(builders.FOLDER, files)
    raw = lint.canonical(builders.FOLDER / "en.md", files["en.md"])
    if parsed is None or found or raw:
        return None
    return lint.check(
        parsed, builders.FOLDER, settings=builders.settings(), now=linting.NOW
    )[0]


def framed(text: str) -> bytes:
    """Return a text as gpg would frame it."""
    lines = [
        f"- {line}" if line.startswith(("-", "From ")) else line
        for line in text.split("\n")
    ]
    return shapes.cleartext("\n".join(lines))


def is_good_to_all(text: str) -> None:
    data = framed(text)
    assert cleartext.payload(data) == text
    assert script.module().payload(data) == text
    name, revision, language, _ = script.module().imprint(text)
    assert f"{name} r{revision} {language}" == str(edition.imprint(text).key)


@given(BODIES | ANY)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_a_body_that_lint_accepts_can_be_signed(body: str) -> None:
    head = builders.ENGLISH.partition("## Overview")[0]

    for _, text in accepted(f"{head}## Overview\n\nText. {body.strip()}\n"):
        is_good_to_all(text)


@given(VALUES, st.sampled_from(["title", "summary", "vendor", "thanks", "reference"]))
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_values_that_lint_accepts_can_be_signed(value: str, place: str) -> None:
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    old, new = {
        "title": ("title: Remote code execution in Example Server", f"title: {quoted}"),
        "summary": ("summary: Exploitation observed", f"summary: {quoted}"),
        "vendor": ("vendor: Example,", f"vendor: {quoted},"),
        "thanks": ("- Hoshizora Research (fictional)", f"- {quoted}"),
        "reference": ("title: Vendor bulletin", f"title: {quoted}"),
    }[place]

    for _, text in accepted(builders.ENGLISH.replace(old, new)):
        is_good_to_all(text)


@given(BODIES | ANY, VALUES)
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_evident_can_be_laid_out_and_signed(body: str, value: str) -> None:
    head = builders.ENGLISH.partition("## Overview")[0]
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    head = head.replace("- Hoshizora Research (fictional)", f"- {quoted}")
    for heading in ("Overview", body.partition("\n")[0].strip() or "Overview"):
        checked = linted(f"{head}## {heading}\n\nText. {body.strip()}\n")
        if checked is None or not is_evident(
            checked.advisory, checked.advisory.original
        ):
            continue
        made = edition.edition(
            checked, checked.advisory.original, builders.presentation(), STATE
        )
        is_good_to_all(made.text)


def test_ordinary_texts_are_evident() -> None:
    advisory = builders.advisory()

    assert all(is_evident(advisory, text) for text in advisory.texts)


@pytest.mark.parametrize(
    "body",
    [
        "a\u00a0b", "e\u0301", "か\u3099", "x" * 2_001, "> " * 5 + "a", FORGED,
        "-----BEGIN\nPGP MESSAGE-----", "## " + "あ" * 40 + " - b",
        "*" * 40 + "a" + "*" * 40, "\u0600", "a\u2003b",
    ],
)  # fmt: skip
def test_rare_texts_are_laid_out_to_be_sure(body: str) -> None:
    advisory = linting.with_body(f"{body}\n")

    assert not is_evident(advisory, advisory.original)


SIGNABLE = [
    "Text.\n\n```\na\tb\n--- x\nFrom here\n.\n  \\\n```\n",
    "☎\ufe0f 葛\U000e0100城 か\n\n- a\n    - b\n\n> c\n",
    "日本語。" * 400 + "\n",
    "\u0378 \U0001fae8 e\u0302\u0323\n".replace("e\u0302\u0323", "\u1ec7"),
    "a\u00a0b –5 From the start -5 " + "x" * 200 + "\n",
    "1. a\n2. b\n\n`" + "y" * 9_000 + "`\n",
]


@pytest.mark.gpg
def test_gpg_signs_what_lint_accepts_and_it_is_read_back(
    team_key: keys.Key,
) -> None:
    head = builders.ENGLISH.partition("## Overview")[0]
    for body in SIGNABLE:
        ((_, text),) = accepted(f"{head}## Overview\n\n{body}")

        signed = team_key.clearsign(text, "--digest-algo", "SHA512")

        assert cleartext.payload(signed) == text
        assert script.module().payload(signed) == text


def loaded(workplace: Workplace) -> tuple[list[Loaded], Sequence[Finding]]:
    tools = workplace.tools()
    found = proofing.load(tools, [ID], {})
    return found, [f for f in found[0].findings if f.level is Level.ERROR]


def with_body(workplace: Workplace, body: str) -> None:
    workplace.write(
        ("## Overview\n", f"## Overview\n\n{body}\n"), japanese=builders.JAPANESE
    )


@pytest.mark.gpg
@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ("```\nls\u00a0-l\n```", "L951", r"U\+00A0 \(NO-BREAK SPACE\)"),
        ("Use `a\u2003b`.", "L951", r"U\+2003"),
        ("```\n" + "x" * 10_001 + "\n```", "L951", "longer than 10000 bytes"),
        ("か\n\u3099き", "L951", "form NFC"),
        ("*Advisory*\n" + FORGED[9:], "L951", "imprint"),
        ("-----BEGIN\nPGP MESSAGE-----", "L951", "OpenPGP"),
    ],
)
def test_what_could_not_be_signed_is_found_by_lint_with_its_line(
    workplace: Workplace, body: str, code: str, words: str
) -> None:
    with_body(workplace, body)

    ((one,), errors) = loaded(workplace)

    assert one.checked is None
    assert [each.code for each in errors] == [code]
    source = (workplace.folder() / "en.md").read_text(encoding="utf-8").split("\n")
    first = source.index("## Overview") + 1
    assert first < errors[0].location.line <= first + 3 + body.count("\n")
    assert re.search(words, str(errors[0]))


@pytest.mark.gpg
def test_what_is_signed_already_is_not_laid_out_anew(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workplace.sign()
    monkeypatch.setattr("publisher.pipeline.proofing.edition", None)

    ((one,), errors) = loaded(workplace)

    assert one.checked is not None
    assert errors == []


@pytest.mark.gpg
def test_a_sound_advisory_passes_and_can_be_signed(workplace: Workplace) -> None:
    found, errors = loaded(workplace)

    assert errors == []
    assert len(signing.plan(workplace.tools(), checking.passing(found)).texts) == 2


OTHER = AdvisoryId("ADV", 2026, 8)


@pytest.mark.gpg
def test_a_short_value_is_its_authors_and_stops_no_other(workplace: Workplace) -> None:
    vendor = ("vendor: Example,", 'vendor: "Rene\\u0301",')
    workplace.write(vendor, advisory=OTHER)

    good, bad = proofing.load(workplace.tools(), [ID, OTHER], {})

    assert good.checked is not None
    assert bad.checked is None
    (error,) = (each for each in bad.findings if each.level is Level.ERROR)
    assert (error.code, error.location.path.name) == ("L326", "en.md")
    source = (workplace.folder(OTHER) / "en.md").read_text(encoding="utf-8")
    assert "Rene" in source.split("\n")[error.location.line - 1]


@pytest.mark.gpg
def test_a_value_that_spoils_a_line_of_the_template_stops_no_other(
    workplace: Workplace,
) -> None:
    template = workplace.root / "templates" / "text" / "advisory.txt"
    template.parent.mkdir(parents=True, exist_ok=True)
    own = workplace.tools().presentation.source("text/advisory.txt")
    line = "x -----BEGIN {{ advisory.affected[0].vendor }}"
    template.write_text(f"{line}\n{own}", encoding="utf-8")
    workplace.write(("vendor: Example,", "vendor: PGP,"), advisory=OTHER)

    workplace.project = Project(workplace.root, gnupg_home=workplace.key.home)
    good, bad = proofing.load(workplace.tools(), [ID, OTHER], {})

    assert good.checked is not None
    assert bad.checked is None
    errors = [each for each in bad.findings if each.level is Level.ERROR]
    assert [each.code for each in errors] == ["L953", "L953"]
    assert "text/advisory.txt: line 1 of the text edition: this looks" in str(errors[0])
