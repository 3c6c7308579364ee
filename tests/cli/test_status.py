from __future__ import annotations

from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families

from publisher.errors import MailmanError, SettingsError
from publisher.model.backlog import Backlog, ListBacklog, QueueBacklog
from publisher.wiring import Project
from tests import builders
from tests.cli.terminal import Desk, run, run_json

pytestmark = pytest.mark.gpg

EN = "announce-en@lists.cert.example"


@pytest.fixture
def listed(desk: Desk) -> Desk:
    """The lists are as they are declared."""
    run("lists", "apply")
    return desk


def test_what_is_left_to_do_is_shown(listed: Desk) -> None:
    desk = listed
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
    listed: Desk, change: tuple[str, str], state: str
) -> None:
    desk = listed
    desk.edit(change)

    shown = run("status").stdout

    assert shown.startswith(f"{desk.folder().name}  {state}")
    assert shown.endswith(f"1 advisory: 1 {state}\n")


def test_what_is_never_published_is_only_counted(listed: Desk) -> None:
    listed.edit(("tlp: CLEAR", "tlp: AMBER"))

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
    assert "-0002  draft" in shown
    assert shown.endswith("2 advisories: 1 draft, 1 in doubt\n")


@pytest.mark.usefixtures("desk")
def test_what_is_signed_and_not_built_is_not_published() -> None:
    run("sign", "--yes")

    assert run_json("status")["advisories"][0]["state"] == "unbuilt"


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


def test_an_empty_project_has_nothing_to_show(listed: Desk) -> None:
    for file in listed.folder().iterdir():
        file.unlink()
    listed.folder().rmdir()

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
    lines = run("status", "--now", NOW).stdout.splitlines()

    waiting = [line for line in lines if " held for " in line or "queue " in line]
    assert [line.rpartition(": ")[0] for line in waiting] == [
        f"CRITICAL {EN}: 2 posts held for a moderator: a list as declared holds nothing"
        ": run `publisher lists check`; discard them".rpartition(": ")[0],
        f"CRITICAL {EN}: 1 subscription held for a moderator",
        "CRITICAL queue bad: 1 damaged and put aside since 2026-11-30 00:00 UTC",
        "CRITICAL queue shunt: 8 put aside after an error since 2026-12-01 02:59 UTC",
        "WARNING  queue out: 7 being sent since 2026-12-01 02:00 UTC",
        "WARNING  queue pipeline: 5 not taken up since 2026-12-01 01:00 UTC",
        "WARNING  queue retry: 6 to be sent again, since the MTA put somebody off"
        " since 2026-12-01 02:59 UTC",
    ]
    assert all(len(line.rpartition(": ")[2]) > 10 for line in waiting)
    assert f"{EN}: 3 subscribers without mail, as it bounced: " in lines[-2]
    assert f"{EN}: 40 subscribers whose mail bounced lately: " in lines[-1]


