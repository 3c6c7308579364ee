from __future__ import annotations

from collections.abc import Sequence

import pytest

from publisher.ports import Life, Reply
from publisher.wiring import Project
from tests.cli.terminal import Desk, run, run_json

pytestmark = pytest.mark.gpg

LINKED = ("## 概要", "## 概要\n\n[情報](https://vendor.example/sb-1)")
EXPLICIT = ("## 概要", "## 概要\n\nFIXME")


@pytest.mark.usefixtures("desk")
def test_what_is_right_passes_in_silence() -> None:
    result = run("lint")

    assert result.stdout == ""
    assert result.stderr == "1 advisory: 0 errors, 0 warnings\n"


def test_an_error_is_shown_with_its_place_and_makes_it_fail(desk: Desk) -> None:
    desk.edit(EXPLICIT)
    name = desk.folder().name

    result = run("lint", code=1)

    (line,) = result.stdout.splitlines()
    folder = f"advisories/{name.split('-')[1]}/{name}"
    assert line.startswith(f"{folder}/ja.md:12:1: L425 ")
    assert "1 advisory: 1 error, " in result.stderr


def test_warnings_alone_pass(desk: Desk) -> None:
    desk.edit(("tlp: CLEAR", "tlp: GREEN"))

    result = run("lint")

    assert "warning: " in result.stdout
    assert "0 errors, 1 warning\n" in result.stderr


def test_json_has_one_object_for_each_finding(desk: Desk) -> None:
    desk.edit(EXPLICIT)

    (finding,) = run_json("lint", code=1)

    assert finding == {
        "path": f"{desk.folder().relative_to(desk.root)}/ja.md",
        "line": 12,
        "column": 1,
        "code": "L425",
        "level": "error",
        "message": finding["message"],
        "expected": finding["expected"],
    }


@pytest.mark.usefixtures("desk")
def test_json_of_nothing_is_an_empty_list() -> None:
    assert run_json("lint") == []


@pytest.mark.parametrize(
    "spelling",
    [
        "{name}",
        "{lower}",
        "{folder}",
        "{folder}/",
        "{folder}/ja.md",
        "{absolute}/en.md",
    ],
)
def test_an_advisory_is_named_by_its_id_or_by_a_path(desk: Desk, spelling: str) -> None:
    bad = desk.folder()
    desk.edit(EXPLICIT)
    run("new", "note")
    name = spelling.format(
        name=bad.name,
        lower=bad.name.lower(),
        folder=bad.relative_to(desk.root),
        absolute=bad,
    )

    result = run("lint", name, code=1)

    assert result.stderr.startswith("1 advisory: 1 error, ")


