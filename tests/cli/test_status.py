from __future__ import annotations

import pytest

from tests.cli.terminal import Desk, run, run_json

pytestmark = pytest.mark.gpg

EN = "announce-en@lists.cert.example"


def test_what_is_left_to_do_is_shown(desk: Desk) -> None:
    run("sign", "--yes")
    run("build")

    lines = run("status").stdout.splitlines()

    assert lines == [
        f"{desk.folder().name}  published  当センターの発行物を検証する方法",
        "    ja r1  signed, built, due on announce-ja@lists.cert.example",
        "    en r1  signed, built, due on announce-en@lists.cert.example",
        "1 advisory: 1 published; 2 mails due",
    ]


def test_what_is_done_is_counted_and_shown_on_demand(desk: Desk) -> None:
    run("lists", "apply")
    run("publish", "--yes")

    short = run("status").stdout
    everything = run("status", "--all").stdout
    named = run("status", desk.folder().name).stdout

    assert short == (
        "1 advisory: 1 published (1 with nothing left to do not shown: --all)\n"
    )
    assert f"signed, built, sent to {EN}" in everything
    assert everything.endswith("1 advisory: 1 published\n")
    assert f"signed, built, sent to {EN}" in named


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (("## 概要", "## FIXME"), "does not pass lint"),
        (("tlp: CLEAR", "tlp: CLEAR\ndraft: true"), "draft"),
    ],
)
def test_what_is_not_published_says_why(
    desk: Desk, change: tuple[str, str], state: str
) -> None:
    desk.edit(change)

    shown = run("status").stdout

    assert shown.startswith(f"{desk.folder().name}  {state}")
    assert shown.endswith(f"1 advisory: 1 {state}\n")


def test_what_is_never_published_is_only_counted(desk: Desk) -> None:
    desk.edit(("tlp: CLEAR", "tlp: AMBER"))

    assert run("status").stdout.startswith("1 advisory: 1 TLP:AMBER (1 with nothing")


def test_the_only_advisory_may_be_the_one_in_doubt(desk: Desk) -> None:
    run("sign", "--yes")
    desk.edit(("検証の手順", "手順"))

    assert run("status").stdout.endswith("1 advisory: 1 in doubt\n")


def test_what_is_older_than_the_list_is_never_mailed(desk: Desk) -> None:
    desk.settings(("announce_since = 20", "announce_since = 30"))
    run("publish", "--yes")

    assert f"built, too old for {EN}\n" in run("status", "--all").stdout


def test_a_text_that_is_not_signed_yet_is_left_to_do(desk: Desk) -> None:
    translation = desk.folder() / "en.md"
    aside = translation.rename(desk.root / "en.md")
    run("sign", "--yes")
    aside.rename(translation)
    run("build")

    assert "    en r1  not signed, not built\n" in run("status").stdout


def test_a_problem_is_told_and_hides_no_other_advisory(desk: Desk) -> None:
    run("sign", "--yes")
    run("new", "note")
    desk.edit(("検証の手順", "手順"), name="*-0001")

    shown = run("status").stdout

    assert "-0001  in doubt  " in shown
    assert "    advisories/" in shown
    assert "-0002  does not pass lint" in shown
    assert shown.endswith("2 advisories: 1 does not pass lint, 1 in doubt\n")


@pytest.mark.usefixtures("desk")
def test_what_is_signed_and_not_built_is_not_published() -> None:
    run("sign", "--yes")

    assert run_json("status")[0]["state"] == "not built"


def test_json_has_everything(desk: Desk) -> None:
    run("lists", "apply")
    run("publish", "--yes")

    (shown,) = run_json("status")

    assert shown["id"] == desk.folder().name
    assert shown["state"] == "published"
    assert shown["problems"] == []
    assert shown["texts"][1] == {
        "language": "en",
        "revision": 1,
        "signed": True,
        "built": True,
        "lists": {EN: "sent"},
    }


def test_a_large_archive_that_is_done_fits_on_one_screen(desk: Desk) -> None:
    for number in range(2, 40):
        name = f"{desk.folder('*-0001').name[:-4]}{number:04d}"
        copy = desk.folder("*-0001").with_name(name)
        copy.mkdir()
        for source in desk.folder("*-0001").glob("*.md"):
            text = source.read_text(encoding="utf-8")
            own = text.replace(desk.folder("*-0001").name, name)
            (copy / source.name).write_text(own, encoding="utf-8")
    run("lists", "apply")
    run("publish", "--yes")

    assert len(run("status").stdout.splitlines()) == 1


def test_an_empty_project_has_nothing_to_show(desk: Desk) -> None:
    for file in desk.folder().iterdir():
        file.unlink()
    desk.folder().rmdir()

    assert run("status").stdout == "0 advisories\n"
