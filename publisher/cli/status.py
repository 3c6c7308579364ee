"""`status`: where everything stands, what is left to do first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import command, common

if TYPE_CHECKING:
    from publisher.pipeline.status import Status, TextStatus

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
        """publisher status --json | jq '.[] | select(.state != "published")'""",
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
    are shown, and the others are counted. JSON always has all of them.
    """
    from publisher.pipeline.status import status

    with common.project(start, now) as project:
        tools = project.tools()
        wanted = common.select(tools.repository.snapshot(), names)
        statuses = status(tools, project.journal.outcomes(), wanted)
    if as_json:
        common.show_json([each.to_json() for each in statuses])
        return
    shown = [each for each in statuses if names or everything or not _is_done(each)]
    for each in shown:
        _show(each)
    if not names:
        click.echo(_summary(statuses, hidden=len(statuses) - len(shown)))


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