def test_what_is_named_twice_is_checked_once(desk: Desk) -> None:
    folder = desk.folder()

    result = run("lint", str(folder / "ja.md"), str(folder / "en.md"), folder.name)

    assert result.stderr.startswith("1 advisory: ")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("CSIRT-1999-0001", "there is no advisory CSIRT-1999-0001"),
        ("README.md", "'README.md' names no advisory"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_a_name_of_nothing_is_refused(name: str, message: str) -> None:
    assert message in run("lint", name, code=2).stderr


def test_it_works_in_any_folder_of_the_project(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.folder())

    assert run("lint").stderr == "1 advisory: 0 errors, 0 warnings\n"


def test_it_works_from_anywhere_with_the_project_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")

    result = run("lint", "--project", str(desk.root))

    assert result.stderr == "1 advisory: 0 errors, 0 warnings\n"


def test_the_present_moment_can_be_another_one(desk: Desk) -> None:
    desk.edit(
        ("history:", "history:\n  - {date: 1999-01-01T00:00:00Z, summary: First}")
    )

    early = run_json("lint", "--now", "1999-01-02T00:00:00Z", code=1)

    assert "L206" in {each["code"] for each in early}


def test_a_signed_project_without_security_txt_is_told(desk: Desk) -> None:
    desk.folder().joinpath("r1.en.txt.asc").write_text("not looked into")

    everything = run("lint")
    one = run("lint", desk.folder().name)

    (line,) = everything.stdout.splitlines()
    assert line.startswith("security.txt: L701 warning: there is none")
    assert everything.stderr == "1 advisory: 0 errors, 1 warning\n"
    assert one.stdout == ""


def test_links_are_asked_for_when_that_is_wanted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    desk.edit(LINKED)

    class Gone:
        def ask(self, urls: Sequence[str], seconds: float) -> dict[str, Reply]:
            assert seconds > 60
            asked.extend(urls)
            return {url: Reply(Life.UNKNOWN, "its server answers 403") for url in urls}

    monkeypatch.setattr(Project, "links", property(lambda _: Gone()))
    run("lint")
    assert asked == []

    result = run("lint", "--links")

    assert (
        "L803 note: the link 'https://vendor.example/sb-1' could not" in result.stdout
    )
    assert result.stderr.endswith("0 errors, 0 warnings, 1 note\n")
    assert asked == ["https://vendor.example/sb-1"]


def test_nobody_is_asked_about_an_advisory_that_is_not_public(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class Alive:
        def ask(self, urls: Sequence[str], _seconds: float) -> dict[str, Reply]:
            asked.extend(urls)
            return {url: Reply(Life.ALIVE) for url in urls}

    monkeypatch.setattr(Project, "links", property(lambda _: Alive()))
    desk.edit(("tlp: CLEAR", "tlp: AMBER"), LINKED)

    result = run("lint", "--links")
    assert asked == []
    assert "1 advisory that cannot be published now were left alone" in result.stderr

    run("lint", "--links", "--withheld")
    assert asked == ["https://vendor.example/sb-1"]


def test_what_is_mechanical_is_mended_and_said(desk: Desk) -> None:
    desk.edit(("## 概要", "# 概要 "), ("## ", "# "))
    japanese = desk.folder() / "ja.md"
    before = japanese.read_text(encoding="utf-8")

    rehearsed = run("lint", "--fix", "--dry-run", code=1)
    assert japanese.read_text(encoding="utf-8") == before
    result = run("lint", "--fix")

    place = japanese.relative_to(desk.root)
    line = f"{place}:10: {{}}: a heading put on the level that it has below the title\n"
    assert line.format("would be mended") in rehearsed.stdout
    assert "would be mended: 2 files\n" in rehearsed.stderr
    assert line.format("mended") in result.stdout
    assert f"{place}:10: mended: blanks at the end of the line" in result.stdout
    assert result.stderr == "mended: 2 files\n1 advisory: 0 errors, 0 warnings\n"
    assert "\n## 概要\n" in japanese.read_text(encoding="utf-8")
    assert run("lint", "--fix").stdout == ""


def test_only_what_is_named_is_mended(desk: Desk) -> None:
    other = run("new", "note").stdout.split("/")[-2]
    desk.edit(("FIXME", "FIXME "), name=other)
    before = (desk.folder(other) / "ja.md").read_bytes()

    result = run("lint", "--fix", desk.folder("*-0001").name)

    assert result.stdout == ""
    assert (desk.folder(other) / "ja.md").read_bytes() == before


def test_what_was_mended_is_said_in_json(desk: Desk) -> None:
    desk.edit(("tlp: CLEAR", "tlp: TLP:clear"), EXPLICIT)

    told = run_json("lint", "--fix", code=1)

    assert [finding["code"] for finding in told["findings"]] == ["L425"]
    (mended,) = told["mended"]
    assert mended == {
        "path": mended["path"],
        "done": [{"line": 5, "what": "an id or a label written in its one spelling"}],
        "left": [],
    }


def test_what_is_left_is_said(desk: Desk) -> None:
    desk.edit(("tlp: CLEAR", "tlp: TLP:CLEAR"))
    run("sign", "--yes")

    result = run("lint", "--fix")

    assert ": left: r1." in result.stdout
    assert "was made from it: it is mended together with a new entry" in result.stdout
    assert "mended: 0 files\n" in result.stderr


@pytest.mark.usefixtures("desk")
def test_without_fix_there_is_nothing_to_rehearse() -> None:
    assert "--dry-run goes with --fix" in run("lint", "--dry-run", code=2).stderr


REASON = "the name of the product is this long"
ACCEPTED = (
    "tlp: CLEAR",
    f"tlp: CLEAR\naccepted:\n  - {{finding: L309, reason: {REASON}}}",
)


def test_what_is_accepted_is_shown_with_its_reason(desk: Desk) -> None:
    japanese = desk.folder() / "ja.md"
    text = japanese.read_text(encoding="utf-8").replace(*ACCEPTED)
    text = text.replace("title: ", f"title: {'当' * 61}")
    japanese.write_text(text, encoding="utf-8")

    result = run("lint")
    (finding,) = run_json("lint")

    assert "L309 accepted: the title takes " in result.stdout
    assert f"(accepted: {REASON})\n" in result.stdout
    assert result.stderr.endswith("0 errors, 0 warnings, 1 finding accepted\n")
    assert (finding["level"], finding["reason"]) == ("accepted", REASON)
