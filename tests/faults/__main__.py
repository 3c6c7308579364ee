"""Inject several hundred faults and write docs/reliability.md.

python -m tests.faults [--list] [--kind KIND]... [--every N] [--jobs N] [--write]

Each job has a world of its own, and injects its share of each kind. Most of the time is
spent waiting, so that there may be more jobs than processors.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import click

from tests.faults import report
from tests.faults.jobs import Share, heard
from tests.faults.judge import Verdict
from tests.faults.kinds import KINDS


@click.command()
@click.option("--kind", "kinds", multiple=True, help="Only these; none: all.")
@click.option("--every", default=1, show_default=True, help="One in so many.")
@click.option("--jobs", default=2 * (os.cpu_count() or 1), show_default=True)
@click.option("--write", is_flag=True, help="Write docs/reliability.md.")
@click.option("--list", "listed", is_flag=True, help="Name the kinds, and end.")
def main(
    kinds: Sequence[str], every: int, jobs: int, *, write: bool, listed: bool
) -> None:
    if unknown := set(kinds) - {kind.name for kind in KINDS}:
        message = f"no such kind: {', '.join(sorted(unknown))}: see --list"
        raise click.UsageError(message)
    chosen = [kind for kind in KINDS if not kinds or kind.name in kinds]
    if listed:
        for kind in chosen:
            click.echo(f"{kind.name} ({len(kind.whole[::every])}): {kind.what}")
        return
    names = [kind.name for kind in chosen]
    jobs = min(jobs, max(len(kind.whole[::every]) for kind in chosen))
    begun = time.monotonic()
    verdicts: list[Verdict] = []
    for verdict in heard([Share(names, every, job, jobs) for job in range(jobs)]):
        verdicts.append(verdict)
        mark = "good" if verdict.good else "BAD "
        minutes = (time.monotonic() - begun) / 60
        place = f"{len(verdicts):4} {minutes:5.1f} min"
        click.echo(f"{place} {mark} {verdict.seconds:5.1f} s  {verdict}")
    click.echo(report.table(verdicts))
    if write:
        file = Path(__file__).parents[2] / "docs" / "reliability.md"
        file.write_text(report.document(verdicts, every), encoding="utf-8")


if __name__ == "__main__":
    main()
