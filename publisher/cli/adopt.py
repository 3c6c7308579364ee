"""`adopt`: local state that was brought from a backup or another machine."""

from __future__ import annotations

from pathlib import Path

import click

from publisher import wiring
from publisher.cli import command, common


@click.command(
    "adopt",
    cls=command.Command,
    examples=["publisher adopt --dry-run", "publisher adopt"],
)
@common.yes_option
@common.dry_run_option
@common.project_option
def adopt_command(yes: bool, dry_run: bool, start: Path) -> None:
    """Take a journal or a mail host that you brought here for this clone's own.

    What lies below .publisher/ is believed only in the clone that made it: it could
    have come with a commit. A copy of the whole clone needs nothing; a backup of
    .publisher/ alone, or one from a version that did not mark it yet, needs your word.
    Say it only of files that you put there yourself. Caches are made again anyway.
    """
    with common.project(start) as project, project.exclusive():
        found = list(wiring.foreign(project))
        for each in found:
            click.echo(each.what)
        if not found:
            click.echo("there is nothing to adopt: all that lies here was made here")
            return
        if dry_run:
            return
        if not yes:
            asked = "Did you, or an earlier version of this program, put this here?"
            click.confirm(asked, abort=True)
        for each in found:
            each.adopt()
    click.echo("adopted")
