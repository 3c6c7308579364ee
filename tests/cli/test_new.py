from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.model.advisory import Kind
from tests.cli.terminal import Desk, run, run_json

pytestmark = pytest.mark.gpg


def made(result_output: str) -> list[Path]:
    return [Path(line.removeprefix("made ")) for line in result_output.splitlines()]


def test_the_next_free_id_is_taken(desk: Desk) -> None:
    first = desk.folder().name
    prefix, year, number = first.split("-")

    files = made(run("new", "alert").stdout)

    assert [file.name for file in files] == ["ja.md", "en.md"]
    assert {file.parent.name for file in files} == {
        f"{prefix}-{year}-{int(number) + 1:04d}"
    }
    assert all((desk.root / file).is_file() for file in files)


def test_an_id_is_given_once_though_its_draft_was_thrown_away(desk: Desk) -> None:
    thrown_away = made(run("new", "alert").stdout)
    for file in thrown_away:
        (desk.root / file).unlink()
    (desk.root / thrown_away[0]).parent.rmdir()

    again = made(run("new", "alert").stdout)

    assert again[0].parent.name > thrown_away[0].parent.name


def test_two_branches_that_take_the_same_id_conflict_in_one_file(desk: Desk) -> None:
    guard = desk.root / "advisories" / ".last-id"
    before = guard.read_text()

    run("new", "alert")

    assert guard.read_text() != before
    assert re.fullmatch(r"CSIRT-\d{4}-0002\n", guard.read_text())


def test_a_conflict_in_the_guard_stops_the_next_one(desk: Desk) -> None:
    guard = desk.root / "advisories" / ".last-id"
    guard.write_text("<<<<<<< HEAD\nADV-2026-0002\n=======\n")

    result = run("new", "alert", code=1)

    assert "advisories/.last-id: holds no id" in result.stderr


def test_a_project_without_advisories_begins_with_one(desk: Desk) -> None:
    for file in desk.folder().iterdir():
        file.unlink()
    desk.folder().rmdir()
    (desk.root / "advisories" / ".last-id").unlink()

    assert made(run("new", "note").stdout)[0].parent.name.endswith("-0001")


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("language", ["ja", "en"])
def test_only_what_is_to_be_filled_in_is_wrong_with_it(
    desk: Desk, kind: Kind, language: str
) -> None:
    name = made(run("new", kind, "-l", language).stdout)[0].parent.name

    draft = run_json("lint", name)
    desk.edit(("draft: true\n", ""), name=name)
    findings = run_json("lint", name, code=1)

    assert all(each["level"] == "warning" for each in draft)
    errors = [each["message"] for each in findings if each["level"] == "error"]
    assert errors
    assert all("still to be written" in message for message in errors)


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_filled_in_passes_and_can_be_signed(desk: Desk, kind: Kind) -> None:
    name = made(run("new", kind).stdout)[0].parent.name
    desk.fill_in(name)

    draft = run("sign", name, "--yes")
    run("ready", name)
    signed = run("sign", name, "--yes")

    assert "draft" in draft.stdout
    assert "nothing to sign" in draft.stdout
    assert signed.stdout.count("signed   ") == 2


def test_a_title_survives_whatever_is_in_it(desk: Desk) -> None:
    title = 'Say "no": C:\\temp, #1 {a} [b] 日本語'

    name = made(run("new", "alert", "--title", title).stdout)[0].parent.name
    desk.fill_in(name)

    shown = run_json("status", name)["advisories"]
    assert [each["title"] for each in shown] == [title]


def test_a_date_in_the_future_is_an_embargo(desk: Desk) -> None:
    date = (datetime.now(UTC) + timedelta(days=400)).replace(
        month=6, day=15, microsecond=0
    )

    files = made(run("new", "alert", "--date", date.isoformat()).stdout)
    name = files[0].parent.name
    desk.edit(("FIXME", "Finished"), ("draft: true\n", ""), name=name)

    assert f"-{date.year}-" in name
    (shown,) = run_json("status", name)["advisories"]
    assert shown["state"] == "embargoed"
    assert datetime.fromisoformat(shown["until"]) == date


@pytest.mark.usefixtures("desk")
def test_a_title_that_is_no_text_is_refused() -> None:
    assert "is not UTF-8" in run("new", "alert", "-t", "\udcff", code=2).stderr


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("date", ["2026-11-20", "2026-11-20T10:00:00", "tomorrow"])
def test_a_date_without_a_zone_is_refused(date: str) -> None:
    result = run("new", "alert", "--date", date, code=2)

    assert "no moment with a zone" in result.stderr


@pytest.mark.usefixtures("desk")
def test_a_language_that_the_site_has_not_is_refused() -> None:
    result = run("new", "alert", "--language", "fr", code=2)

    assert "'fr' is not among site.languages (ja, en)" in result.stderr


def test_a_language_without_a_skeleton_gets_the_english_one(desk: Desk) -> None:
    desk.settings(
        ('languages = ["ja", "en"]', 'languages = ["ja", "en", "fr"]'),
        ('en = "Example CSIRT"', 'en = "Example CSIRT", fr = "CSIRT Exemple"'),
    )

    files = made(run("new", "alert", "-l", "fr").stdout)

    assert [file.name for file in files] == ["fr.md"]
    assert "## Overview" in (desk.root / files[0]).read_text(encoding="utf-8")


def test_the_project_has_its_own_skeletons(desk: Desk) -> None:
    own = desk.root / "templates" / "new" / "alert.en.md"
    own.parent.mkdir(parents=True)
    own.write_text("## House rules\n", encoding="utf-8")

    files = made(run("new", "alert", "-l", "en").stdout)

    assert "## House rules" in (desk.root / files[0]).read_text(encoding="utf-8")
