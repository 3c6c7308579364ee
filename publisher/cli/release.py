"""`build`, `push`, `publish`, `settle`: from signed text to sent mail."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import command, common, complete, mailing, signing
from publisher.errors import OperatorError, WorldError
from publisher.source import Level

if TYPE_CHECKING:
    from publisher.pipeline.building import Built
    from publisher.wiring import Project


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
    from publisher.pipeline import building

    with common.project(start, now) as project:
        built = building.build(project.tools())
        if as_json:
            common.show_json(
                {
                    "published": [str(summary.id) for summary in built.summaries],
                    "withheld": {str(i): reason for i, reason in built.withheld},
                    "files": built.files,
                    "written": [str(path) for path in built.written],
                    "removed": [str(path) for path in built.removed],
                }
            )
        else:
            _show_built(project, built)


@click.command(
    "push",
    cls=command.Command,
    examples=["publisher push --dry-run", "publisher push"],
)
@common.dry_run_option
@common.project_option
@common.json_option
def push_command(dry_run: bool, start: Path, as_json: bool) -> None:
    """Mail what is due to the lists.

    The public page and signed text are fetched first and compared with what was
    built. Each mail is noted in the journal before it is handed over and after it
    was accepted; it is never sent twice.
    """
    from publisher.pipeline import building

    with common.project(start) as project:
        if dry_run:
            mailing.show_due(project, as_json=as_json)
        else:
            mailing.push(project, building.build(project.tools()), as_json=as_json)


@click.command(
    "publish",
    cls=command.Command,
    examples=["publisher publish ADV-2026-0007", "publisher publish --dry-run"],
)
@common.ids_argument
@signing.keys_option
@common.yes_option
@common.dry_run_option
@common.project_option
def publish_command(
    names: Sequence[str], keys: Sequence[str], yes: bool, dry_run: bool, start: Path
) -> None:
    """Lint, sign, build, put the site up, probe it, and push.

    Ids limit what is signed; what is signed is always published as a whole. Each
    step is also a command of its own. It can be stopped at any point and run
    again: what is done is skipped. Nothing is put up if the public site's
    publication record has entries that are missing here.
    """
    from publisher.pipeline import building, guarding

    with common.project(start) as project:
        wanted = signing.Wanted(names, keys)
        signed = signing.sign(project, wanted, ask=not yes, dry_run=dry_run)
        if dry_run and signed:
            click.echo("then the site would be built and put up, and the lists mailed")
        elif dry_run:
            mailing.show_due(project, as_json=False)
        else:
            tools = project.tools()
            guarding.require_known(tools, project.web)
            built = building.build(tools)
            _show_built(project, built)
            _deploy(project)
            mailing.push(project, built, as_json=False)


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


def _show_built(project: Project, built: Built) -> None:
    # The errors are those of texts that nobody has begun to sign; lint shows them.
    warnings = [found for found in built.warnings if found.level is Level.WARNING]
    common.show_findings(warnings, err=True)
    for advisory, reason in built.withheld:
        click.echo(f"withheld {advisory}: {reason}")
    for path in built.removed:
        click.echo(f"removed  {path}")
    advisories = common.counted(len(built.summaries), "advisory", "advisories")
    files = common.counted(built.files, "file")
    written = f"{len(built.written)} of them written"
    click.echo(f"built    {project.site.folder}: {advisories}, {files}, {written}")


def _deploy(project: Project) -> None:
    argv = project.settings.site.deploy
    if not argv:
        return
    click.echo(f"deploy   {' '.join(argv)}")
    try:
        subprocess.run(argv, cwd=project.root, check=True)  # noqa: S603  (the settings name it)
    except (OSError, subprocess.CalledProcessError) as error:
        msg = f"the site was not put up: {error}; nothing was mailed"
        raise WorldError(msg) from error
