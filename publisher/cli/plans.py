"""What is shown of lists that are not as declared, as an infrastructure tool does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from publisher.cli import common

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.lists import Difference
    from publisher.pipeline.listing import ListPlan


def show(plans: Sequence[ListPlan], *, as_json: bool) -> None:
    """Print plans, nothing of which was carried out, and count them."""
    if as_json:
        common.show_json([_json(each) for each in plans])
        return
    for each in plans:
        show_one(each, done=False)
    created = sum(each.missing for each in plans)
    changed = sum(not each.agrees and not each.missing for each in plans)
    counted = common.counted(len(plans), "list")
    click.echo(
        f"{counted}: {created} to create, {changed} to change, "
        f"{len(plans) - created - changed} as declared"
    )


def show_one(plan: ListPlan, *, done: bool) -> None:
    """Print one plan; `done` tells that it was carried out."""
    address = plan.mailing_list.address
    if plan.agrees:
        click.echo(f"= {address}: as declared")
        return
    mark = "+" if plan.missing else "~"
    if plan.missing:
        click.echo(f"+ {address}: {'created' if done else 'is to be created'}")
    else:
        click.echo(f"~ {address}: {'changed' if done else 'is to be changed'}")
    for difference in plan.differences:
        click.echo(_line(mark, difference))


def _line(mark: str, difference: Difference) -> str:
    from publisher.lists import compare

    old, new = compare.shown(difference.live), compare.shown(difference.wanted)
    if difference.by_hand:
        return (
            f"    ! {difference.setting}: {old} -> {new} ({difference.why}): "
            f"{difference.by_hand}"
        )
    change = new if mark == "+" else f"{old} -> {new}"
    return f"    {mark} {difference.setting}: {change} ({difference.why})"


def _json(plan: ListPlan) -> dict[str, object]:
    return {
        "list": plan.mailing_list.address,
        "missing": plan.missing,
        "differences": [
            {
                "setting": difference.setting,
                "live": difference.live,
                "wanted": difference.wanted,
                "why": difference.why,
                "by_hand": difference.by_hand,
                "stops_posts": difference.stops_posts,
            }
            for difference in plan.differences
        ],
    }
