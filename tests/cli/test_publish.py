"""`publish` at a set moment, without signing, and by a timer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.errors import MailmanError
from publisher.wiring import Project
from tests.cli.terminal import Desk, run, run_json

pytestmark = pytest.mark.gpg

QUIET = ("publish", "--no-sign", "--yes", "--quiet")
TITLE = "Kagerou"


@dataclass
class Clock:
    """The time of day, which goes on only while somebody waits."""

    now: datetime
    slept: list[float] = field(default_factory=list)
    steps: list[timedelta] = field(default_factory=list)
    """By which the clock is set, one for each time that somebody waits."""
    stop: bool = False

    def sleep(self, seconds: float) -> None:
        if self.stop:
            raise KeyboardInterrupt
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        if self.steps:
            self.now += self.steps.pop(0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock(datetime.now(UTC) + timedelta(seconds=5))
    monkeypatch.setattr(Project, "clock", lambda _: made.now)
    monkeypatch.setattr(Project, "sleep", lambda _, seconds: made.sleep(seconds))
    return made


def at(clock: Clock, seconds: float) -> str:
    return (clock.now + timedelta(seconds=seconds)).isoformat(timespec="seconds")


def embargo(desk: Desk, clock: Clock, seconds: float) -> str:
    """Give the only advisory a date to come and a title to look for; return it."""
    zone = Project(desk.root).settings.team.timezone
    date = (clock.now + timedelta(seconds=seconds)).astimezone(zone)
    moment = date.replace(microsecond=0).isoformat()
    for source in desk.folder("*-0001").glob("*.md"):
        text = source.read_text(encoding="utf-8")
        text = re.sub(r"date: \S+,", f"date: {moment},", text)
        text = re.sub(r"^title: .+$", f"title: {TITLE}", text, flags=re.MULTILINE)
        source.write_text(text, encoding="utf-8")
    return moment


def traces(desk: Desk) -> list[str]:
    """Return where the title or the id shows, outside the sources."""
    marks = (TITLE.encode(), desk.folder("*-0001").name.encode())
    found = [
        str(file.relative_to(desk.root))
        for folder in (desk.site, desk.root / ".publisher")
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and file.name not in ("acts.log", "cache.sqlite", "cache.sqlite-wal")
        and any(mark in file.read_bytes() for mark in marks)
    ]
    return found + [each.message_id for each in desk.lists.mails]


def test_before_the_minute_nothing_anywhere_and_at_the_minute_all(
    desk: Desk, clock: Clock
) -> None:
    run("lists", "apply")
    embargo(desk, clock, 120)
    run("sign", "--yes")

    before = run("publish", "--no-sign", "--yes")
    early = traces(desk)
    clock.now += timedelta(seconds=121)
    after = run("publish", "--no-sign", "--yes")

    assert "withheld CSIRT-" in before.stdout
    assert early == []
    assert after.stdout.count("\nsent     ") == 2
    assert len(desk.lists.mails) == 2
    assert (desk.site / "ja" / "index.html").exists() or traces(desk)


def test_at_waits_for_the_moment_and_then_releases(desk: Desk, clock: Clock) -> None:
    run("lists", "apply")
    moment = embargo(desk, clock, 120)

    shown = run("publish", "--yes", "--at", moment).stdout

    assert f"checked  as of {moment}" in shown
    assert "2 mails to send" in shown
    assert sum(clock.slept) == pytest.approx(120, abs=2)
    assert max(clock.slept) <= 1
    assert len(desk.lists.mails) == 2
    assert shown.index("checked") < shown.index("waiting") < shown.index("sent ")


def test_several_advisories_are_released_at_one_moment(
    desk: Desk, clock: Clock
) -> None:
    run("lists", "apply")
    moment = embargo(desk, clock, 60)
    for source in sorted(desk.folder("*-0001").glob("*.md")):
        old, new = desk.folder("*-0001").name, f"{desk.folder('*-0001').name[:-1]}2"
        folder = source.parent.with_name(new)
        folder.mkdir(exist_ok=True)
        text = source.read_text(encoding="utf-8").replace(old, new)
        (folder / source.name).write_text(text, encoding="utf-8")

    run("publish", "--yes", "--at", moment)

    assert len({each.key.id for each in desk.lists.mails}) == 2
    assert len(desk.lists.mails) == 4


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(hours=1)])
def test_a_clock_that_steps_is_read_again(
    desk: Desk, clock: Clock, step: timedelta
) -> None:
    run("lists", "apply")
    moment = embargo(desk, clock, 600)
    clock.steps = [step]

    run("publish", "--yes", "--at", moment)

    assert clock.now >= datetime.fromisoformat(moment)
    assert len(desk.lists.mails) == 2


@pytest.mark.parametrize(
    ("seconds", "message"),
    [(-60, "is over: leave --at out"), (8 * 86400, "more than 7 days ahead")],
)
def test_a_moment_that_is_over_or_far_away_is_refused(
    desk: Desk, clock: Clock, seconds: float, message: str
) -> None:
    result = run("publish", "--yes", "--at", at(clock, seconds), code=2)

    assert message in result.stderr
    assert desk.signed() == []


def test_ctrl_c_leaves_nothing_half_done(desk: Desk, clock: Clock) -> None:
    run("lists", "apply")
    moment = embargo(desk, clock, 60)
    clock.stop = True

    run("publish", "--yes", "--at", moment, code=130)

    assert traces(desk) == []
    assert len(desk.signed()) == 2
    clock.stop = False
    run("publish", "--yes", "--at", moment)
    assert len(desk.lists.mails) == 2


def test_what_would_stop_it_then_is_said_now(desk: Desk, clock: Clock) -> None:
    moment = embargo(desk, clock, 60)

    lists = run("publish", "--yes", "--at", moment, code=3)
    early = run(
        "publish", "--yes", "--no-sign", "--at", at(clock, 30)
    ).stdout.splitlines()
    named = run("publish", "--yes", desk.folder().name, "--at", at(clock, 10), code=1)

    assert "run `publisher lists apply`" in lists.stderr
    assert any(line.startswith("withheld CSIRT-") for line in early)
    assert "would not be published then" in named.stderr
    assert desk.lists.mails == []


def test_a_dry_run_for_a_moment_does_not_wait(desk: Desk, clock: Clock) -> None:
    run("lists", "apply")
    moment = embargo(desk, clock, 60)
    run("sign", "--yes")

    shown = run("publish", "--dry-run", "--at", moment).stdout

    assert "2 mails to send" in shown
    assert clock.slept == []
    assert desk.lists.mails == []


def test_without_signing_what_is_not_signed_is_left_out_and_named(desk: Desk) -> None:
    shown = run("publish", "--no-sign", "--yes").stdout

    assert f"withheld {desk.folder().name}: not signed" in shown
    assert desk.signed() == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("publish", "--no-sign", "CSIRT-2026-0001"),
        ("publish", "--quiet"),
        ("publish", "--quiet", "--no-sign", "--at", "2026-12-01T10:00:00+09:00"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_options_that_do_not_go_together_are_refused(
    arguments: tuple[str, ...],
) -> None:
    run(*arguments, code=2)


def test_a_timer_says_nothing_when_there_is_nothing_to_do(
    desk: Desk, clock: Clock
) -> None:
    run("lists", "apply")
    embargo(desk, clock, 90)
    run("sign", "--yes")
    run("publish", "--no-sign", "--yes")
    outputs = []

    for _ in range(4):
        outputs.append(run(*QUIET).output)
        clock.now += timedelta(seconds=60)

    assert outputs[:2] == ["", ""]
    assert outputs[2].count("sent ") == 2
    assert outputs[3] == ""
    assert len(desk.lists.mails) == 2


def test_a_timer_says_what_is_wrong_each_time(desk: Desk) -> None:
    run("lists", "apply")
    run("sign", "--yes")
    desk.lists.failures += [MailmanError("no room", certain=True)] * 4

    first, second = run(*QUIET, code=3), run(*QUIET, code=3)

    assert "no room" in first.stdout
    assert "no room" in second.stdout


def test_a_timer_puts_up_what_was_only_built_and_that_once(desk: Desk) -> None:
    run("lists", "apply")
    command = '["sh", "-c", "echo up >> ups"]'
    table = f"\n[deploy]\ncommand = {command}\n\n[advisories]"
    desk.settings(("\n[advisories]", table))
    run("sign", "--yes")
    run("build")
    run("push")

    outputs = [run(*QUIET).output for _ in range(3)]

    assert (desk.root / "ups").read_text() == "up\n"
    assert "live " in outputs[0]
    assert outputs[1:] == ["", ""]


def test_a_timer_leaves_the_work_to_whoever_is_at_it(desk: Desk) -> None:
    run("lists", "apply")
    run("sign", "--yes")
    with Project(desk.root).exclusive():
        assert run(*QUIET).output == ""
        busy = run("publish", "--no-sign", "--yes", code=2)

    assert "another `publisher` works here" in busy.stderr
    assert desk.lists.mails == []


def test_the_acts_are_written_down_one_line_each(desk: Desk, tmp_path: Path) -> None:
    log = desk.root / ".publisher" / "acts.log"
    run("status")
    assert not log.exists()
    run("lists", "apply")

    run("publish", "--yes")
    log.rename(tmp_path / "rotated")
    shown = run("-v", "push", "--dry-run")

    lines = (tmp_path / "rotated").read_text(encoding="utf-8").splitlines()
    pattern = (
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d act=[a-z-]+ "
        r'what=("[^"]*"|\S+) where=\S+ outcome=\S+ seconds=\d+\.\d{3}'
    )
    assert len(lines) >= 3
    assert all(re.fullmatch(pattern, line) for line in lines), lines
    assert {re.findall(r"act=(\S+)", line)[0] for line in lines} == {"sign"}
    assert shown.exit_code == 0


@pytest.mark.usefixtures("desk")
def test_verbose_shows_the_acts_as_they_are_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = run("-v", "sign", "--yes").stderr
    monkeypatch.setenv("PUBLISHER_LOG", "info")
    run("new", "note")

    assert shown.count("act=sign") == 3


def test_json_of_a_push_is_not_disturbed(desk: Desk) -> None:
    run("lists", "apply")
    run("sign", "--yes")
    run("build")

    assert len(run_json("push")) == 2
    assert desk.lists.mails
