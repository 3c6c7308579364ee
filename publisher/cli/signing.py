"""`sign`: show each text, ask, have it signed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import command, common
from publisher.errors import OperatorError

if TYPE_CHECKING:
    from publisher.model.chain import Edition
    from publisher.wiring import Project

_RULE = 60

key_option = click.option(
    "-k", "--key", metavar="FINGERPRINT", help="Sign with this one of the team's keys."
)


@click.command(
    "sign",
    cls=command.Command,
    examples=["publisher sign ADV-2026-0007", "publisher sign --dry-run"],
)
@common.ids_argument
@key_option
@common.yes_option
@common.dry_run_option
@common.project_option
def sign_command(
    names: Sequence[str], key: str | None, yes: bool, dry_run: bool, start: Path
) -> None:
    """Sign what is not signed yet, after showing it.

    The text of each advisory and language is shown, signed by gpg with your own
    agent (passphrase or smart card as it asks for them), read back, verified
    against the pinned fingerprints, and written beside its source. A signed text
    is never overwritten.
    """
    with common.project(start) as project:
        sign(project, names, key, ask=not yes, dry_run=dry_run)


def sign(
    project: Project, names: Sequence[str], key: str | None, *, ask: bool, dry_run: bool
) -> int:
    """Sign what `names` name, or everything, and return how many texts that is."""
    from publisher.pipeline import checking, signing

    tools = project.tools()
    snapshot = tools.repository.snapshot()
    wanted = common.select(snapshot, names)
    loaded = checking.load(tools, wanted, checking.succession(tools, snapshot))
    checking.require(loaded)
    common.show_findings([f for each in loaded for f in each.findings], err=True)
    plan = signing.plan(tools, loaded)
    for what, reason in plan.skipped:
        if names or reason != signing.SIGNED_ALREADY:
            click.echo(f"skipped  {what}: {reason}")
    if not plan.editions:
        click.echo("nothing to sign")
        return 0
    # Without a key there is nothing to ask about.
    signer = None if dry_run else project.signer(key)
    if ask or dry_run:
        _show(plan.editions)
    counted = common.counted(len(plan.editions), "text")
    if signer is None:
        click.echo(f"{counted} would be signed")
        return len(plan.editions)
    if ask:
        _confirm(f"Sign {counted} as shown?")
    for path in signing.sign(tools, plan.editions, signer, project.clock):
        click.echo(f"signed   {path}")
    return len(plan.editions)


def _show(editions: Sequence[Edition]) -> None:
    for edition in editions:
        head = f"── {edition.key} "
        click.secho(f"{head}{'─' * (_RULE - len(head))}", bold=True)
        click.echo(edition.text)


def _confirm(question: str) -> None:
    """Go on if the operator says yes, or raise OperatorError."""
    try:
        agreed = click.confirm(question)
    except click.Abort as error:
        click.echo()
        # The end of an input, say in a script, is no answer; Ctrl-C is one.
        if isinstance(error.__context__, KeyboardInterrupt):
            raise
        agreed = False
    if not agreed:
        msg = "nothing was signed: that takes a yes (or `--yes`, which does not ask)"
        raise OperatorError(msg)
