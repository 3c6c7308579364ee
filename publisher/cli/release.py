"""`build`, `push`, `settle`: from signed text to sent mail."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from publisher.cli import command, common, complete, mailing
from publisher.errors import OperatorError


@click.command(
    "build",
    cls=command.Command,
    examples=["publisher build", "publisher build --now 2026-12-01T10:00:00+09:00"],
)
@common.project_option
@common.now_option
@common.json_option
def build_command(start: Path, now: datetime | None, as_json: bool) -> None:
    """Bring the site up to date.

    Every signature is verified and every source compared with what was signed; any
    doubt stops the build and leaves the site as it was. Only what changed is done
    again. No secret key is needed.
    """
    from publisher.pipeline import building, timing

    with common.project(start, now) as project:
        with project.exclusive():
            tools = project.tools()
            if now is None:
                timing.require_for_embargoes(tools, project)
            built = building.build(tools)
        if as_json:
            common.show_json(
                {
                    "published": [str(summary.id) for summary in built.summaries],
                    "withheld": {str(i): w.to_json() for i, w in built.withheld},
                    "held": {str(i): held.to_json() for i, held in built.held},
                    "files": built.files,
                    "written": [str(path) for path in built.written],
                    "removed": [str(path) for path in built.removed],
                }
            )
        else:
            mailing.show_built(project, built)


@click.command(
    "push",
    cls=command.Command,
    examples=[
        "publisher push --dry-run",
        "publisher push",
        "publisher push --json | jq '.[].result'",
    ],
)
@mailing.wait_option
@common.dry_run_option
@common.project_option
@common.json_option
def push_command(wait: float | None, dry_run: bool, start: Path, as_json: bool) -> None:
    """Mail what is due to the lists.

    The public page and signed text are fetched first and compared with what was
    built. Each mail is noted in the journal before it is handed over and after it
    was accepted; it is never sent twice. Then the canary's mailbox is watched until
    what was signed has arrived there.
    """
    with common.project(start) as project:
        if not dry_run:
            mailing.push(project, wait=wait, as_json=as_json)
        elif as_json:
            common.show_json(mailing.planned(mailing.due_now(project)[1]))
        else:
            mailing.show_due(project)


@click.command(
    "settle",
    cls=command.Command,
    examples=[
        "publisher settle '<ADV-2026-0007.r1.en.announce@lists.cert.example>' --sent"
    ],
)
@click.argument("message_id", metavar="MESSAGE-ID", shell_complete=complete.unsettled)
@click.option("--sent/--not-sent", default=None, help="What you found out.")
@common.project_option
def settle_command(message_id: str, sent: bool | None, start: Path) -> None:
    """Say what became of a mail of unknown outcome.

    After a lost connection it can be unknown whether the list server took a mail;
    `publisher status` shows such mails. Look into a subscriber's mailbox or the
    server's log, then say what you saw. A mail that was not sent is due again.
    """
    from publisher.ports import Outcome

    if sent is None:
        msg = "say what you found out: --sent or --not-sent"
        raise click.UsageError(msg)
    outcome = Outcome.ACCEPTED if sent else Outcome.REFUSED
    with common.project(start) as project:
        if project.journal.outcomes().get(message_id) is not Outcome.INTENDED:
            msg = f"{message_id} is no mail of unknown outcome: see `publisher status`"
            raise OperatorError(msg)
        project.journal.settle(message_id, outcome, project.clock())
    click.echo(f"{message_id}: {'sent' if sent else 'not sent, and due again'}")
