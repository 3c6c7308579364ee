from __future__ import annotations

from publisher.demo.facts import Fact, Facts


def test_facts_are_said_at_once() -> None:
    told: list[str] = []
    facts = Facts(told.append)

    facts.note("It works", True, "3 of 3")
    facts.note("It is quick", False, "1 h")

    assert told == ["  ok: It works (3 of 3)", "  NOT SO: It is quick (1 h)"]


def test_all_of_them_have_to_hold() -> None:
    good, bad = Fact("It works", True, ""), Fact("It is quick", False, "")

    held = [Facts(str, facts).hold for facts in ([], [good], [good, bad])]

    assert held == [False, True, False]


def test_the_table_is_aligned_whatever_the_width_of_the_letters() -> None:
    facts = Facts(str, [Fact("速い", True, "1 秒"), Fact("It works", False, "no")])

    assert facts.table().splitlines() == [
        "        What was promised  What was seen",
        "holds   速い               1 秒",
        "BROKEN  It works           no",
    ]
