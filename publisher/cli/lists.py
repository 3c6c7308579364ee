"""`lists`: the declared lists and the server's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import common
from publisher.errors import OperatorError

if TYPE_CHECKING:
    from publisher.pipeline.listing import ListPlan


@click.group("lists")
def lists_command() -> None:
    """Compare, set and check the mailing lists.

    The lists are declared in publisher.toml. A list that is on the server and not
    declared is left alone.

    \b
    Examples:
      publisher lists plan
      publisher lists apply
    """


@lists_command.command("plan")
@common.project_option
@common.json_option
def plan_command(start: Path, as_json: bool) -> None:
    """Show what `apply` would change, setting by setting.

    \b
    Example:
      publisher lists plan --json
    """
    from publisher.pipeline import listing

    with common.project(start) as project:
        plans = listing.plan(project.settings, project.lists)
    if as_json:
        common.show_json([_json(each) for each in plans])
        return
    for each in plans:
        _show(each)


@lists_command.command("apply")
@common.dry_run_option
@common.project_option
def apply_command(dry_run: bool, start: Path) -> None:
    """Make the server's lists what publisher.toml says. Safe to repeat.

    \b
    Examples:
      publisher lists apply --dry-run
      publisher lists apply
    """
    from publisher.pipeline import listing

    with common.project(start) as project:
        settings, lists = project.settings, project.lists
        doing = listing.plan(settings, lists) if dry_run else listing.apply(settings, lists)
        for each in doing:
            _show(each)


@lists_command.command("check")
@common.project_option
def check_command(start: Path) -> None:
    """Exit with 2 if a list is not as declared, and say in what.

    \b
    Example:
      publisher lists check
    """
    from publisher.pipeline import listing

    with common.project(start) as project:
        plans = listing.plan(project.settings, project.lists)
    for each in plans:
        _show(each)
    if not all(each.agrees for each in plans):
        sys.exit(OperatorError.exit_code)


def _show(plan: ListPlan) -> None:
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
            }
            for difference in plan.differences
        ],
    }
