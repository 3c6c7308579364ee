from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.terminal import Desk, run, run_json

pytestmark = pytest.mark.gpg


@pytest.fixture
def draft(desk: Desk) -> str:
    return desk.folder(
        run("new", "note", "--title", "Kagerou").stdout.split("/")[2]
    ).name


def test_a_draft_has_no_date_until_it_is_ready(desk: Desk, draft: str) -> None:
    desk.fill_in(draft)

    found = run_json("lint", draft)
    (before,) = (each for each in found if each["code"] == "L315")
    told = run("ready", draft).stdout.splitlines()

    assert before["level"] == "warning"
    assert before["message"] == "'history.0.date' is still to be written"
    assert told[0].endswith(", and is no draft any more")
    assert told[-2].endswith(f"git add -- advisories/{draft[6:10]}/{draft}")
    assert "L315" not in {each["code"] for each in run_json("lint", draft)}
    assert "over an hour ago" not in run("sign", draft, "--dry-run").stdout


def test_what_is_not_finished_is_named_after_it_is_dated(draft: str) -> None:
    told = run("ready", draft, code=1).stdout

    assert "is dated" in told
    assert "L425" in told
    assert "git commit" not in told


def test_a_date_that_is_over_is_told_with_the_remedy(desk: Desk, draft: str) -> None:
    desk.fill_in(draft)
    date = datetime.now(UTC) - timedelta(hours=2)
    run("ready", draft, "--date", date.isoformat())

    shown = run("sign", draft, "--dry-run").stdout
    exported = run("sign", draft, "--export", str(desk.root.parent / "stick"))
    signed = run("sign", draft, "--yes")

    line = f"over an hour ago: `publisher ready {draft}` dates it now"
    assert shown.count(line) == 2
    assert signed.stderr.count(line) == 2
    assert exported.stderr.count(line) == 2
    assert f"{draft}: revision 1 is signed" in run("ready", draft, code=1).stderr


def test_an_embargo_stays(desk: Desk) -> None:
    date = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    name = run("new", "note", "--date", date.isoformat()).stdout.split("/")[2]
    desk.fill_in(name)

    run("ready", name)

    (shown,) = run_json("status", name)["advisories"]
    assert datetime.fromisoformat(shown["until"]) == date


@pytest.mark.usefixtures("desk")
def test_an_advisory_that_is_not_there_is_named() -> None:
    assert "there is no advisory ADV-2020-0001" in run(
        "ready", "ADV-2020-0001", code=2
    ).stderr  # fmt: skip
