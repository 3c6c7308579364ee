"""`drill`: the whole release to lists for drills, and how long each stage took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import command, common, mailing, signers, signing
from publisher.cli.ground import (
    DrillProject,
    guarded_target,
    history,
    remember,
    take_down,
)
from publisher.cli.report import Signing
from publisher.pipeline import checking, drill, release, timing
from publisher.pipeline.confirming import Confirmed
from publisher.pipeline.pushing import Pushed
from publisher.pipeline.release import Release, Stage
from publisher.ports import Outcome

if TYPE_CHECKING:
    from publisher.pipeline.drill import Report
    from publisher.wiring import Project

_HEAD = "****  訓練 DRILL  訓練 DRILL  訓練 DRILL  訓練 DRILL  ****"


@click.command(
    "drill",
    cls=command.Command,
    examples=[
        "publisher drill --dry-run",
        "publisher drill",
        "publisher drill --history",
        "publisher drill --clean",
    ],
)
@signing.keys_option
@mailing.wait_option
@click.option("--clean", is_flag=True, help="Take the page of the last drill down.")
@click.option("--history", "past", is_flag=True, help="Show what came of past drills.")
@common.yes_option
@common.dry_run_option
@common.project_option
@common.json_option
def drill_command(  # noqa: PLR0913, PLR0917  (one for each option)
    keys: Sequence[str],
    wait: float | None,
    clean: bool,
    past: bool,
    yes: bool,
    dry_run: bool,
    start: Path,
    as_json: bool,
) -> None:
    """Release a text that says it is a drill to lists for drills, and take the time.

    Lint, sign, build, guard, site live, probe, push and confirm are those of a real
    release, with the team's key, at the real address. Only lists with `drill = true`
    take part, each with its twin NAME-test; real lists never hear of it. The page
    lies below /drill/ until the next drill, and nothing leads there. The real site has
    to be up to date first.
    """
    if as_json and not (yes or past or dry_run or clean):
        msg = "--json asks nothing, and a drill is signed: add --yes"
        raise click.UsageError(msg)
    with common.project(start) as project:
        if past:
            _show_history(list(history(project)), as_json=as_json)
            return
        if clean:
            _clean(project, dry_run=dry_run, as_json=as_json)
            return
        drill.require_twins(project.settings)
        if dry_run:
            _show_plan(project, as_json=as_json)
            return
        with project.exclusive():
            _require_ready(project)
            ask = _Asked(tuple(keys), wait, ask=not yes, as_json=as_json)
            _drill(project, ask)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for."""

    keys: tuple[str, ...]
    wait: float | None
    ask: bool
    as_json: bool


@dataclass
class _Watch:
    """Takes the time, and shows each stage when it is over."""

    project: DrillProject
    quiet: bool
    steps: list[drill.Step] = field(default_factory=list)
    inbox: float | None = None
    problem: str = ""

    def __post_init__(self) -> None:
        self.began = self.project.timer()
        self._last = self.began

    def over(self, stage: str) -> None:
        """Note that a stage is over that began when the one before it was over."""
        now = self.project.timer()
        self._add(stage, now, now - self._last)
        self._last = now

    def look(self, running: Release, *, end: bool = False) -> None:
        """Note the stages of a release that are over by now."""
        shown = {each.stage for each in self.steps}
        # It guards what is built, and then again what is put up.
        twice = self.project.target is not None and Stage.SITE not in running.finished
        hidden = {Stage.GUARD} if twice and not end else set()
        fresh = running.finished.keys() - shown - hidden
        for stage in sorted(fresh, key=lambda each: running.finished[each]):
            self._add(stage, running.finished[stage], running.seconds[stage])

    def _add(self, stage: str, done: float, seconds: float) -> None:
        step = drill.Step(str(stage), round(done - self.began, 3), round(seconds, 3))
        self.steps.append(step)
        if not self.quiet:
            click.echo(_row(step))

    def report(self) -> Report:
        """Return what came of it."""
        project = self.project
        steps = tuple(sorted(self.steps, key=lambda each: each.done))
        return drill.Report(
            str(project.advisory), project.began, steps, self.inbox, self.problem
        )


def _drill(real: Project, asked: _Asked) -> None:
    ground = DrillProject.begun(real)
    take_down(real)
    if not asked.as_json:
        click.echo(f"{_HEAD}\n{ground.advisory}  {ground.settings.site.url}/")
    watch = _Watch(ground, asked.as_json)
    try:
        events = _run(ground, asked, watch)
        _note_inbox(watch, events)
        mailing.require_good(events)
    except BaseException as error:
        watch.problem = str(error) or "stopped"
        raise
    finally:
        remember(real, watch.report())
        ground.close()
        if asked.as_json:
            common.show_json(watch.report().to_json())
    if not asked.as_json:
        click.echo(_verdict(watch))


