"""`lists import`: declare lists that the server has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from publisher import config
from publisher.cli import command, common, plans
from publisher.errors import OperatorError
from publisher.model import ids
from publisher.model.advisory import Kind

if TYPE_CHECKING:
    from publisher.model.settings import MailingList
    from publisher.wiring import Project


class Choice(TypedDict):
    """Which lists, and what the server does not know of them."""

    addresses: Sequence[str]
    everything: bool
    kinds: Sequence[str]
    language: str | None


@click.command(
    "import",
    cls=command.Command,
    examples=[
        "publisher lists import announce@lists.cert.example --language ja",
        "publisher lists import --all --dry-run",
    ],
)
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@click.option("--all", "everything", is_flag=True, help="Import all not declared yet.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([str(kind) for kind in Kind]),
    help="Announce this kind there; can be repeated. Without it, all kinds.",
)
@click.option("--language", help="Announce in this language, not in the server's.")
@common.dry_run_option
@common.project_option
def import_command(start: Path, *, dry_run: bool, **choice: Unpack[Choice]) -> None:
    """Declare in publisher.toml lists that the server has already.

    Their tables are added at the end of the file; the rest of it stays as it is. Then
    it shows what `apply` would change on the server, where nothing is changed yet.
    """
    from publisher.lists import declaration

    with common.project(start) as project:
        found = _found(project, choice)
        if not found:
            click.echo("publisher.toml declares every list of the server")
            return
        tables = "\n".join(map(declaration.toml, found))
        config.append(project.root, tables, dry_run=dry_run)
        click.echo(tables)
        done = "would be added to" if dry_run else "added to"
        click.echo(f"{common.counted(len(found), 'list')} {done} {config.NAME}\n")
        _show_plan(project, found)


def _found(project: Project, choice: Choice) -> Sequence[MailingList]:
    from publisher.pipeline import importing

    addresses = tuple(choice["addresses"])
    if bool(addresses) == choice["everything"]:
        msg = "name the addresses of the lists to import, or say --all"
        raise OperatorError(msg)
    if choice["everything"]:
        addresses = importing.undeclared(project.settings, project.lists)
    try:
        language = ids.language(choice["language"]) if choice["language"] else None
    except ValueError as error:
        msg = f"--language: {error}"
        raise OperatorError(msg) from error
    return importing.declarations(
        project.settings,
        project.lists,
        addresses,
        kinds=[Kind(kind) for kind in choice["kinds"]],
        language=language,
    )


def _show_plan(project: Project, found: Sequence[MailingList]) -> None:
    from publisher.pipeline import listing

    settings = replace(project.settings, lists=tuple(found))
    presentation = replace(project.presentation, settings=settings)
    plans.show(listing.plan(presentation, project.lists), as_json=False)
