"""`status`: what is to be looked at, and where everything stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publisher.cli import command, common, monitoring
from publisher.model.concern import Urgency
from publisher.model.state import Standing, State

if TYPE_CHECKING:
    from publisher.model.concern import Concern
    from publisher.pipeline.status import Status, TextStatus
    from publisher.pipeline.watching import Facts
    from publisher.wiring import Project

_OPEN = ("due", "unknown", "damaged")
"""The states of a mail about which something is to be done."""
_MOST = 8
"""So many things of a kind are shown: all of it is to fit on one screen."""
_STANDS = {
    "due": "due on {}",
    "unknown": "unknown whether sent to {}",
    "sent": "sent to {}",
    "delivered": "arrived on {}",
    "damaged": "DAMAGED on {}",
    "elsewhere": "posted to {}, by another clone",
    "old": "too old for {}",
}


@click.command(
    "status",
    cls=command.Command,
    examples=[
        "publisher status",
        "publisher status ADV-2026-0007",
        "publisher status --json | jq .concerns",
        "publisher status --check --due-after 5",
        "publisher status --prometheus /var/lib/node_exporter/publisher.prom",
    ],
)
@common.ids_argument
@click.option("-a", "--all", "everything", is_flag=True, help="Show what is done, too.")
@click.option(
    "--check",
    is_flag=True,
    help="For monitoring: print one line and exit with 0 (OK), 1 (WARNING), "
    "2 (CRITICAL) or 3 (UNKNOWN).",
)
@click.option(
    "--due-after",
    type=click.FloatRange(min=0),
    default=10.0,
    show_default=True,
    metavar="MINUTES",
    help="A mail that was due for so long is critical.",
)
@click.option(
    "--prometheus",
    "metrics",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the same as metrics into this file, at once and whole.",
)
@common.project_option
@common.now_option
@common.json_option
def status_command(  # noqa: PLR0913, PLR0917  (one for each option)
    names: Sequence[str],
    everything: bool,
    check: bool,
    due_after: float,
    metrics: Path | None,
    start: Path,
    now: datetime | None,
    as_json: bool,
) -> None:
    """Show what is to be looked at, then where each advisory and list stands.

    The most urgent is first, with the commands that settle it. Without ids, only
    advisories with which something is left to do or to wait for are shown, and the
    others are counted, and then what is held, put aside or bouncing on the list
    server. JSON always has all advisories. Nothing is changed by it.
    """
    if names and (check or metrics):
        msg = "--check and --prometheus are about everything: name no ID with them"
        raise click.UsageError(msg)
    limit = timedelta(minutes=due_after)
    if check or metrics is not None:
        monitoring.watch(start, now, limit, metrics, check=check)
        return
    with common.project(start, now) as project:
        shown = _shown(project, names, limit)
    if as_json:
        common.show_json(shown.to_json())
    else:
        shown.show(everything=everything)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown."""

    names: Sequence[str]
    statuses: Sequence[Status]
    facts: Facts | None
    """None: some advisories are asked for, and nothing else."""
    concerns: Sequence[Concern] = ()

    def to_json(self) -> dict[str, Any]:
        advisories = [each.to_json() for each in self.statuses]
        server = self.facts.server if self.facts else None
        return {
            "advisories": advisories,
            "server": server.to_json() if server else None,
            **(monitoring.to_json(self.facts, self.concerns) if self.facts else {}),
        }

    def show(self, *, everything: bool) -> None:
        _show_concerns(self.concerns)
        full = bool(self.names) or everything
        open_ = [each for each in self.statuses if full or not _is_done(each)]
        room = len(open_) if full else _MOST
        for each in open_[:room]:
            _show(each)
        if len(open_) > room:
            click.echo(f"… and {len(open_) - room} more: --all shows them")
        if not self.names:
            click.echo(_summary(self.statuses, hidden=len(self.statuses) - len(open_)))
        if self.facts is not None:
            _show_rest(self.facts)


def _shown(project: Project, names: Sequence[str], limit: timedelta) -> _Shown:
    from publisher.pipeline.status import status

    tools = project.tools()
    wanted = common.select(tools.repository.snapshot(), names)
    if names:
        return _Shown(names, status(tools, project, wanted), None)
    facts, concerns = monitoring.look(project, limit)
    statuses = status(tools, project, wanted, facts.outcomes)
    return _Shown(names, statuses, facts, concerns)


def _show_concerns(concerns: Sequence[Concern]) -> None:
    for each in concerns[:_MOST]:
        colour = "red" if each.urgency is Urgency.CRITICAL else "yellow"
        click.secho(f"{each.urgency.name:8}", fg=colour, nl=False)
        click.echo(f" {each.text}")
        for line in each.commands:
            click.echo(f"         {line}")
    if len(concerns) > _MOST:
        click.echo(f"… and {len(concerns) - _MOST} more: --json has all of them")


def _show_rest(facts: Facts) -> None:
    """Show what is good to know and nothing to act on."""
    for matter in facts.server.matters if facts.server else ():
        if not (matter.kind.waits_for_somebody or matter.kind.is_of_a_queue):
            click.echo(str(matter))
    act = facts.deploy
    if act is not None and act.ended is not None and not act.problem:
        click.echo(f"site put up on {act.ended:%Y-%m-%d %H:%M %Z} ({act.where})")
    elif act is not None and act.ended is None and facts.busy:
        click.echo(f"another process puts the site up ({act.where})")


def _is_done(status: Status) -> bool:
    if status.standing.state is State.RESTRICTED:
        return True
    is_out = status.standing.state is State.PUBLISHED and status.held is None
    return is_out and not status.problems and all(map(_is_text_done, status.texts))


def _is_text_done(text: TextStatus) -> bool:
    lists = text.lists.values()
    return text.signed and text.built and not any(state in _OPEN for state in lists)


def _show(status: Status) -> None:
    click.echo(f"{status.id}  {status.standing}  {status.title}".rstrip())
    if status.held is not None:
        click.echo(f"    {status.held}")
    for problem in status.problems:
        click.echo(f"    {problem}")
    for text in status.texts:
        signed = "signed" if text.signed else "not signed"
        built = "built" if text.built else "not built"
        lists = (_STANDS[state].format(to) for to, state in text.lists.items())
        stands = ", ".join((signed, built, *lists))
        click.echo(f"    {text.language} r{text.revision}  {stands}")


def _kind(standing: Standing) -> str:
    """Name a standing without what is one advisory's own."""
    return str(replace(standing, until=None))


def _summary(statuses: Sequence[Status], *, hidden: int) -> str:
    states = Counter(_kind(each.standing) for each in statuses)
    mails = Counter(
        state
        for each in statuses
        for text in each.texts
        for state in text.lists.values()
        if state in _OPEN
    )
    line = common.counted(len(statuses), "advisory", "advisories")
    if states:
        line += f": {', '.join(f'{n} {state}' for state, n in sorted(states.items()))}"
    if mails:
        due = (f"{common.counted(n, 'mail')} {s}" for s, n in sorted(mails.items()))
        line += f"; {', '.join(due)}"
    if hidden:
        line += f" ({hidden} with nothing left to do not shown: --all)"
    return line
