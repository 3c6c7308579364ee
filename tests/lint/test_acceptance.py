"""Findings that a source says are right as they are."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from publisher import lint, parse
from publisher.lint import rules
from publisher.source import Finding, Level
from tests import builders
from tests.lint.linting import NOW, changed, check, codes

DOCS = Path(__file__).parents[2] / "docs" / "lint.md"
LONG = ("title: Remote code execution", "title: Remote code execution" + " again" * 12)
WHY = "the product's full name is this long"


def accepting(*entries: str) -> tuple[str, str]:
    """Return the change by which the English sample accepts something."""
    lines = "".join(f"  - {{{entry}}}\n" for entry in entries)
    return ("references:\n", f"accepted:\n{lines}references:\n")


def of(found: tuple[Finding, ...], code: str) -> list[Finding]:
    return [finding for finding in found if finding.code == code]


def test_a_finding_is_accepted_with_a_reason() -> None:
    advisory = builders.advisory(LONG, accepting(f"finding: L309, reason: {WHY}"))

    checked, found = lint.check(
        advisory, builders.FOLDER, settings=builders.settings(), now=NOW
    )

    (finding,) = found
    assert checked is not None
    assert finding.level is Level.ACCEPTED
    assert finding.reason == WHY
    assert str(finding).startswith(
        "advisories/2026/ADV-2026-0007/en.md:4:8: L309 accepted: the title takes "
    )
    assert str(finding).endswith(f" (accepted: {WHY})")


def test_without_an_entry_it_is_an_error() -> None:
    (finding,) = changed(LONG)

    assert finding.code == "L309"
    assert finding.level is not Level.ACCEPTED


def test_a_warning_is_accepted_like_an_error() -> None:
    (finding,) = changed(
        ('    cvss: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"\n', ""),
        accepting("finding: L306, reason: nobody has given it a score so far"),
    )

    assert (finding.code, finding.level) == ("L306", Level.ACCEPTED)


def test_each_file_accepts_for_itself() -> None:
    both = builders.sources(LONG, accepting(f"finding: L309, reason: {WHY}"))
    long_title = b"title: " + "長".encode() * 65 + b"\n"
    both["ja.md"] = re.sub(rb"title: .+\n", long_title, both["ja.md"])
    advisory, _ = parse.advisory(builders.FOLDER, both)
    assert advisory is not None

    english, japanese = of(check(advisory), "L309")
    assert english.level is Level.ACCEPTED
    assert japanese.level is not Level.ACCEPTED

    entry = "accepted:\n  - {finding: L309, reason: 製品の正式名称が長いため}\n"
    both["ja.md"] = both["ja.md"].replace(b"summaries:", entry.encode() + b"summaries:")
    advisory, _ = parse.advisory(builders.FOLDER, both)
    assert advisory is not None
    assert {f.level for f in of(check(advisory), "L309")} == {Level.ACCEPTED}


def test_one_entry_does_not_hide_a_second_finding() -> None:
    found = changed(
        ("## Solution", "#### A\n\nB\n\n## C\n\n#### D\n\nE\n\n## Solution"),
        accepting("finding: L412, reason: copied from the vendor's own document"),
    )

    assert [f.level for f in of(found, "L412")] == [Level.ERROR, Level.ERROR]
    (problem,) = of(found, "L905")
    assert problem.message == "L412 is found 2 times here"


def test_words_of_the_line_say_which_finding_is_meant() -> None:
    found = changed(
        ("## Solution", "#### A one\n\nB\n\n## C\n\n#### D two\n\nE\n\n## Solution"),
        accepting(
            'finding: L412, at: "D two", reason: "as in the vendor\'s own document"'
        ),
    )

    assert [f.level for f in of(found, "L412")] == [Level.ERROR, Level.ACCEPTED]
    assert of(found, "L905") == []


def test_words_of_the_message_say_which_finding_is_meant() -> None:
    width = re.search(r"takes \d+ columns", changed(LONG)[0].message)
    assert width is not None

    entry = f"finding: L309, at: {width[0]}, reason: {WHY}"
    (finding,) = changed(LONG, accepting(entry))

    assert finding.level is Level.ACCEPTED


@pytest.mark.parametrize(
    ("entry", "code", "message"),
    [
        (f"finding: L399, reason: {WHY}", "L901", "there is no finding L399"),
        (f"finding: L421, reason: {WHY}", "L902", "L421 cannot be accepted"),
        (f"finding: P006, reason: {WHY}", "L902", "P006 cannot be accepted"),
        (f"finding: L904, reason: {WHY}", "L902", "L904 cannot be accepted"),
        ("finding: L309, reason: long", "L903", "the reason 'long' says too little"),
        ("finding: L309, reason: -------------", "L903", "the reason '---"),
        ('finding: L309, reason: "FIXME say why it is"', "L903", "the reason 'FIXME"),
        ('finding: L309, reason: "this is fine\\e[2J"', "L903", "the reason 'this is"),
        (f"finding: L310, reason: {WHY}", "L904", "L310 is not found"),
        (f"finding: L309, at: 7z, reason: {WHY}", "L904", "L309 is not found at '7z'"),
    ],
)
def test_what_does_not_answer_anything_is_found(
    entry: str, code: str, message: str
) -> None:
    found = changed(LONG, accepting(entry))

    (problem,) = [each for each in found if each.code != "L309"]
    assert problem.code == code
    assert problem.message.startswith(message)
    assert problem.location.line == 16
    assert of(found, "L309")[0].level is not Level.ACCEPTED


def test_what_guards_a_promise_stays_an_error() -> None:
    found = changed(
        ("Example Server reads", "<b> Example Server reads"),
        accepting("finding: L421, reason: it is only a small piece of HTML"),
    )

    assert set(codes(found)) == {"L421", "L902"}
    assert of(found, "L421")[0].level is Level.ERROR


def test_a_second_entry_for_the_same_finding_is_idle() -> None:
    entry = f"finding: L309, reason: {WHY}"
    found = changed(LONG, accepting(entry, entry))

    assert codes(found) == ["L309", "L904"]
    assert found[0].level is Level.ACCEPTED


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (f"finding: title, reason: {WHY}", "P009"),
        ("finding: L309", "P007"),
        (f"reason: {WHY}", "P007"),
        ("finding: L309, reason: ''", "P008"),
        (f"finding: L309, reason: {WHY}, until: 2027", "P006"),
    ],
)
def test_an_entry_has_its_form(entry: str, code: str) -> None:
    sources = builders.sources(LONG, accepting(entry))

    advisory, found = parse.advisory(builders.FOLDER, sources)

    assert advisory is None
    assert codes(found) == [code]


def test_nobody_accepts_everything() -> None:
    many = accepting(*[f"finding: L309, reason: {WHY}"] * 101)

    _, found = parse.advisory(builders.FOLDER, builders.sources(many))

    assert codes(found) == ["P009"]
    assert found[0].message == "101 entries"


def test_many_findings_are_accepted_in_time() -> None:
    body = "## A\n\n#### B\n\nC\n\n" * 3_000
    entries = [f"finding: L412, at: B{n}, reason: {WHY}" for n in range(99)]
    entries.append(f"finding: L412, at: '## B', reason: {WHY}")
    english = builders.ENGLISH.partition("## Overview")[0] + body[:-1]
    start = time.thread_time()

    found = check(
        builders.advisory(accepting(*entries), english=english, japanese=None)
    )

    # An entry speaks for one finding only, whatever its words stand in.
    assert Level.ACCEPTED not in {f.level for f in of(found, "L412")}
    assert len(of(found, "L905")) == 1
    assert time.thread_time() - start < 10


def test_the_documentation_lists_what_can_be_accepted() -> None:
    section = DOCS.read_text("utf-8").partition("These can be accepted: ")[2]

    assert section.partition(". All others")[0].split(", ") == [
        code for code, is_waivable in rules.CODES.items() if is_waivable
    ]


def test_nothing_that_deceives_or_leaks_can_be_accepted() -> None:
    firm = {code for code, is_waivable in rules.CODES.items() if not is_waivable}

    assert firm >= {rule.code for rule in rules.CANONICAL}
    assert firm >= {rule.code for rule in rules.ACCEPTANCE}
    assert firm >= {f"L2{number:02}" for number in range(1, 10)}
    assert firm >= {"L302", "L311", "L313", "L316", "L410", "L421", "L424", "L431"}
    assert firm >= {"L505", "L601", "L602"}
