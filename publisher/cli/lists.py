"""`lists`: the declared lists and the server's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import command, common, plans
from publisher.cli.importing import import_command
from publisher.errors import OperatorError
from publisher.source import Level

if TYPE_CHECKING:
    from publisher.pipeline.listing import ListPlan
    from publisher.wiring import Project


@click.group(
    "lists",
    cls=command.Group,
    examples=["publisher lists plan", "publisher lists apply"],
)
def lists_command() -> None:
    """Compare, set and check the mailing lists.

    The lists are declared in publisher.toml. A list that is on the server and not
    declared is left alone.
    """


@lists_command.command(
    "plan", cls=command.Command, examples=["publisher lists plan --json"]
)
@common.project_option
@common.json_option
def plan_command(start: Path, as_json: bool) -> None:
    """Show what `apply` would change, setting by setting.

    + creates a list, ~ changes a setting from its old value to the new one, ! is left
    to you, and = needs nothing.
    """
    with common.project(start) as project:
        plans.show(_plan(project), as_json=as_json)


@lists_command.command(
    "apply",
    cls=command.Command,
    examples=["publisher lists apply --dry-run", "publisher lists apply"],
)
@common.dry_run_option
@common.project_option
@common.json_option
def apply_command(dry_run: bool, start: Path, as_json: bool) -> None:
    """Make the server's lists what publisher.toml says.

    Shows what was different, as `plan` does. It can be repeated.
    """
    from publisher.pipeline import listing

    with common.project(start) as project:
        _require_lists(project)
        if dry_run:
            plans.show(_plan(project), as_json=as_json)
            return
        _require_mails(project)
        applied = listing.apply(project.presentation, project.lists)
        if as_json:
            plans.show(tuple(applied), as_json=True)
            return
        # Each as soon as it is done: the next one may fail.
        for each in applied:
            plans.show_one(each, done=True)
        counted = common.counted(len(project.settings.every_list), "list")
        click.echo(f"{counted} as declared")


@lists_command.command("check", cls=command.Command, examples=["publisher lists check"])
@common.project_option
@common.json_option
def check_command(start: Path, as_json: bool) -> None:
    """Exit with 2 if a list is not as declared, and say in what and why it matters."""
    with common.project(start) as project:
        found = _plan(project)
        plans.show(found, as_json=as_json)
    if not all(each.agrees for each in found):
        sys.exit(OperatorError.exit_code)


def _plan(project: Project) -> tuple[ListPlan, ...]:
    from publisher.pipeline import listing

    _require_lists(project)
    _require_mails(project)
    return listing.plan(project.presentation, project.lists)


def _require_mails(project: Project) -> None:
    """Show what is wrong with the project's own mails; an error is an OperatorError."""
    from publisher.pipeline import templating

    found = templating.of_mails(project.template_findings())
    common.show_findings(found, err=True)
    if any(each.level is Level.ERROR for each in found):
        msg = "the mails to subscribers cannot be as they are: mend what is named above"
        raise OperatorError(msg)


def _require_lists(project: Project) -> None:
    if not project.settings.lists:
        msg = "publisher.toml declares no lists: add [[lists]] (docs/configuration.md)"
        raise OperatorError(msg)


lists_command.add_command(import_command)
