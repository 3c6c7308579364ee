"""`sign`, `build`, `push`, `publish`, `settle`: from checked text to sent mail."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import common
from publisher.errors import WorldError
from publisher.source import Level

if TYPE_CHECKING:
    from publisher.pipeline.building import Built
    from publisher.pipeline.pushing import Pushed
    from publisher.wiring import Project

key_option = click.option(
    "-k", "--key", metavar="FINGERPRINT", help="Sign with this one of the team's keys."
)


@click.command("sign")
@common.ids_argument
@key_option
@common.yes_option
@common.dry_run_option
@common.project_option
def sign_command(
    names: Sequence[str], key: str | None, yes: bool, dry_run: bool, start: Path
) -> None:
    """Sign what is not signed yet, after showing it.

    The text edition of each advisory and language is shown, signed by gpg with
    your own agent (passphrase prompt or smart card as it offers them), read back,
    verified against the pinned fingerprints, and written beside its source. A
    signed text is never overwritten.

    \b
    Examples:
      publisher sign ADV-2026-0007
      publisher sign --dry-run
    """
    with common.project(start) as project:
        _sign(project, names, key, ask=not yes, dry_run=dry_run)


@click.command("build")
@common.project_option
@common.now_option
@common.json_option
def build_command(start: Path, now: datetime | None, as_json: bool) -> None:
    """Bring the site up to date.

    Every signature is verified and every source compared with what was signed;
    any doubt stops the build and leaves the site as it was. Only what changed is
    done again.

    \b
    Examples:
      publisher build
      publisher build --now 2026-12-01T10:00:00+09:00
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


@click.command("push")
@common.dry_run_option
@common.project_option
@common.json_option
def push_command(dry_run: bool, start: Path, as_json: bool) -> None:
    """Mail what is due to the lists.

    The public page and signed text are fetched first and compared with what was
    built. Each mail is noted in the journal before it is handed over and after it
    was accepted; it is never sent twice.

    \b
    Examples:
      publisher push --dry-run
      publisher push
    """
    from publisher.pipeline import building

    with common.project(start) as project:
        built = building.build(project.tools())
        _push(project, built, dry_run=dry_run, as_json=as_json)


@click.command("publish")
@common.ids_argument
@key_option
@common.yes_option
@common.dry_run_option
@common.project_option
def publish_command(
    names: Sequence[str], key: str | None, yes: bool, dry_run: bool, start: Path
) -> None:
    """Lint, sign, build, put the site up, probe it, and push.

    Each step is also a command of its own. It can be stopped at any point and run
    again: what is done is skipped.

    \b
    Examples:
      publisher publish ADV-2026-0007
      publisher publish --dry-run
    """
    from publisher.pipeline import building

    with common.project(start) as project:
        _sign(project, names, key, ask=not yes, dry_run=dry_run)
        if dry_run:
            click.echo("then: build, put the site up, probe it, push")
            return
        built = building.build(project.tools())
        _show_built(project, built)
        _deploy(project)
        _push(project, built, dry_run=False, as_json=False)


@click.command("settle")
@click.argument("message_id", metavar="MESSAGE-ID")
@click.option("--sent/--not-sent", default=None, help="What you found out.")
@common.project_option
def settle_command(message_id: str, sent: bool | None, start: Path) -> None:
    """Say what became of a mail of unknown outcome.

    After a lost connection it can be unknown whether the list server took a mail.
    Look into a subscriber's mailbox or the server's log, then say what you saw. A
    mail that was not sent is due again.

    \b
    Example:
      publisher settle '<ADV-2026-0007.r1.en.announce@lists.cert.example>' --sent
    """
    from publisher.ports import Outcome

    if sent is None:
        msg = "say what you found out: --sent or --not-sent"
        raise click.UsageError(msg)
    outcome = Outcome.ACCEPTED if sent else Outcome.REFUSED
    with common.project(start) as project:
        if project.journal.outcomes().get(message_id) is not Outcome.INTENDED:
            msg = f"{message_id} is no mail of unknown outcome: see `publisher status`"
            raise click.UsageError(msg)
        project.journal.settle(message_id, outcome, project.clock())
    click.echo(f"{message_id}: {'sent' if sent else 'not sent, and due again'}")


