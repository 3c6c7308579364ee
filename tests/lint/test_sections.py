"""Sections: which are empty."""

from __future__ import annotations

import pytest

from tests.lint.linting import body, codes, places


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n\n## B\n\n## C\n\nd\n", [("L442", 3, 4)]),
        ("a\n\n## B\n", [("L442", 3, 4)]),
        ("## B\n\n### C\n\n## D\n\ne\n", [("L442", 3, 5)]),
        ("## B\n\n---\n\n## C\n\nd\n", [("L442", 1, 4)]),
        ("## B\n\n## B\n", [("L442", 1, 4), ("L442", 3, 4)]),
    ],
)
def test_sections_without_anything_are_found(
    text: str, expected: list[tuple[str, int, int]]
) -> None:
    assert places(body(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "## B\n\n### C\n\nd\n",
        "## B\n\n- c\n\n## D\n\n```\ne\n```\n",
        "## B\n\n> c\n\n## D\n\n| e | f |\n|---|---|\n| g | h |\n",
        "a\n",
    ],
)
def test_other_sections_are_fine(text: str) -> None:
    assert codes(body(text)) == []
