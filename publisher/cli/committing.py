"""The end of a release: what is to be committed and pushed."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from publisher.cli.published import Publishing
    from publisher.wiring import Project


def finish(project: Project, told: Publishing, *, commit: bool) -> None:
    """Say what others need from git, or commit and push it."""
    paths = project.commits.waiting()
    if not paths:
        return
    folders = [path.split("/") for path in paths if path.startswith("advisories/")]
    names = dict.fromkeys(parts[-2] for parts in folders)
    message = f"Publish {', '.join(names)}" if names else "Publish"
    told.paths, told.message = tuple(paths), message
    if commit:
        told.commit = project.commits.commit(paths, message)
        project.commits.push()
        told.pushed = True
        click.echo(f"pushed   {', '.join(paths)}")
        return
    click.echo("others need it, too; commit and push it (or use --commit):")
    click.echo(f"    git add -- {shlex.join(paths)}")
    click.echo(f"    git commit --message {shlex.quote(message)} && git push")