def _sign(
    project: Project, names: Sequence[str], key: str | None, *, ask: bool, dry_run: bool
) -> None:
    from publisher.pipeline import checking, signing

    tools = project.tools()
    snapshot = tools.repository.snapshot()
    wanted = common.select(snapshot, names)
    loaded = checking.load(tools, wanted, checking.succession(tools, snapshot))
    checking.require(loaded)
    common.show_findings([f for each in loaded for f in each.findings], err=True)
    plan = signing.plan(tools, loaded)
    for what, reason in plan.skipped:
        if names or reason != "signed already":
            click.echo(f"skipped  {what}: {reason}")
    if not plan.editions:
        click.echo("nothing to sign")
        return
    for edition in plan.editions:
        if ask or dry_run:
            click.secho(f"── {edition.key} ", bold=True, nl=False)
            click.echo("─" * 40)
            click.echo(edition.text, nl=False)
    if dry_run:
        click.echo(f"{len(plan.editions)} texts would be signed")
        return
    if ask:
        click.confirm(f"Sign these {len(plan.editions)} texts?", abort=True)
    signer = project.signer(key)
    for path in signing.sign(tools, plan.editions, signer, project.clock):
        click.echo(f"signed   {path}")


def _show_built(project: Project, built: Built) -> None:
    warnings = [f for f in built.warnings if f.level is Level.WARNING]
    common.show_findings(warnings, err=True)
    for advisory, reason in built.withheld:
        click.echo(f"withheld {advisory}: {reason}")
    for path in built.removed:
        click.echo(f"removed  {path}")
    click.echo(
        f"built    {project.site.folder}: {len(built.summaries)} advisories, "
        f"{built.files} files, {len(built.written)} of them written"
    )


def _deploy(project: Project) -> None:
    command = project.settings.site.deploy
    if not command:
        return
    click.echo(f"deploy   {' '.join(command)}")
    try:
        subprocess.run(command, cwd=project.root, check=True)  # noqa: S603  (the settings name it)
    except (OSError, subprocess.CalledProcessError) as error:
        msg = f"the site was not put up: {error}; nothing was mailed"
        raise WorldError(msg) from error


def _push(project: Project, built: Built, *, dry_run: bool, as_json: bool) -> None:
    from publisher.pipeline import listing, pushing

    tools = project.tools()
    outcomes = project.journal.outcomes()
    mails = pushing.announcements(tools, built.summaries, outcomes)
    if dry_run:
        for announcement, state in mails:
            address = announcement.mailing_list.address
            click.echo(f"{state}  {announcement.key}  to {address}")
        click.echo(f"{len(mails)} mails would be sent")
        return
    if not mails:
        click.echo("nothing to push" if not as_json else "[]")
        return
    needed = {announcement.mailing_list for announcement, _ in mails}
    ordered = [each for each in project.settings.lists if each in needed]
    listing.require(project.settings, project.lists, ordered)
    pushing.probe(tools, [announcement for announcement, _ in mails], project.web)
    pushed = []
    sending = pushing.push(
        tools, mails, lists=project.lists, journal=project.journal, clock=project.clock
    )
    for each in sending:
        pushed.append(each)
        if not as_json:
            _show_pushed(each)
    if as_json:
        common.show_json([_pushed_json(each) for each in pushed])
    bad = [p for p in pushed if p.result in (pushing.Result.REFUSED, pushing.Result.UNKNOWN)]
    if bad:
        click.echo(f"{len(bad)} of {len(pushed)} mails are not known to be sent", err=True)
        sys.exit(WorldError.exit_code)


def _show_pushed(pushed: Pushed) -> None:
    address = pushed.announcement.mailing_list.address
    reason = f": {pushed.reason}" if pushed.reason else ""
    click.echo(f"{pushed.result:8} {pushed.announcement.key} to {address}{reason}")


def _pushed_json(pushed: Pushed) -> dict[str, object]:
    key = pushed.announcement.key
    return {
        "id": str(key.id),
        "revision": key.revision,
        "language": key.language,
        "list": pushed.announcement.mailing_list.address,
        "message_id": pushed.announcement.message_id,
        "result": str(pushed.result),
        "reason": pushed.reason,
    }
