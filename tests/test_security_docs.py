"""SECURITY.md claims no defence that is not tried, by tests that are there."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
PROMISES = range(1, 12)


@dataclass(frozen=True)
class Row:
    """One line of a table below "Who can do what"."""

    attacker: str
    cannot: str
    because: str
    holds: tuple[int, ...]
    tests: tuple[str, ...]


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows() -> list[Row]:
    found = []
    for part in section("Who can do what").split("\n### ")[1:]:
        attacker, _, text = part.partition("\n")
        lines = [line for line in text.split("\n") if line.startswith("|")]
        assert lines[0] == "| cannot | because | holds | tried in |", attacker
        for line in lines[2:]:
            cannot, because, holds, tried = (c.strip() for c in line[1:-1].split(" | "))
            numbers = tuple(int(number) for number in holds.split(", "))
            tests = tuple(re.findall(r"`([^`]+)`", tried))
            found.append(Row(attacker, cannot, because, numbers, tests))
    return found


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef)
    )


ROWS = rows()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.attacker}: {row.cannot}")
def test_each_defence_is_tried_by_tests_that_are_there(row: Row) -> None:
    assert row.because
    assert row.tests
    for name in row.tests:
        file, _, function = name.partition("::")
        assert function.startswith("test_")
        assert function in functions(file), name


def test_each_promise_is_attacked_by_somebody() -> None:
    listed = re.findall(r"^(\d+)\. ", section("What always holds"), re.MULTILINE)

    assert [int(number) for number in listed] == list(PROMISES)
    assert {number for row in ROWS for number in row.holds} == set(PROMISES)


def test_nobody_of_the_threat_model_is_left_out() -> None:
    attackers = " ".join(dict.fromkeys(row.attacker.lower() for row in ROWS))

    for word in (
        "git account", "reviewer", "web host", "mail host", "password (rest)",
        "signing key", "previous key", "mailbox", "mail address", "text of an advisory",
        "build host", "network",
    ):  # fmt: skip
        assert word in attackers, word
