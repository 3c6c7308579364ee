"""Lint as a whole: hostile bodies, the order of findings, the samples, the docs."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher import lint, parse
from publisher.lint import rules
from publisher.lint.rule import Rule
from publisher.source import Finding, Level
from tests import builders, growth
from tests.lint.linting import body, check, with_body
from tests.markup.hostile import BODIES

ROOT = Path(__file__).parents[2]
CODES = [
    *(rule.code for rule in rules.CANONICAL),
    *(rule.code for rule in rules.RULES),
    *(rule.code for rule in rules.PROJECT),
    *(rule.code for rule in rules.NAMING),
    *(rule.code for rule in rules.TEMPLATES),
    *(rule.code for rule in rules.LINKS),
    *(rule.code for rule in rules.ACCEPTANCE),
]
PATH = PurePosixPath("advisories/2026/ADV-2026-0007/en.md")


@pytest.mark.large
@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_takes_time_in_proportion_to_its_length(name: str) -> None:
    block = BODIES[name](3_000)
    texts = {count: "\n\n".join([block] * count) for count in (2, 8)}
    advisories = {count: with_body(f"{text}\n") for count, text in texts.items()}

    def read(count: int) -> None:
        check(advisories[count])
        lint.canonical(PATH, texts[count].encode())

    growth.is_linear(read, 2, 8)


@pytest.mark.large
@pytest.mark.parametrize("name", BODIES)
def test_a_long_hostile_body_is_judged(name: str) -> None:
    found = body(f"{BODIES[name](40_000)}\n")

    assert all(finding.location.line for finding in found)


@given(st.text("*_`[]()<>&!|#\\~-+.: \n\t123abあ。", max_size=120))
@settings(max_examples=300, deadline=None)
def test_any_body_is_judged(text: str) -> None:
    found = body(f"{text}\n")

    assert list(found) == sorted(found, key=lambda finding: finding.sort_key)
    assert found == body(f"{text}\n")
    assert len(set(found)) == len(found)


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_body_of_any_characters_is_judged(text: str) -> None:
    whole = f"{text}\n".encode(errors="replace").decode()

    for finding in body(whole):
        assert finding.location.line >= 0
        assert finding.location.column >= 0


def test_findings_are_in_order() -> None:
    found = body("# A\n\n<b>\n\n&amp; FIXME\n")
    places = [(f.location.line, f.location.column, f.code) for f in found]

    assert places == sorted(places)
    assert len(places) == 4


def test_warnings_pass() -> None:
    advisory = builders.advisory(("tlp: CLEAR", "tlp: GREEN"))

    checked, found = lint.check(
        advisory,
        builders.FOLDER,
        settings=builders.settings(),
        now=advisory.last_updated,
    )

    assert checked is not None
    assert checked.advisory is advisory
    assert checked.warnings == found
    assert [finding.level for finding in found] == [Level.WARNING]


@pytest.mark.parametrize("folder", sorted(ROOT.glob("advisories/*/ADV-*")), ids=str)
def test_the_samples_have_no_errors(folder: Path) -> None:
    sources = {file.name: file.read_bytes() for file in folder.glob("*.md")}
    place = PurePosixPath(folder.relative_to(ROOT))

    advisory, found = parse.advisory(place, sources)
    assert advisory is not None, found

    linted = [f for f in check(advisory, place) if f.level is Level.ERROR]
    raw = [
        f for name, data in sources.items() for f in lint.canonical(place / name, data)
    ]
    assert linted + raw == []


@pytest.mark.parametrize("file", sorted(ROOT.glob("templates/new/*.md")), ids=str)
def test_a_template_does_not_pass_unfilled(file: Path) -> None:
    found = body(file.read_text(encoding="utf-8"))

    assert {finding.code for finding in found} == {"L425"}


def test_a_code_has_one_rule() -> None:
    assert sorted(set(CODES)) == CODES


def test_all_codes_are_documented_and_no_others() -> None:
    documented = re.findall(
        r"^\| ([LP][0-9]{3}) \|",
        (ROOT / "docs/lint.md").read_text("utf-8"),
        re.MULTILINE,
    )
    sources = [
        *ROOT.glob("publisher/parse/*.py"),
        *ROOT.glob("publisher/pipeline/*.py"),
        *ROOT.glob("publisher/edition/*.py"),
    ]
    parsed = {
        c
        for file in sources
        for c in re.findall(r'"(P[0-9]{3}|L95[0-9])"', file.read_text("utf-8"))
    }

    assert sorted(documented) == sorted({*parsed, *CODES})


def test_the_documentation_says_what_is_only_a_warning() -> None:
    rows = (ROOT / "docs/lint.md").read_text("utf-8").split("\n")
    marked = {row[2:6] for row in rows if re.match(r"\| L[0-9]{3} \| warning: ", row)}

    judged: list[Rule[Any]] = [
        *rules.CANONICAL,
        *rules.RULES,
        *rules.NAMING,
        *rules.TEMPLATES,
        *rules.LINKS,
        *rules.ACCEPTANCE,
    ]
    warnings = {rule.code for rule in judged if rule.level is Level.WARNING}
    assert marked == warnings | {rule.code for rule in rules.PROJECT}


def test_nothing_besides_advisories_stops_one() -> None:
    assert {rule.level for rule in rules.PROJECT} == {Level.WARNING}


def test_a_finding_is_written_as_compilers_do() -> None:
    (found,) = body("## A\n\n<b>\n")

    assert isinstance(found, Finding)
    assert str(found) == (
        "advisories/2026/ADV-2026-0007/en.md:23:1: L421 '<b>' is HTML, which a forge"
        " does not show, and the text would (expected code, or a backslash before '<')"
    )
