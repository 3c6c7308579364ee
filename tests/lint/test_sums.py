"""Sums in tables: which are wrong, and which nobody can judge."""

from __future__ import annotations

import time

import pytest

from tests.lint.linting import body, codes, places


def table(*rows: str) -> str:
    """Return a table; its first row is the head."""
    head, *rest = rows
    line = "|".join(["---"] * (head.count("|") + 1))
    return "Text.\n\n" + "\n".join(f"| {row} |" for row in (head, line, *rest)) + "\n"


@pytest.mark.parametrize(
    "rows",
    [
        ("Kind | Reports", "Phishing | 10", "Malware | 5", "Total | 16"),
        ("Kind | Reports", "Phishing | 1,200", "Malware | 5", "Total | 1,206"),
        ("種別 | 件数", "フィッシング | 10件", "マルウェア | 5件", "合計 | 16件"),
        ("種別 | 件数", "フィッシング | １，２００", "改ざん | ５", "計 | １，２０６"),
        ("Kind | Reports", "A | 10", "B | -", "C | 5", "**Total (all)** | 16"),
        ("Kind | July | August | Total", "A | 1 | 2 | 3", "B | 3 | 4 | 8"),
        ("Kind | Reports", "A | 1 200", "B | 5", "Grand total | 1206"),
        ("種別 | 4月 | 5月 | 合 計", "A | 1 | 2 | 4"),
        ("Q1 | Q2 | Q3 | Sum", "1 | 2 | 3 | 7"),
    ],
)
def test_wrong_sums_are_found(rows: tuple[str, ...]) -> None:
    assert codes(body(table(*rows))) == ["L441"]


@pytest.mark.parametrize(
    "rows",
    [
        ("Kind | Reports", "Phishing | 10", "Malware | 5", "Total | 15"),
        ("Kind | Reports", "Phishing | 1,200", "Malware | 5", "Total | 1205"),
        ("種別 | 件数", "フィッシング | １０", "マルウェア | ５", "合計 | 15"),
        ("Kind | July | August | Total", "A | 1 | 2 | 3", "B | 3 | 4 | 7"),
        ("Q1 | Q2 | Q3 | Sum", "1 | 2 | 3 | 6"),
        ("Year | Q1 | Q2 | Sum", "2025 | 2 | 3 | 5"),
        # Shares are rounded, and words are no numbers.
        ("Kind | Share", "A | 33 %", "B | 33 %", "C | 33 %", "Total | 100 %"),
        ("Kind | Score", "A | 9.8", "B | 7", "Total | 2"),
        ("Kind | Reports", "A | many", "B | 5", "Total | 16"),
        ("Kind | Reports", "A | 10", "B | 5", "Total | -"),
        ("Kind | Reports", "A | 10", "B | 5", "Total |"),
        ("Kind | Reports", "A | 10", "B | 5", "Highest | 10"),
        # Not everything above is summed up.
        ("Kind | Reports", "A | 1", "Subtotal | 1", "B | 2", "Total | 3"),
        ("Kind | n", "A | 1", "B | 2", "Total | 3", "Last year | 9", "Total | 9"),
        ("Kind | Total | of these open | closed", "A | 3 | 1 | 2"),
        ("Kind | Reports | Total", "A | 3 | 9"),
        ("Kind | Reports", "Total | 9", "A | 3"),
        ("Total | 9", "A | 3"),
    ],
)
def test_other_numbers_are_fine(rows: tuple[str, ...]) -> None:
    assert codes(body(table(*rows))) == []


def test_a_finding_names_the_line_and_the_sum() -> None:
    text = "15\n\n" + table("Kind | Reports", "A | 10", "B | 1,500", "Total | 15")

    found = body(text)

    assert places(found) == [("L441", 9, 11)]
    assert found[0].message == "the sum 15 of 'Total' is wrong"
    assert found[0].expected.startswith("1,510, or")


def test_a_table_that_is_wrong_throughout_takes_no_time() -> None:
    rows = (f"r{number} | 1 | 2 | 4" for number in range(400))
    begun = time.process_time()

    found = body(table("Kind | A | B | Total", *rows))

    assert codes(found) == ["L441"] * 20
    assert time.process_time() - begun < 30
