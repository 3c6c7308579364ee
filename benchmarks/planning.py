"""Time the planning of all lists of a large archive against reading what they list.

    python -m benchmarks.planning [--size 100000]

The limit, measured in the same run: to read each advisory's summary from the JSON
that the cache holds. Every build does so, and none can plan a list with less.
"""

from __future__ import annotations

import json
import resource
import statistics
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from benchmarks import summaries
from benchmarks.__main__ import timed
from publisher.model.chain import Planned
from publisher.model.summary import Summary
from publisher.pipeline import memory
from publisher.presentation import Presentation
from publisher.render import indexes
from publisher.wiring import Project

ROOT = Path(__file__).parent.parent
_NOW = datetime(2026, 11, 30, tzinfo=UTC)


def read(entries: list[str]) -> list[Summary]:
    with memory.growing():
        return [Summary.from_json(json.loads(entry)) for entry in entries]


def plan(found: list[Summary], presentation: Presentation) -> dict[str, Planned]:
    with memory.growing():
        plans = indexes.indexes(found, [], presentation, _NOW)
        return {str(each.path): each for each in plans}


def one_more(found: list[Summary]) -> list[Summary]:
    last = found[-1]
    number = replace(last.id, number=last.id.number + 1)
    date = last.first_published + timedelta(hours=1)
    return [*found, replace(last, id=number, first_published=date)]


@click.command()
@click.option("--size", default=100_000, show_default=True)
@click.option("--repeat", default=3, show_default=True)
def main(size: int, repeat: int) -> None:
    """Print seconds and ratios."""
    project = Project(ROOT)
    try:
        presentation = project.tools().presentation
    finally:
        project.close()
    found = summaries.many(size)
    entries = [json.dumps(each.to_json()) for each in found]
    before = plan(found, presentation)
    after = plan(one_more(found), presentation)
    limit = statistics.median(timed(lambda: read(entries)) for _ in range(repeat))
    planned = statistics.median(
        timed(lambda: plan(found, presentation)) for _ in range(repeat)
    )
    changed = [p for p in after if p not in before or before[p].key != after[p].key]
    click.echo(f"{'':34}{'seconds':>9}  {'/ read':>8}")
    click.echo(f"{'read all summaries':34}{limit:9.2f}  {1:8.1f}")
    click.echo(f"{'plan all lists':34}{planned:9.2f}  {planned / limit:8.1f}")
    click.echo(f"pages: {len(after)}; changed by one more advisory: {len(changed)}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    click.echo(f"memory at most: {peak} MiB, with the archive twice")


if __name__ == "__main__":
    main()
