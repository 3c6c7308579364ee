"""`status`: where everything stands, what is left to do first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import command, common
from publisher.errors import MailmanError, SettingsError

if TYPE_CHECKING:
    from publisher.pipeline.standstill import Standstill
    from publisher.pipeline.status import Status, TextStatus
    from publisher.wiring import Project

_OPEN = ("due", "unknown")
"""The states of a mail about which something is to be done."""
_STANDS = {
    "due": "due on {}",
    "unknown": "unknown whether sent to {}",
    "sent": "sent to {}",
    "old": "too old for {}",
}


@click.command(
    "status",
    cls=command.Command,
    examples=[
        "publisher status",
        "publisher status ADV-2026-0007",
        "publisher status --json | jq .server.matters",
    ],
)
@common.ids_argument
@click.option("-a", "--all", "everything", is_flag=True, help="Show what is done, too.")
@common.project_option
@common.now_option
@common.json_option
def status_command(
    names: Sequence[str],
    everything: bool,
    start: Path,
    now: datetime | None,
    as_json: bool,
) -> None:
    """Show where each advisory, revision, language and list stands.

    Without ids, only advisories with which something is left to do or to wait for
    are shown, and the others are counted, and then what is held, put aside or
    bouncing on the list server. JSON always has all advisories.
    """
    from publisher.pipeline.status import status

    with common.project(start, now) as project:
        tools = project.tools()
        wanted = common.select(tools.repository.snapshot(), names)
        statuses = status(tools, project.journal.outcomes(), wanted)
        stands = None if names else _server(project, tools.now)
    if as_json:
        shown_server = None if stands is None else stands.to_json()
        advisories = [each.to_json() for each in statuses]
        common.show_json({"advisories": advisories, "server": shown_server})
        return
    shown = [each for each in statuses if names or everything or not _is_done(each)]
    for each in shown:
        _show(each)
    if not names:
        click.echo(_summary(statuses, hidden=len(statuses) - len(shown)))
    if stands is not None:
        _show_server(stands)


def _server(project: Project, now: datetime) -> Standstill | None:
    """Ask the list server; None if there is none to ask."""
    from publisher.pipeline import standstill

    settings = project.settings
    if settings.mailman is None or not settings.lists:
        return None
    try:
        return standstill.standstill(project.lists, settings.lists, now)
    except (MailmanError, SettingsError) as error:
        # That it is down, or its password is elsewhere, hides no advisory.
        return standstill.Standstill(problem=str(error))


def _show_server(stands: Standstill) -> None:
    if stands.problem:
        click.echo(f"nothing is known of the list server: {stands.problem}")
    for each in stands.matters:
        click.echo(str(each))


def _is_done(status: Status) -> bool:
    if status.state.startswith("TLP:"):
        return True
    done = status.state == "published" and not status.problems
    return done and all(map(_is_text_done, status.texts))


def _is_text_done(text: TextStatus) -> bool:
    lists = text.lists.values()
    return text.signed and text.built and not any(state in _OPEN for state in lists)


def _show(status: Status) -> None:
    click.echo(f"{status.id}  {status.state}  {status.title}".rstrip())
    for problem in status.problems:
        click.echo(f"    {problem}")
    for text in status.texts:
        signed = "signed" if text.signed else "not signed"
        built = "built" if text.built else "not built"
        lists = (_STANDS[state].format(to) for to, state in text.lists.items())
        stands = ", ".join((signed, built, *lists))
        click.echo(f"    {text.language} r{text.revision}  {stands}")


def _summary(statuses: Sequence[Status], *, hidden: int) -> str:
    states = Counter(each.state.partition(" until ")[0] for each in statuses)
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
