"""Broken advisories and all that is said of them: one folder for each in golden."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from publisher import lint, parse
from tests import builders
from tests.lint.linting import check

CASES = Path(__file__).parents[1] / "golden/errors"


@pytest.mark.parametrize("case", sorted(p.name for p in CASES.iterdir()))
def test_what_is_said_of_a_broken_advisory(
    case: str, golden: Callable[[str, str], None]
) -> None:
    sources = {file.name: file.read_bytes() for file in (CASES / case).glob("*.md")}

    advisory, found = parse.advisory(builders.FOLDER, sources)
    for name, data in sources.items():
        found += lint.canonical(builders.FOLDER / name, data)
    if advisory is not None:
        found += check(advisory)

    lines = sorted(dict.fromkeys(found), key=lambda finding: finding.sort_key)
    golden(f"errors/{case}/expected.txt", "".join(f"{line}\n" for line in lines))
