"""`lists`: the declared lists and the server's."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import command, common
from publisher.errors import OperatorError

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
    """Show what `apply` would change, setting by setting."""
    with common.project(start) as project:
        _show(_plan(project), as_json=as_json)


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
        found = _plan(project)
        if not dry_run:
            found = tuple(listing.apply(project.presentation, project.lists))
        _show(found, as_json=as_json)
    if not dry_run and not as_json:
        click.echo(f"{common.counted(len(found), 'list')} as declared")


@lists_command.command("check", cls=command.Command, examples=["publisher lists check"])
@common.project_option
@common.json_option
def check_command(start: Path, as_json: bool) -> None:
    """Exit with 2 if a list is not as declared, and say in what."""
    with common.project(start) as project:
        plans = _plan(project)
        _show(plans, as_json=as_json)
    if not all(each.agrees for each in plans):
        sys.exit(OperatorError.exit_code)


def _plan(project: Project) -> tuple[ListPlan, ...]:
    from publisher.pipeline import listing

    if not project.settings.lists:
        msg = "publisher.toml declares no lists: add [[lists]] (docs/configuration.md)"
        raise OperatorError(msg)
    return listing.plan(project.presentation, project.lists)


def _show(plans: Sequence[ListPlan], *, as_json: bool) -> None:
    if as_json:
        common.show_json([_json(each) for each in plans])
        return
    for plan in plans:
        address = plan.mailing_list.address
        if plan.missing:
            click.echo(f"+ {address}: is to be created")
        for difference in plan.differences:
            click.echo(f"~ {difference}")
        if plan.agrees:
            click.echo(f"= {address}: as declared")


def _json(plan: ListPlan) -> dict[str, object]:
    return {
        "list": plan.mailing_list.address,
        "missing": plan.missing,
        "differences": [
            {
                "setting": difference.setting,
                "live": difference.live,
                "wanted": difference.wanted,
                "by_hand": difference.by_hand,
            }
            for difference in plan.differences
        ],
    }
