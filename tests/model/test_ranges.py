"""Ranges are taken apart, or left as they were written."""

from __future__ import annotations

import time

import pytest

from publisher.model import ranges


def spelled(text: str) -> list[list[str]] | None:
    found = ranges.parse(text)
    if found is None:
        return None
    return [[f"{c.operator}{c.version}" for c in each.comparators] for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<2.4.1", [["<2.4.1"]]),
        ("<= 2.4.1", [["<=2.4.1"]]),
        (">=2.0, <2.4.1", [[">=2.0", "<2.4.1"]]),
        (">=2.0 <2.4.1", [[">=2.0", "<2.4.1"]]),
        (">2.0,<2.4.1", [[">2.0", "<2.4.1"]]),
        ("=5.2.1", [["=5.2.1"]]),
        ("==5.2.1", [["=5.2.1"]]),
        ("5.2.1", [["=5.2.1"]]),
        ("v5.2", [["=v5.2"]]),
        (">=9.1R14, <=9.1R18.9", [[">=9.1R14", "<=9.1R18.9"]]),
        ("<2:1.0.2~rc1-3+deb12u1", [["<2:1.0.2~rc1-3+deb12u1"]]),
        ("<1.2 || >=2.0, <2.3||=4", [["<1.2"], [">=2.0", "<2.3"], ["=4"]]),
        ("*", [[]]),
        ("all versions", [[]]),
        ("All", [[]]),
    ],
)
def test_ranges(text: str, expected: list[list[str]]) -> None:
    assert spelled(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2.4 and earlier",
        "2.4.1より前",
        "2.x",
        ">=2.x",
        "2.4.1, 2.4.2",
        ">=2.0, 2.4.1",
        "<",
        "<2.4.1,",
        ", <2.4.1",
        "<2.4.1 ||",
        "|| <2.4.1",
        "<2.4.1 | <3",
        "<2.4.1;",
        "<<2.4.1",
        "=>2.4",
        ">=2.0, , <3",
        "<2.0<3.0",
        "< 2.4.1 on Linux",
        "unknown",
        "<" + "1" * ranges.MAX_LENGTH,
    ],
)
def test_prose_is_no_range(text: str) -> None:
    assert ranges.parse(text) is None


def test_alternatives_know_how_they_were_written() -> None:
    found = ranges.parse(" <1.2  ||  >= 2.0,<2.3 ")

    assert found is not None
    assert [each.written for each in found] == ["<1.2", ">= 2.0,<2.3"]


@pytest.mark.parametrize("piece", ["<1", "<1,", "< ", "1.", "||", "<1 ", "-", "x."])
def test_long_ranges_take_no_time(piece: str) -> None:
    text = piece * (ranges.MAX_LENGTH // len(piece))
    start = time.thread_time()

    ranges.parse(text)

    assert time.thread_time() - start < 5
