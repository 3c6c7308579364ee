"""What `fixed` says of a product."""

from __future__ import annotations

from datetime import date

import pytest

from publisher.model import remedy
from publisher.model.remedy import Category, Remedy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2.4.1", Remedy(Category.VENDOR_FIX, "2.4.1")),
        ("2.4.1 and 3.0", Remedy(Category.VENDOR_FIX, "2.4.1 and 3.0")),
        ("none_available", Remedy(Category.NONE_AVAILABLE)),
        ("no_fix_planned", Remedy(Category.NO_FIX_PLANNED)),
        ("fix_planned", Remedy(Category.FIX_PLANNED)),
        ("fix_planned 2026-12-01", Remedy(Category.FIX_PLANNED, due=date(2026, 12, 1))),
    ],
)
def test_fixed(text: str, expected: Remedy) -> None:
    assert remedy.parse(text) == expected
    assert remedy.written(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fix_planned 2026-13-01", "'2026-13-01' is no day"),
        ("fix_planned 2026-02-30", "'2026-02-30' is no day"),
        ("fix_planned soon", "'soon' is no day"),
        ("fix_planned 2026-12", "'2026-12' is no day"),
        ("fix planned", "spelled like 'fix_planned 2026-12-01'"),
        ("Fix-Planned 2026-12-01", "spelled like 'fix_planned 2026-12-01'"),
        ("no fix planned", "spelled like 'no_fix_planned'"),
        ("None_Available", "spelled like 'none_available'"),
        ("none_available yet", "spelled like 'none_available'"),
    ],
)
def test_near_misses_are_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        remedy.written(text)
