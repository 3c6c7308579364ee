"""How wide characters are to the readers of each language."""

from __future__ import annotations

import pytest

from publisher.columns import NARROW, WIDE, measure
from publisher.lint import characters

AMBIGUOUS = "※○●①■□→“”…—×°αЖ"  # noqa: RUF001


@pytest.mark.parametrize("language", ["ja", "ko", "zh", "zh-Hant", "ja-JP", "yue"])
def test_east_asian_texts_have_wide_fonts(language: str) -> None:
    assert measure(language) is WIDE
    assert measure(language).width(AMBIGUOUS) == 2 * len(AMBIGUOUS)


@pytest.mark.parametrize("language", ["en", "fr", "pt-BR", "jam", "el"])
def test_other_texts_have_narrow_ones(language: str) -> None:
    assert measure(language) is NARROW
    assert measure(language).width(AMBIGUOUS) == len(AMBIGUOUS)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("abc 1", 5),
        ("あ漢、", 6),
        ("ｱ", 1),
        ("Ａ", 2),  # noqa: RUF001
        ("か\u3099", 2),
        ("e\u0301", 1),
        ("\u2640\ufe0f", 1),
    ],
)
def test_other_characters_are_the_same_everywhere(
    text: str, columns: int, language: str
) -> None:
    expected = columns + (language == "ja" and text.startswith("\u2640"))
    assert measure(language).width(text) == expected


def test_lint_measures_as_the_text_does() -> None:
    assert characters.columns("※対策", "ja") == 6
    assert characters.columns("※対策", "en") == 5
