from __future__ import annotations

import pytest

from publisher import markup


@pytest.mark.parametrize(
    ("body", "lead"),
    [
        ("## Overview\n\nThe *first* one.\n\nThe second.\n", "The first one."),
        ("Run `a  b` [now](https://a.example/).\n", "Run a b now."),
        ("日本語の\n段落です。\n", "日本語の段落です。"),
        ("One  \ntwo.\n", "One two."),
        ("- in a list\n\n    and more\n\nAfter it.\n", "After it."),
        ("> quoted\n", "quoted"),
        ("## Only a heading\n", ""),
        ("", ""),
    ],
)
def test_the_lead_is_the_first_paragraph_in_plain_text(body: str, lead: str) -> None:
    assert markup.lead(body) == lead
