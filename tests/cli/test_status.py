from __future__ import annotations

from datetime import UTC, datetime

import pytest

from publisher.errors import MailmanError, SettingsError
from publisher.model.backlog import Backlog, ListBacklog, QueueBacklog
from publisher.wiring import Project
from tests import builders
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

    assert run_json("status")["advisories"][0]["state"] == "not built"


def test_json_has_everything(desk: Desk) -> None:
    run("lists", "apply")
    run("publish", "--yes")

    everything = run_json("status")

    (shown,) = everything["advisories"]
    assert everything["server"] == {"problem": "", "matters": []}

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


NOW = "2026-12-01T12:00:00+09:00"


@pytest.fixture
def stuck(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Something of everything waits or bounces on the server."""
    run("lists", "apply")
    [mailing_list] = (each for each in builders.settings().lists if each.address == EN)
    desk.lists.waiting = Backlog(
        lists=(ListBacklog(mailing_list, 2, 1, 3, 40),),
        queues=(
            QueueBacklog("bad", 1, datetime(2026, 11, 30, tzinfo=UTC)),
            QueueBacklog("in", 4, datetime(2026, 12, 1, 2, 59, 30, tzinfo=UTC)),
            QueueBacklog("out", 7, datetime(2026, 12, 1, 2, 0, tzinfo=UTC)),
            QueueBacklog("pipeline", 5, datetime(2026, 12, 1, 1, 0, tzinfo=UTC)),
            QueueBacklog("retry", 6, datetime(2026, 12, 1, 2, 59, 59, tzinfo=UTC)),
            QueueBacklog("shunt", 8, datetime(2026, 12, 1, 2, 59, 59, tzinfo=UTC)),
        ),
    )
    live = desk.lists.backlog
    # The settings of the project say more of the list than these do.
    monkeypatch.setattr(desk.lists, "backlog", lambda _: live([mailing_list]))
    return desk


@pytest.mark.usefixtures("stuck")
def test_what_is_stuck_on_the_server_is_shown_with_what_to_do() -> None:
    lines = run("status", "--now", NOW).stdout.splitlines()[-9:]

    heads = [line.rpartition(": ")[0].split(": ")[:2] for line in lines]
    assert [": ".join(head) for head in heads] == [
        f"{EN}: 2 posts held for a moderator",
        f"{EN}: 1 subscription held for a moderator",
        f"{EN}: 3 subscribers without mail, as it bounced",
        f"{EN}: 40 subscribers whose mail bounced lately",
        "queue bad: 1 damaged and put aside since 2026-11-30 00:00 UTC",
        "queue out: 7 being sent since 2026-12-01 02:00 UTC",
        "queue pipeline: 5 not taken up since 2026-12-01 01:00 UTC",
        "queue retry: 6 to be sent again, since the MTA put somebody off"
        " since 2026-12-01 02:59 UTC",
        "queue shunt: 8 put aside after an error since 2026-12-01 02:59 UTC",
    ]
    assert all(len(line.rpartition(": ")[2]) > 10 for line in lines)


@pytest.mark.usefixtures("stuck")
def test_what_is_stuck_is_there_as_json() -> None:
    shown = run_json("status", "--now", NOW)["server"]

    assert shown["problem"] == ""
    assert shown["matters"][0] == {
        "where": EN,
        "what": "posts held for a moderator",
        "count": 2,
        "since": None,
        "advice": (
            "a list as declared holds nothing: run `publisher lists check`; "
            "discard them"
        ),
    }
    assert shown["matters"][-1]["since"] == "2026-12-01T02:59:59+00:00"


def test_a_server_that_is_down_is_one_line_and_no_failure(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_: object) -> Backlog:
        raise MailmanError("cannot be reached: see that it runs")

    monkeypatch.setattr(desk.lists, "backlog", down)

    shown = run("status").stdout.splitlines()

    problem = "cannot be reached: see that it runs"
    assert shown[-1] == f"nothing is known of the list server: {problem}"
    assert run_json("status")["server"] == {"problem": problem, "matters": []}


def test_a_password_that_is_elsewhere_is_no_failure_of_status(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: Project) -> None:
        raise SettingsError("mailman.password: the file is missing")

    monkeypatch.setattr(Project, "lists", property(missing))

    shown = run("status").stdout

    assert desk.folder().name in shown
    assert shown.endswith("list server: mailman.password: the file is missing\n")


def test_without_a_list_server_nothing_is_said_of_it(desk: Desk) -> None:
    text = (desk.root / "publisher.toml").read_text(encoding="utf-8")
    (desk.root / "publisher.toml").write_text(text.partition("[mailman]")[0])

    assert "server" not in run("status").stdout
    assert run_json("status")["server"] is None


def test_one_advisory_is_shown_without_asking_the_server(stuck: Desk) -> None:
    assert "queue" not in run("status", stuck.folder().name).stdout
