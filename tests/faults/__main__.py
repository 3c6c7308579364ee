"""Inject several hundred faults and write docs/reliability.md.

python -m tests.faults [--list] [--kind KIND]... [--every N] [--jobs N] [--write]

Each job has a world of its own, and injects its share of each kind. Most of the time is
spent waiting, so that there may be more jobs than processors.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from tests import keys
from tests.faults import report, world
from tests.faults.judge import Verdict
from tests.faults.kinds import KINDS, Kind

_MISSED = 4
"""After so many places that are not there, none is looked for any more."""


@dataclass(frozen=True)
class Share:
    """What one job does."""

    kinds: Sequence[str]
    every: int
    job: int
    jobs: int

    def numbers(self, kind: Kind) -> Sequence[int]:
        return kind.whole[:: self.every][self.job :: self.jobs]


def injected(here: world.World, share: Share) -> Iterator[Verdict]:
    """Inject one fault after the other, and yield what became of each."""
    for kind in (each for each in KINDS if each.name in share.kinds):
        missed = 0
        for number in share.numbers(kind):
            begun = time.monotonic()
            verdict = kind.inject(here, number)
            if verdict is None:
                # Behind the last place there are no others.
                missed += 1
                if missed == _MISSED:
                    break
                continue
            missed = 0
            verdict.kind = kind.name
            verdict.seconds = time.monotonic() - begun
            yield verdict


def _work(share: Share, told: multiprocessing.Queue[Verdict | None]) -> None:
    """Do one job in a process of its own; None is its end."""
    try:
        with keys.gnupg_home() as home:
            key = keys.make(home, "Team <csirt@cert.example>")
            with world.running(key) as here:
                for verdict in injected(here, share):
                    told.put(verdict)
    finally:
        told.put(None)


def heard(shares: Sequence[Share]) -> Iterator[Verdict]:
    """Let all jobs work at once, and yield what each of them tells."""
    start = multiprocessing.get_context("spawn")
    told = start.Queue()
    jobs = [start.Process(target=_work, args=(share, told)) for share in shares]
    for job in jobs:
        job.start()
    left = len(jobs)
    while left:
        verdict = told.get()
        if verdict is None:
            left -= 1
        else:
            yield verdict
    for job in jobs:
        job.join()
    if failed := [job.exitcode for job in jobs if job.exitcode]:
        message = f"{len(failed)} jobs did not end well: see above"
        raise click.ClickException(message)


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
