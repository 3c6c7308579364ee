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

_MISSING = "is to be created"


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
        _require_lists(project)
        if dry_run:
            _show(listing.plan(project.presentation, project.lists), as_json=as_json)
            return
        applied = listing.apply(project.presentation, project.lists)
        if as_json:
            _show(tuple(applied), as_json=True)
            return
        # Each as soon as it is done: the next one may fail.
        for each in applied:
            _show([each], as_json=False, missing="created")
        counted = common.counted(len(project.settings.lists), "list")
        click.echo(f"{counted} as declared")


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

    _require_lists(project)
    return listing.plan(project.presentation, project.lists)


def _require_lists(project: Project) -> None:
    if not project.settings.lists:
        msg = "publisher.toml declares no lists: add [[lists]] (docs/configuration.md)"
        raise OperatorError(msg)


def _show(plans: Sequence[ListPlan], *, as_json: bool, missing: str = _MISSING) -> None:
    if as_json:
        common.show_json([_json(each) for each in plans])
        return
    for plan in plans:
        address = plan.mailing_list.address
        if plan.missing:
            click.echo(f"+ {address}: {missing}")
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
