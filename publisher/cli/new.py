"""`new`: the beginning of an advisory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import click

from publisher.cli import command, common, complete, document
from publisher.errors import OperatorError
from publisher.model import ids
from publisher.model.advisory import Kind
from publisher.model.moment import UNWRITTEN
from publisher.wiring import Project


@click.command(
    "new",
    cls=command.Command,
    examples=[
        "publisher new alert --title 'Remote code execution in Example Server'",
        "publisher new note --language ja",
        "publisher new advisory --date 2026-12-01T10:00:00+09:00",
        "publisher new alert --json | jq -r .id",
    ],
)
@click.argument("kind", metavar="KIND", type=click.Choice([str(kind) for kind in Kind]))
@click.option(
    "-t",
    "--title",
    type=common.Text(),
    default=UNWRITTEN,
    help="Its title in the first language.",
)
@click.option(
    "-l",
    "--language",
    "languages",
    metavar="TAG",
    multiple=True,
    help="The original's, then those of translations; default: all of the site's.",
    shell_complete=complete.languages,
)
@click.option(
    "--date",
    type=common.Moment(),
    help="When it is to be released, the end of an embargo; default: `publisher ready` "
    "says when.",
)
@common.project_option
@common.json_option
def new_command(
    kind: str,
    title: str,
    languages: Sequence[str],
    date: datetime | None,
    start: Path,
    as_json: bool,
) -> None:
    """Begin an advisory: a folder with the next free id and a text to fill in.

    KIND is alert, emergency, advisory, note, report or translation. It is a draft
    until `publisher ready` dates it, and lint refuses it as long as a FIXME is left.
    An id is given once: two people who take the same one on two branches get
    a conflict from git in advisories/.last-id.
    """
    from publisher.pipeline import scaffold

    told: dict[str, Any] = {"id": None, "files": []}
    with (
        document.printed(lambda: told, as_json=as_json),
        common.project(start) as project,
    ):
        tags = _languages(project, languages)
        zone = project.settings.team.timezone
        begun = (date or project.clock()).astimezone(zone)
        guard = PurePosixPath(scaffold.GUARD)
        last = (project.repository.find(guard) or b"").decode(errors="replace")
        taken = scaffold.taken(project.repository.snapshot(), last)
        advisory = scaffold.next_id(taken, project.settings.prefix, begun.year)
        titles = [(tag, title if tag == tags[0] else UNWRITTEN) for tag in tags]
        bodies = [_body(project, kind, tag) for tag in tags]
        moment = None if date is None else begun.replace(microsecond=0)
        beginning = scaffold.Beginning(Kind(kind), titles, moment)
        made = scaffold.sources(advisory, beginning, bodies)
        project.repository.replace(guard, f"{advisory}\n".encode())
        for name, text in made.items():
            path = project.repository.folder(advisory) / name
            project.repository.add(path, text.encode())
            told["id"] = str(advisory)
            told["files"].append(str(path))
            click.echo(f"made {path}")


def _languages(project: Project, wanted: Sequence[str]) -> list[ids.Language]:
    known = project.settings.languages
    for tag in wanted:
        if tag not in known:
            msg = f"{tag!r} is not among site.languages ({', '.join(known)})"
            raise OperatorError(msg)
    return [ids.Language(tag) for tag in dict.fromkeys(wanted)] or list(known)


def _body(project: Project, kind: str, language: ids.Language) -> str:
    """Return the text to fill in, in English where there is none in `language`."""
    presentation = project.presentation
    name = f"new/{kind}.{language}.md"
    if name not in presentation.environment.list_templates():
        name = f"new/{kind}.en.md"
    return presentation.render(name, language)
