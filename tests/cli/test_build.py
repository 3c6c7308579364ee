from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.terminal import Desk, run, run_json

pytestmark = pytest.mark.gpg


def test_what_is_signed_is_built(desk: Desk) -> None:
    run("sign", "--yes")

    result = run("build")

    name = desk.folder().name
    assert (desk.site / "advisories" / name.split("-")[1] / name / "ja.html").is_file()
    assert result.stdout.startswith(f"built    {desk.site}: 1 advisory, ")
    assert result.stderr == ""


def test_what_is_not_signed_is_withheld_and_named(desk: Desk) -> None:
    assert f"withheld {desk.folder().name}: not signed\n" in run("build").stdout


@pytest.mark.usefixtures("desk")
def test_a_build_with_nothing_new_writes_nothing() -> None:
    run("sign", "--yes")
    run("build")

    assert run_json("build")["written"] == []


def test_json_says_what_was_done(desk: Desk) -> None:
    run("sign", "--yes")
    run("new", "note")

    built = run_json("build")

    first = desk.folder("CSIRT-*-0001").name
    second = desk.folder("CSIRT-*-0002").name
    assert built["published"] == [first]
    assert built["withheld"] == {second: {"state": "draft"}}
    assert built["files"] == len(built["written"])
    assert built["removed"] == []


def test_the_moment_of_the_build_decides_about_embargoes(desk: Desk) -> None:
    date = datetime.now(UTC) + timedelta(days=30)
    name = run("new", "alert", "--date", date.isoformat()).stdout.split("/")[-2]
    desk.finish(name)
    run("sign", "--yes")

    before = run_json("build")
    after = run_json("build", "--now", (date + timedelta(days=1)).isoformat())

    assert before["withheld"][name]["state"] == "embargoed"
    assert name in after["published"]
    assert after["withheld"] == {}


def test_a_source_that_changed_after_it_was_signed_stops_it(desk: Desk) -> None:
    run("sign", "--yes")
    run("build")
    before = sorted(desk.site.rglob("*"))
    desk.edit(("検証の手順", "手順"))

    result = run("build", code=2)

    assert "ja.md" in result.stderr
    assert sorted(desk.site.rglob("*")) == before


def test_a_page_that_a_build_no_longer_makes_is_removed(desk: Desk) -> None:
    run("build")
    desk.settings(
        ('languages = ["ja", "en"]', 'languages = ["ja"]'),
        (', en = "Example CSIRT"', ""),
        ('language = "en"', 'language = "ja"'),
    )
    (desk.folder() / "en.md").unlink()

    result = run("build")

    assert "removed  en/index.html" in result.stdout
    assert not (desk.site / "en" / "index.html").exists()


def test_what_was_warned_of_when_it_was_signed_is_not_said_again(desk: Desk) -> None:
    desk.add_revision("ja.md")
    assert "L502 warning: " in run("sign", "--yes").stderr

    assert run("build").stderr == ""
