"""Version ranges: which are empty, and which hold their own fix."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.lint import ranges
from publisher.model.advisory import Product
from tests import builders
from tests.lint.linting import check, codes

Ends = tuple[str | None, str | None]


def found(versions: str, fixed: str | None = "2.4.1") -> list[str]:
    """Return the codes for a product with these versions."""
    advisory = replace(
        builders.advisory(japanese=None),
        affected=(Product("Example", "Example Server", versions, fixed),),
    )
    return codes(check(advisory))


@pytest.mark.parametrize(
    "versions",
    [
        ">=3, <2",
        ">=2.4, <2.4.0",
        ">2.4, <=2.4",
        ">= 3.0 < 2.0",
        "3.0 - 2.0",
        "3.0から2.0まで",
        "from 3.0 to 2.0",
        ">=1.0, <2.0 || >=3.0, <2.9",
        "\uff1e\uff1d\uff13\u3001\uff1c\uff12",
        ">=2.10, <2.9",
    ],
)
def test_ranges_without_a_version_are_found(versions: str) -> None:
    assert found(versions, "9.9") == ["L323"]


@pytest.mark.parametrize(
    ("versions", "fixed"),
    [
        ("<=2.4.1", "2.4.1"),
        ("<=2.4.1", "v2.4.1"),
        ("<=2.4.1", "2.4.1.0"),
        (">=2.0, <3.0", "2.4.1"),
        (">=2.0", "2.4.1"),
        ("2.4.1", "2.4.1"),
        ("2.4.0, 2.4.1", "2.4.1"),
        ("all versions", "2.4.1"),
        ("*", "2.4.1"),
        ("<=2.4.1-rc1", "2.4.1-rc1"),
        ("<= 9.3p2", "9.3p2"),
        ("2.0 - 2.4.1", "2.4.1"),
        ("2.0〜2.4.1", "2.4.1"),
        ("2.4.1以前", "2.4.1"),
        ("バージョン2.0から2.4.1まで", "2.4.1"),
        ("2.4.1 and earlier", "2.4.1"),
        ("versions up to 2.4.1", "2.4.1"),
        (">=1.0, <1.5 or >=2.0, <=2.4.1", "2.4.1"),
    ],
)
def test_ranges_that_hold_their_fix_are_found(versions: str, fixed: str) -> None:
    assert found(versions, fixed) == ["L324"]


@pytest.mark.parametrize(
    ("versions", "fixed"),
    [
        (">=2.0, <2.4.1", "2.4.1"),
        ("<2.4.1", "2.4.1"),
        ("<2.4.10", "2.4.10"),
        ("2.4.1より前", "2.4.1"),
        ("2.4.1未満", "2.4.1"),
        ("before 2.4.1", "2.4.1"),
        ("prior to 2.4.1", "2.4.1"),
        ("from 2.0 before 2.4.1", "2.4.1"),
        (">=2.4, <=2.4", "2.4.1"),
        ("<1.5 || >=2.0, <2.4.1", "2.4.1"),
        ("2.5 and later", "2.4.1"),
        ("<=2.4.1", None),
        ("<=2.4.1", "2.4.1, 3.0.2"),
        ("<=2.4.1", "2.4.1 (build 7)"),
        ("<=2.4.1 (Windows only)", "2.4.1"),
        (">=3.0-rc1, <2.0", "2.4.1"),
        ("9.1R14から9.1R18.9まで", "9.1R18"),
        ("2.4-2.4.1", "2.4.1"),
        ("*", None),
        ("!=2.4.1", "2.4.1"),
    ],
)
def test_other_ranges_are_fine(versions: str, fixed: str | None) -> None:
    assert found(versions, fixed) == []


def test_a_finding_says_what_to_write() -> None:
    advisory = builders.advisory((">=2.0, <2.4.1", "<=2.4.1"), japanese=None)

    (problem,) = check(advisory)

    assert str(problem) == (
        "advisories/2026/ADV-2026-0007/en.md:14:58: L324 warning: '<=2.4.1' holds"
        " 2.4.1, which is the fix (expected such as '<2.4.1', or another fix)"
    )


@given(st.text(alphabet="0123456789.,<>=v -~〜orand以前|;", max_size=400))
def test_any_text_is_read(text: str) -> None:
    for each in ranges.ranges(text):
        assert each.holds((1,)) in (True, False)
        assert not (each.is_empty and each.holds(each.lowest or (0,)))


@pytest.mark.parametrize("text", ["1." * 100_000, " " * 300, "1 " * 150, "9" * 300])
def test_huge_texts_take_no_time(text: str) -> None:
    begun = time.process_time()

    ranges.ranges(text)

    assert time.process_time() - begun < 2
