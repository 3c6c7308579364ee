"""docs/verifying.md quotes what is really said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "verifying.md").read_text(encoding="utf-8")
CODE = "".join(
    # Messages are broken over lines there.
    re.sub(r'"\n\s+f?"', "", file.read_text(encoding="utf-8"))
    for folder in ("pipeline", "sign", "adapters", "cli")
    for file in sorted((ROOT / "publisher" / folder).glob("*.py"))
)
ANSWERS = re.findall(r"^\| (`.+?)\ \|", PAGE, re.MULTILINE)
QUOTED = [
    part.strip()
    for answer in ANSWERS
    for text in re.findall(r"`([^`]+)`", answer)
    for part in re.split(r"…|in doubt:|not checked:|ADV-2026-0007 r1 en|\d+ is", text)
    if re.search(r"[a-z]{4}", part) and not text.startswith("python3")
]


@pytest.mark.parametrize("quoted", sorted(set(QUOTED)))
def test_each_answer_on_the_page_is_one_that_is_given(quoted: str) -> None:
    words = [part for part in re.split(r"[,;:] | by$|^, ", quoted) if len(part) > 4]

    assert words
    assert [word for word in words if word.strip(" ;,.:") not in CODE] == []


def test_the_page_names_each_way_to_call_the_script() -> None:
    script = (ROOT / "templates/site/verify.py").read_text(encoding="utf-8")
    options = set(re.findall(r'add_argument\("(--[a-z]+)"', script))

    assert options == set(re.findall(r"verify\.py (--[a-z]+)", PAGE))
