"""`ready`: the date of an advisory that is about to be released."""

from __future__ import annotations

import shlex
import sys
from datetime import datetime
from pathlib import Path

import click

from publisher.cli import command, common, complete
from publisher.errors import AuthorError


@click.command(
    "ready",
    cls=command.Command,
    examples=[
        "publisher ready ADV-2026-0007",
        "publisher ready ADV-2026-0007 --date 2026-12-01T10:00:00+09:00",
    ],
)
@click.argument("name", metavar="ID", shell_complete=complete.ids)
@click.option(
    "--date",
    type=common.Moment(),
    help="When it is to be released, the end of an embargo; default: now, or the date "
    "in the future that it has already.",
)
@common.project_option
def ready_command(name: str, date: datetime | None, start: Path) -> None:
    """Date the newest revision of an advisory, and end its draft.

    What readers see as the date of publication is not the day on which a text was
    begun: this writes the present moment (or the one of --date) into the newest entry
    of the history, and takes `draft: true` away. All else in the file stays as it is.
    Run it just before the text is committed for its last review; `sign` says so if the
    date is more than an hour old by then. Then the advisory is linted.
    Exits with 1 if there is an error to be mended.
    """
    from publisher.pipeline import checking, proofing, readying

    # Nothing is dated while a release signs it.
    with common.project(start) as project, project.exclusive():
        tools = project.tools()
        snapshot = tools.repository.snapshot()
        (advisory,) = common.select(snapshot, [name])
        made = readying.ready(tools, advisory, date)
        tools.repository.replace(made.path, made.data)
        dated = f"revision {made.revision} is dated {made.date.isoformat()}"
        ended = ", and is no draft any more" if made.was_draft else ""
        click.echo(f"{made.path}: {dated}{ended}")
        succession = checking.succession(tools, tools.repository.snapshot())
        (loaded,) = proofing.load(tools, [advisory], succession)
    common.show_findings(filter(checking.is_news, loaded.findings))
    if loaded.checked is None:
        sys.exit(AuthorError.exit_code)
    message = shlex.quote(f"{advisory}: ready for release")
    click.echo("commit and push it, so that it can be reviewed and signed:")
    click.echo(f"    git add -- {shlex.quote(str(made.path.parent))}")
    click.echo(f"    git commit --message {message} && git push")
