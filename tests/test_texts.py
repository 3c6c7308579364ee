"""What is written is what would be signed, or it is found: cases and generated texts.

`tests/cases/text.jsonl` holds texts with the right answer. A line says `lang`, and
`body`, which stands below the first heading, or `front`, values of the front matter.
`want` are pieces that the signed text has to hold; `expect` is `exact` (they are there
and lint finds nothing), `exact or finding` (they are there, or lint finds something) or
`finding`. `why` is where the right answer comes from.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher import edition, lint, parse
from publisher.markup import commonmark
from publisher.model.ids import Language
from publisher.source import Finding, Level
from tests import builders
from tests.edition.samples import RECORD, laid_out
from tests.lint.linting import body as linted

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "text.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
FRONT = """---
id: ADV-2026-0007
kind: advisory
title: {title}
tlp: CLEAR
history:
  - date: 2026-01-05T10:00:00+09:00
    summary: {summary}
vulnerabilities:
  - cve: CVE-2026-90001
    cvss: {cvss}
affected:
  - vendor: Example
    product: Example Server
    versions: {versions}
    fixed: {fixed}
---

## {overview}

{body}

## {solution}

{update}
"""
VALUES = {
    "title": "Weakness in Example Server",
    "summary": "Initial release",
    "versions": '"<2.4.1"',
    "fixed": '"2.4.1"',
    "cvss": '"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"',
    "body": "A plain sentence.",
}
HEADS = {
    "en": {"overview": "Overview", "solution": "Solution", "update": "Install it."},
    "ja": {"overview": "概要", "solution": "対策", "update": "更新してください。"},
}
NOW = datetime.fromisoformat("2026-01-05T10:05:00+09:00")


def tried(case: dict[str, Any]) -> tuple[str, list[Finding]]:
    """Return the text that would be signed, empty if none, and what lint finds."""
    language = Language(case["lang"])
    values = VALUES | HEADS[language] | case.get("front", {})
    source = FRONT.format(**values | {"body": case.get("body", values["body"])})
    name, data = f"{language}.md", source.encode()
    found = list(lint.canonical(builders.FOLDER / name, data))
    advisory, findings = parse.advisory(builders.FOLDER, {name: data})
    found += findings
    if advisory is None:
        return "", found
    checked, findings = lint.check(
        advisory,
        PurePosixPath("advisories/2026/ADV-2026-0007"),
        settings=builders.settings(),
        now=NOW,
    )
    found += findings
    if checked is None:
        return "", found
    made = edition.edition(checked, advisory.original, builders.presentation(), RECORD)
    return made.text, found


@pytest.mark.parametrize(
    "case", CASES, ids=lambda c: str(c.get("body", c.get("front")))[:50]
)
def test_a_text_is_what_was_written_or_it_is_found(case: dict[str, Any]) -> None:
    text, found = tried(case)

    lost = [want for want in case["want"] if want not in text]
    if case["expect"] == "exact":
        assert (lost, found) == ([], [])
    elif case["expect"] == "finding":
        assert found
    else:
        assert found or not lost


WORDS = st.sampled_from(
    (
        *(
            "word",
            "設定",
            "x_y",
            "2.4.1",
            "*.conf",
            "C:\\d",
            "__a__",
            "(*b).c",
            "「注」",
        ),
        *(
            "`code`",
            "*em*",
            "**strong**",
            "_low_",
            "\\*",
            "\\_",
            "~",
            "https://a.example/b_c",
        ),
        *(
            "<https://a.example/>",
            "[words](https://a.example/)",
            "a@b.example",
            "。",
            "、",
        ),
        *(
            "&",
            "<",
            ">",
            "#",
            "|",
            "1.",
            "-",
            "+",
            "!",
            "[x]",
            "(1)",
            "=",
            "\\",
            "`",
            "*",
            "_",
        ),
    )
)
LINES = st.lists(WORDS, min_size=1, max_size=6).flatmap(
    lambda words: st.sampled_from((" ".join(words), "".join(words)))
)
STARTS = st.sampled_from(
    (
        "",
        "- ",
        "1. ",
        "2) ",
        "> ",
        "## ",
        "  ",
        "   ",
        "    ",
        "  - ",
        "> - ",
        "| ",
        "```",
    )
)
BODIES = st.lists(st.tuples(STARTS, LINES, st.sampled_from(("\n", "\n\n"))), max_size=7)


@given(BODIES)
@settings(max_examples=250, deadline=None)
def test_every_letter_that_a_forge_shows_is_signed(
    parts: list[tuple[str, str, str]],
) -> None:
    body = "".join(map("".join, parts)).rstrip() + "\n"
    if any(each.level is Level.ERROR for each in linted(body)):
        return

    parts_shown = commonmark.read(body).parts
    shown = "".join(p.text for p in parts_shown if p.kind not in ("link", "list"))
    letters = iter("".join(laid_out(body).split()))
    assert [c for c in "".join(shown.split()) if c not in letters] == []
