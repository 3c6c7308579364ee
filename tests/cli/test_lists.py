from __future__ import annotations

import pytest

from tests.cli.terminal import Desk, run, run_json

JA, EN = "announce-ja@lists.cert.example", "announce-en@lists.cert.example"

pytestmark = pytest.mark.gpg


def test_lists_that_are_missing_are_planned(desk: Desk) -> None:
    result = run("lists", "plan")

    assert result.stdout == f"+ {JA}: is to be created\n+ {EN}: is to be created\n"
    assert desk.lists.settings == {}


def test_applying_makes_them_as_declared(desk: Desk) -> None:
    first = run("lists", "apply")
    again = run("lists", "apply")

    assert first.stdout == f"+ {JA}: created\n+ {EN}: created\n2 lists as declared\n"
    assert again.stdout == f"= {JA}: as declared\n= {EN}: as declared\n" + (
        "2 lists as declared\n"
    )
    assert len(desk.lists.settings) == 2


def test_a_dry_run_applies_nothing(desk: Desk) -> None:
    result = run("lists", "apply", "--dry-run")

    assert "is to be created" in result.stdout
    assert "2 lists" not in result.stdout
    assert desk.lists.settings == {}


def test_a_setting_that_somebody_changed_is_found_and_mended(desk: Desk) -> None:
    run("lists", "apply")
    desk.lists.settings["announce-en.lists.cert.example"]["subject_prefix"] = "[X] "

    found = run("lists", "check", code=2)
    (_, english) = run_json("lists", "check", code=2)
    run("lists", "apply")

    assert f"~ {EN}: subject_prefix is '[X] ' (expected '')" in found.stdout
    assert english["differences"] == [
        {"setting": "subject_prefix", "live": "[X] ", "wanted": "", "by_hand": ""}
    ]
    assert run("lists", "check").stdout.count("as declared") == 2


@pytest.mark.usefixtures("desk")
def test_a_missing_list_fails_the_check() -> None:
    shown = run_json("lists", "check", code=2)

    assert [each["missing"] for each in shown] == [True, True]


@pytest.mark.usefixtures("desk")
def test_applying_as_json_shows_what_was_different() -> None:
    shown = run_json("lists", "apply")

    assert [each["list"] for each in shown] == [JA, EN]
    assert [each["missing"] for each in shown] == [True, True]


@pytest.mark.parametrize("command", ["plan", "apply", "check"])
def test_without_a_list_there_is_nothing_to_do(desk: Desk, command: str) -> None:
    text = (desk.root / "publisher.toml").read_text(encoding="utf-8")
    (desk.root / "publisher.toml").write_text(text.partition("[[lists]]")[0])

    assert "declares no lists" in run("lists", command, code=2).stderr
