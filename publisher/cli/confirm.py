"""`confirm`: look into the canary's mailbox again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import command, common, mailing
from publisher.config import NAME
from publisher.errors import MailmanError, SettingsError

if TYPE_CHECKING:
    from publisher.pipeline.confirming import Confirmed
    from publisher.wiring import Project


@click.command(
    "confirm",
    cls=command.Command,
    examples=["publisher confirm", "publisher confirm --wait 600 --json"],
)
@mailing.wait_option
@common.project_option
@common.json_option
def confirm_command(wait: float | None, start: Path, as_json: bool) -> None:
    """See what was posted arrive, as it was signed.

    What was posted within a week and not seen yet is looked for in the canary's
    mailbox. What was damaged is compared again, and what was delivered must not have
    come twice. Nothing is sent. The end is good only if all of it is proven.
    """
    with common.project(start) as project:
        seen, unknown = _look(project, wait, as_json=as_json)
    if not as_json and not seen:
        click.echo("nothing is left to see arrive")
    mailing.require_good(seen)
    if unknown:
        msg = (
            f"whether {common.counted(unknown, 'mail')} went out is not known: run "
            "`publisher push`, which finds out"
        )
        raise MailmanError(msg)


def _look(
    project: Project, wait: float | None, *, as_json: bool
) -> tuple[list[Confirmed], int]:
    """Return what is seen, and how many mails may have been sent or not."""
    from publisher.pipeline import awaiting, building
    from publisher.push import due

    if project.inbox is None:
        msg = (
            f"{NAME} names no mailbox to look into: add [canary] with its address and "
            "`maildir` or `imap` (docs/canary.md)"
        )
        raise SettingsError(msg)
    tools = project.rehearsal()
    summaries = building.build(tools).summaries
    seen: list[Confirmed] = []
    try:
        for each in awaiting.look(tools, summaries, project, wait=wait, fresh=None):
            seen.append(each)
            if not as_json:
                mailing.show_confirmed(each)
    finally:
        if as_json:
            common.show_json(mailing.results(seen))
    outcomes = project.journal.outcomes()
    states = [
        each.state for each in due.deliveries(summaries, project.settings, outcomes)
    ]
    return seen, states.count(due.State.UNKNOWN)