def _run(ground: DrillProject, asked: _Asked, watch: _Watch) -> Sequence[release.Event]:
    ground.write_sources()
    tools = ground.tools()
    snapshot = tools.repository.snapshot()
    loaded = checking.load(tools, snapshot, checking.succession(tools, snapshot))
    checking.require(loaded)
    watch.over("lint")
    wanted = signing.Wanted([str(ground.advisory)], asked.keys)
    _sign(ground, wanted, asked)
    watch.over("sign")
    running = Release(ground.tools(), ground)
    events: list[release.Event] = []
    try:
        for event in running.run(wait=asked.wait):
            events.append(event)
            watch.look(running)
    finally:
        watch.look(running, end=True)
    return events


def _sign(ground: DrillProject, wanted: signing.Wanted, asked: _Asked) -> None:
    if not asked.as_json:
        told = Signing()
        signing.sign(ground, wanted, told, ask=asked.ask)
        told.left.require_nothing()
        return
    from publisher.pipeline import signing as stage

    timing.require(ground.settings, ground)
    # What is printed is JSON only.
    plan = signing.planned(ground, wanted, dry_run=False)
    keys = signers.fit(ground, wanted.keys, here=True)
    list(
        stage.sign(
            ground.tools(), plan.texts, ground.signer([*map(str, keys)]), ground.clock
        )
    )


def _note_inbox(watch: _Watch, events: Sequence[release.Event]) -> None:
    seen = [each for each in events if isinstance(each, Confirmed)]
    pushed = [each for each in events if isinstance(each, Pushed)]
    good = [each for each in seen if each.outcome is Outcome.DELIVERED]
    ends = [each.done for each in watch.steps if each.stage == Stage.CONFIRM]
    if pushed and len(good) == len(pushed) and ends:
        watch.inbox = ends[0]


def _verdict(watch: _Watch) -> str:
    if watch.inbox is not None:
        return f"inbox after {_minutes(watch.inbox)}"
    end = max(each.done for each in watch.steps)
    return (
        f"mailed after {_minutes(end)}; nobody saw it arrive: add [canary] with its "
        "mailbox to publisher.toml (docs/canary.md)"
    )


def _require_ready(project: Project) -> None:
    tools = project.rehearsal()
    outcomes = project.journal.outcomes()
    drill.require_at_rest(tools, outcomes, project.web)
    drill.require_lists(project.presentation, project.lists)


def _show_plan(project: Project, *, as_json: bool) -> None:
    _require_ready(project)
    twins, target = project.settings.twins, project.target
    url = f"{project.settings.site.url}/{drill.FOLDER}/"
    if as_json:
        lists = [each.address for each in twins]
        where = target.name if target else None
        common.show_json({"lists": lists, "url": url, "where": where})
        return
    for each in twins:
        click.echo(f"would mail to {each.address}: {each.title}")
    where = target.name if target else "where it is built"
    click.echo(f"would put a page up below {url} ({where})")
    click.echo("no list but these would hear of it")


def _clean(project: Project, *, dry_run: bool, as_json: bool) -> None:
    folder = project.site_folder / drill.FOLDER
    with project.exclusive():
        tools, outcomes = project.rehearsal(), project.journal.outcomes()
        drill.require_at_rest(tools, outcomes, project.web)
        if dry_run:
            if as_json:
                common.show_json({"folder": str(folder), "drills": 0})
            else:
                click.echo(f"would remove {folder}")
            return
        count = take_down(project)
        target = guarded_target(project)
        if target is not None:
            target.put_up(project.progress)
    if as_json:
        common.show_json({"folder": str(folder), "drills": count})
    else:
        click.echo(f"{common.counted(count, 'drill')} taken down")


def _show_history(reports: Sequence[Report], *, as_json: bool) -> None:
    if as_json:
        common.show_json([each.to_json() for each in reports])
        return
    for each in reports:
        inbox = "no inbox" if each.inbox is None else _minutes(each.inbox)
        slow = each.slowest
        slowest = f"slowest: {slow.stage}, {slow.seconds:.1f} s" if slow else "nothing"
        ended = f"; {each.problem}" if each.problem else ""
        click.echo(f"{each.at:%Y-%m-%d %H:%M}  {each.id}  {inbox}  {slowest}{ended}")
    if not reports:
        click.echo("there was no drill here yet: `publisher drill`")


def _row(step: drill.Step) -> str:
    minutes, seconds = divmod(int(step.done), 60)
    return f"{step.stage:8} {minutes:02}:{seconds:02}  {step.seconds:7.1f} s"


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s"
