"""`status` and `verify`: what is, and whether it is what it says."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import common
from publisher.errors import TrustError

if TYPE_CHECKING:
    from publisher.pipeline.status import Status


@click.command("status")
@common.project_option
@common.now_option
@common.json_option
def status_command(start: Path, now: datetime | None, as_json: bool) -> None:
    """Show where each advisory, revision, language and list stands.

    \b
    Examples:
      publisher status
      publisher status --json | jq '.[] | select(.state != "published")'
    """
    from publisher.pipeline.status import status

    with common.project(start, now) as project:
        statuses = status(project.tools(), project.journal.outcomes())
    if as_json:
        common.show_json([each.to_json() for each in statuses])
        return
    for each in statuses:
        _show(each)


def _show(status: Status) -> None:
    click.echo(f"{status.id}  {status.state}  {status.title}")
    for problem in status.problems:
        click.echo(f"    {problem}")
    for text in status.texts:
        signed = "signed" if text.signed else "unsigned"
        built = "built" if text.built else "not built"
        lists = ", ".join(f"{name} {state}" for name, state in text.lists.items())
        line = f"    {text.language} r{text.revision}  {signed}, {built}"
        click.echo(f"{line}  {lists}".rstrip())


@click.command("verify")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@common.project_option
@common.json_option
def verify_command(files: Sequence[Path], start: Path, as_json: bool) -> None:
    """Check signed texts (.asc) and mails (.eml) against the team's keys.

    Says whose signature it is, when it was made, and over which advisory,
    revision and language. Exits with 2 if any of them is in doubt.

    \b
    Examples:
      publisher verify advisories/2026/ADV-2026-0007/r1.en.txt.asc
      publisher verify ~/Mail/saved.eml --json
    """
    from publisher.pipeline import verifying

    with common.project(start) as project:
        results = verifying.verify(
            project.tools(), [(str(file), file.read_bytes()) for file in files]
        )
    if as_json:
        common.show_json([each.to_json() for each in results])
    else:
        for each in results:
            click.echo(f"{each.name}: {each}")
    if any(each.doubt for each in results):
        sys.exit(TrustError.exit_code)
