"""The rule of sums in tables (L441).

A row or column that is headed as a sum is checked where all that it sums up are whole
numbers. Rounded shares, subtotals and cells of words are left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from publisher.lint.rule import Problem

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from publisher.lint.body import Body
    from publisher.lint.subject import Subject

_TOTALS = frozenset(
    (
        *(
            "total",
            "totals",
            "sum",
            "grandtotal",
            "overalltotal",
            "sumtotal",
            "intotal",
        ),
        *(
            "totalcount",
            "totalhosts",
            "合計",
            "総計",
            "計",
            "総数",
            "総合計",
            "トータル",
        ),
        *("合計件数", "件数合計"),
    )
)
_SUBTOTALS = frozenset(("subtotal", "subtotals", "sub-total", "小計", "中計"))
_NUMBER = re.compile(
    r"([+-]?(?:[0-9]{1,3}(?:[, '][0-9]{3})+|[0-9]{1,15})) ?[件個社台名人回]?"
)
_NOTHING = frozenset(("", "-", "‐", "–", "—", "―", "ー"))  # noqa: RUF001 (look like hyphens)
_ASIDE = re.compile(r"\([^()]*\)|[\s:*]")
_MOST = 20
"""Findings in one body."""

Rows = Sequence[Sequence[str]]
Wrong = tuple[str, str, int]
"""The label of a row, the sum that it says, and the right one."""


def wrong(subject: Subject) -> Iterator[Problem]:
    """Find sums that are not what stands above or to the left of them."""
    for body in subject.bodies:
        yield from islice(_wrong(body), _MOST)


def _wrong(body: Body) -> Iterator[Problem]:
    offset = 0
    for table in body.tree.iter("table"):
        head, rows = _cells(table)
        offset, _ = body.find(next((cell for cell in head if cell), "|"), offset)
        for label, said, sum_ in (*_below(head, rows), *_beside(head, rows)):
            _, at = body.find(said, max(offset, body.find(label, offset)[0]))
            message = f"the sum {said} of {label!r} is wrong"
            yield Problem(at, message, f"{sum_:,}, or another word than that of a sum")


def _below(head: Sequence[str], rows: Rows) -> Iterator[Wrong]:
    """Yield what is wrong in the first row of sums: it is of everything above it."""
    labels = [_label(row[0]) if row else "" for row in rows]
    at = next((i for i, label in enumerate(labels) if label in _TOTALS), 0)
    if at < 2 or not _SUBTOTALS.isdisjoint(labels):
        return
    for column in range(1, len(head)):
        above = [row[column] for row in rows[:at]]
        sum_ = _sum(above)
        if sum_ is not None and _says_otherwise(rows[at][column], sum_):
            yield rows[at][0], rows[at][column], sum_


def _beside(head: Sequence[str], rows: Rows) -> Iterator[Wrong]:
    """Yield what is wrong in the first column of sums, likewise.

    The first column has the names of the rows, unless it is summed up as well.
    """
    labels = [_label(cell) for cell in head]
    at = next((i for i, label in enumerate(labels) if label in _TOTALS), 0)
    if at < 3 or not _SUBTOTALS.isdisjoint(labels):
        return
    for row in rows:
        sum_, whole = _sum(row[1:at]), _sum(row[:at])
        if sum_ is None or (whole is not None and _number(row[at]) == whole):
            continue
        if _says_otherwise(row[at], sum_):
            yield row[0], row[at], sum_


def _sum(cells: Sequence[str]) -> int | None:
    numbers = [_number(cell) for cell in cells]
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _says_otherwise(cell: str, sum_: int) -> bool:
    return cell not in _NOTHING and _number(cell) not in (None, sum_)


def _number(cell: str) -> int | None:
    """Return a whole number as people write it, 0 for a dash; None if it is none."""
    if cell in _NOTHING:
        return 0
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", cell))
    return int(re.sub("[, ']", "", found[1])) if found else None


def _label(cell: str) -> str:
    """Return the words of a label without blanks and what stands in brackets."""
    return _ASIDE.sub("", unicodedata.normalize("NFKC", cell).casefold())


def _cells(table: Element) -> tuple[Sequence[str], Rows]:
    """Return the head of a table and its other rows, all of the same length."""
    rows = [
        ["".join(cell.itertext()).strip() for cell in row] for row in table.iter("tr")
    ]
    width = len(rows[0]) if rows else 0
    even = [[*row, *[""] * width][:width] for row in rows]
    return (even[0], even[1:]) if even else ((), ())
