"""Characters of ambiguous width count two columns in Japanese texts, everywhere."""

from __future__ import annotations

import re

import pytest

from publisher.columns import WIDE, measure
from publisher.model.ids import Language
from tests import builders
from tests.edition.samples import text_of
from tests.lint.linting import changed, codes

MARKS = "※○①■→“”…"
BODY = f"""\
## {MARKS * 6}

{MARKS * 20}

1. {MARKS * 20}

    * {MARKS * 20}

> {MARKS * 20}

| {MARKS} | ※ |
|---|---|
| a | ① |
| {MARKS}→ | b |

| 列 | 列 |
|---|---|
| {MARKS * 3} | {MARKS * 3} |

## 対策

いま。
"""
JAPANESE = f"""\
---
translates: 2
title: {MARKS * 7}
summaries:
  - 初版公開
  - {MARKS * 20}
facts:
  Example Server: {MARKS * 6}
  Example: {MARKS}
  Vendor bulletin: {MARKS * 12}
  Hoshizora Research (fictional): {MARKS * 12}
---

{BODY}"""


def japanese() -> str:
    return text_of(builders.advisory(japanese=JAPANESE), builders.JA)


def test_no_line_of_a_japanese_text_is_too_wide() -> None:
    wide = [line for line in japanese().split("\n") if WIDE.width(line) > 76]

    assert [line for line in wide if "https://" not in line and "SHA" not in line] == []


def test_headings_are_underlined_as_wide_as_they_are() -> None:
    lines = japanese().split("\n")

    (at,) = [n for n, line in enumerate(lines) if line.startswith(MARKS[:3])][:1]
    assert set(lines[at + 2]) == {"="}
    assert len(lines[at + 2]) == max(map(WIDE.width, lines[at : at + 2]))


def test_the_columns_of_a_table_line_up() -> None:
    row = next(line for line in japanese().split("\n") if line.endswith(" ①"))
    other = next(line for line in japanese().split("\n") if line.endswith("→  b"))

    assert WIDE.width(row[:-1]) == WIDE.width(other[:-1])


@pytest.mark.parametrize(("language", "parts"), [("ja", 2), ("en", 1)])
def test_a_title_is_measured_in_its_language(language: str, parts: int) -> None:
    title = MARKS * 8
    source = {
        "ja": (
            "title: Example Server における任意のコード実行の脆弱性",
            f"title: {title}",
        ),
        "en": ("title: Remote code execution in Example Server", f"title: {title}"),
    }[language]

    text = text_of(builders.advisory(source), Language(language))

    found = re.findall(rf"^  ([{MARKS}]+)$", text, re.MULTILINE)
    assert "".join(found) == title
    assert len(found) == parts


def test_lint_measures_titles_in_their_language() -> None:
    long = "※" * 65
    english = ("title: Remote code execution in Example Server", f"title: {long}")
    japanese = (
        "title: Example Server における任意のコード実行の脆弱性",
        f"title: {long}",
    )

    assert measure("en").width(long) < 70
    assert measure("ja").width(long) > 120
    assert "L309" not in codes(changed(english))
    assert "L309" in codes(changed(japanese))


def test_lint_measures_tables_in_their_language() -> None:
    cell = "※" * 30
    table = f"\n\n| {cell} | a |\n|---|---|\n| b | {'c' * 20} |\n"

    assert "L409" not in codes(changed(("## Solution\n", f"{table}\n## Solution\n")))
    assert "L409" in codes(changed(("## 対策\n", f"{table}\n## 対策\n")))