@pytest.mark.usefixtures("stuck")
def test_what_is_stuck_is_there_as_json() -> None:
    shown = run_json("status", "--now", NOW)["server"]

    assert shown["problem"] == ""
    assert shown["matters"][0] == {
        "kind": "held-posts",
        "where": EN,
        "what": "posts held for a moderator",
        "count": 2,
        "since": None,
        "advice": (
            "a list as declared holds nothing: run `publisher lists check`; "
            "discard them"
        ),
        "copies": None,
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
    assert shown[0] == f"CRITICAL nothing is known of the list server: {problem}"
    assert run_json("status")["server"] == {"problem": problem, "matters": []}


def test_a_password_that_is_elsewhere_is_no_failure_of_status(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: Project) -> None:
        raise SettingsError("mailman.password: the file is missing")

    monkeypatch.setattr(Project, "lists", property(missing))

    shown = run("status").stdout

    assert desk.folder().name in shown
    assert "list server: mailman.password: the file is missing\n" in shown


def test_without_a_list_server_nothing_is_said_of_it(desk: Desk) -> None:
    text = (desk.root / "publisher.toml").read_text(encoding="utf-8")
    (desk.root / "publisher.toml").write_text(text.partition("[mailman]")[0])

    assert "server" not in run("status").stdout
    assert run_json("status")["server"] is None


def test_one_advisory_is_shown_without_asking_the_server(stuck: Desk) -> None:
    assert "queue" not in run("status", stuck.folder().name).stdout


def test_a_check_is_one_line_and_a_code(listed: Desk) -> None:
    run("publish", "--yes")

    well = run("status", "--check")
    listed.lists.settings["announce-en.lists.cert.example"]["emergency"] = True
    differs = run("status", "--check", code=1)

    assert well.stdout == "OK: 1 advisory published, nothing stuck | sent=2\n"
    assert differs.stdout == (
        f"WARNING: not as declared on the list server: {EN} | sent=2\n"
    )


def test_a_mail_that_is_due_for_long_is_critical(listed: Desk) -> None:
    run("sign", "--yes")

    late = run("status", "--check", "--due-after", "0", code=2)
    early = run("status", "--check", "--due-after", "100000")

    assert late.stdout.startswith(f"CRITICAL: {listed.folder().name} r1 en to ")
    assert "and not sent, and 1 more mail |" in late.stdout
    assert early.stdout.startswith("OK: ")


def test_a_check_that_finds_nothing_out_says_so(listed: Desk) -> None:
    listed.settings(("[mailman]", "[mailmen]"))

    result = run("status", "--check", code=3)

    assert result.stdout.startswith("UNKNOWN: publisher.toml")
    assert result.stdout.count("\n") == 1
    run("status", "--prometheus", "x.prom", code=2)


def test_a_deploy_that_failed_is_critical_until_it_is_done(listed: Desk) -> None:
    table = '\n[deploy]\ncommand = ["COMMAND"]\n\n[advisories]'
    listed.settings(("\n[advisories]", table.replace("COMMAND", "false")))
    run("publish", "--yes", code=3)

    stuck = run("status", "--check", code=2)
    listed.settings(('["false"]', '["true"]'))
    run("publish", "--yes")

    assert "the site was not put up at " in stuck.stdout
    assert run("status", "--check").stdout.startswith("OK: ")
    assert "site put up on " in run("status").stdout
    assert run_json("status")["deploy"]["where"] == "true"


def test_a_deploy_that_was_cut_short_is_critical(listed: Desk) -> None:
    run("publish", "--yes")
    project = Project(listed.root)
    project.journal.begin("site", "the web server", project.clock())
    project.close()
    lock = listed.root / ".publisher" / "lock"

    own = run("status").stdout
    lock.write_text("999999999\n")
    shown = run("status", "--check", code=2).stdout

    assert "another process puts the site up (the web server)" in own
    assert "putting the site up to the web server was cut short" in shown


def test_metrics_are_written_whole_and_for_others_to_read(listed: Desk) -> None:
    run("publish", "--yes")
    file = listed.root / "publisher.prom"

    shown = run("status", "--prometheus", "publisher.prom")
    checked = run("status", "--check", "--prometheus", "publisher.prom")

    families = {
        family.name: family
        for family in text_string_to_metric_families(file.read_text(encoding="utf-8"))
    }
    assert shown.stdout == ""
    assert checked.stdout.startswith("OK: ")
    assert families["publisher_advisories"].samples[0].value == 1
    assert families["publisher_server_up"].samples[0].value == 1
    assert file.stat().st_mode & 0o777 == 0o644
    assert [each.name for each in listed.root.glob("*.prom*")] == ["publisher.prom"]
    result = run("status", "--prometheus", "no/such/folder.prom", code=3)
    assert "cannot be written" in result.stderr


def test_a_check_is_about_everything(listed: Desk) -> None:
    run("status", "--check", listed.folder().name, code=2)


def test_status_changes_nothing_but_what_it_remembers(listed: Desk) -> None:
    run("publish", "--yes")
    before = contents(listed)

    run("status")
    run("status", "--check")

    assert contents(listed) == before


def contents(desk: Desk) -> dict[str, bytes]:
    """Return what every file holds, but those that only save time or are gpg's."""
    files = (file for file in sorted(desk.root.rglob("*")) if file.is_file())
    passing = ("cache.sqlite", "gnupg")
    return {
        str(file): file.read_bytes()
        for file in files
        if not any(part.startswith(passing) for part in file.parts)
    }


def test_what_is_wrong_fits_on_one_screen_too(
    listed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from publisher.cli import monitoring
    from publisher.model.concern import Code, Concern, Urgency
    from publisher.pipeline.watching import Facts

    many = [Concern(Urgency.CRITICAL, Code.HELD, f"thing {n}") for n in range(99)]
    facts = Facts(Project(listed.root).clock())
    monkeypatch.setattr(monitoring, "look", lambda *_: (facts, many))

    shown = run("status").stdout

    assert len(shown.splitlines()) <= 24
    assert "… and 91 more: --json has all of them" in shown
    assert len(run_json("status")["concerns"]) == 99


def test_the_keys_of_the_json_stay(listed: Desk) -> None:
    run("publish", "--yes")

    shown = run_json("status")

    assert list(shown) == [
        "advisories", "server", "status", "concerns", "mails", "latest", "deploy",
        "last_post", "keys", "security_txt",
    ]  # fmt: skip
    assert shown["status"] == "ok"
    assert shown["mails"] == {"sent": 2}
    assert shown["last_post"]
    assert list(shown["keys"]) == [listed.key.fingerprint]
    assert shown["security_txt"]["until"]
