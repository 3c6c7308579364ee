"""docs/lists.md says what the code does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from publisher import lists
from publisher.lists import policy
from tests import builders

PAGE = Path(__file__).parents[2] / "docs" / "lists.md"
GROUPS: Mapping[str, Mapping[str, policy.Rule]] = {
    "unchanged": policy.UNCHANGED,
    "no-delay": policy.NO_DELAY,
    "nobody-else": policy.NOBODY_ELSE,
    "nobody-asked": policy.NOBODY_ASKED,
    "self-service": policy.SELF_SERVICE,
}


def shown(value: object) -> str:
    """Write a value as the page does."""
    if value is None:
        return "none"
    if value == "":
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(f"`{each}`" for each in value) or "empty"
    return f"`{value}`"


def rules(group: Mapping[str, policy.Rule]) -> str:
    lines = ["| setting | value | why |", "|---|---|---|"]
    lines += [f"| `{n}` | {shown(r.value)} | {r.why} |" for n, r in group.items()]
    return "\n".join(lines)


def left_alone() -> str:
    lines = ["| setting | why it does not matter |", "|---|---|"]
    lines += [f"| `{name}` | {why} |" for name, why in policy.LEFT_ALONE.items()]
    return "\n".join(lines)


@pytest.mark.parametrize("name", [*GROUPS, "left-alone"])
def test_the_page_lists_every_setting(
    request: pytest.FixtureRequest, name: str
) -> None:
    table = rules(GROUPS[name]) if name in GROUPS else left_alone()
    text = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- begin {name} -->\n", f"\n<!-- end {name} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    expected = f"{before}{begin}{table}{end}{after}"
    if request.config.getoption("--update-golden"):
        PAGE.write_text(expected, encoding="utf-8")
        text = expected

    assert text == expected


def test_the_page_names_everything_that_is_compared() -> None:
    settings = builders.settings()
    declared = settings.lists[0]
    notices = lists.notices(declared, builders.presentation())
    wanted = lists.wanted(declared, settings, plugin=True, notices=notices)
    text = PAGE.read_text(encoding="utf-8")

    missing = [name for name in wanted.settings if f"`{name}`" not in text]

    assert missing == []
