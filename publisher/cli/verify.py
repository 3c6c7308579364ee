"""`verify`: whose signature a file or a mail carries, and over what."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from publisher.cli import command, common
from publisher.errors import TrustError


@click.command(
    "verify",
    cls=command.Command,
    examples=[
        "publisher verify advisories/2026/ADV-2026-0007/r1.en.txt.asc",
        "publisher verify ~/Mail/saved.eml --json",
    ],
)
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@common.project_option
@common.json_option
def verify_command(files: Sequence[Path], start: Path, as_json: bool) -> None:
    """Check signed texts (.asc) and mails (.eml) against the team's keys.

    Says whose signature it is, when it was made, and over which advisory, revision
    and language. Exits with 2 if any of them is in doubt.
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
