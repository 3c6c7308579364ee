"""Inject several hundred faults and write docs/reliability.md.

python -m tests.faults [--kind KIND]... [--every N] [--write]
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from tests import keys
from tests.faults import report, world
from tests.faults.judge import Verdict
from tests.faults.kinds import KINDS, Kind

_MISSED = 4
"""After so many places that are not there, none is looked for any more."""


def injected(
    here: world.World, chosen: Sequence[Kind], every: int
) -> Iterator[Verdict]:
    """Inject one fault after the other, and yield what became of each."""
    for kind in chosen:
        missed = 0
        for number in kind.whole[::every]:
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


@click.command()
@click.option("--kind", "kinds", multiple=True, help="Only these; none: all.")
@click.option("--every", default=1, show_default=True, help="One in so many.")
@click.option("--write", is_flag=True, help="Write docs/reliability.md.")
def main(kinds: Sequence[str], every: int, *, write: bool) -> None:
    chosen = [kind for kind in KINDS if not kinds or kind.name in kinds]
    verdicts: list[Verdict] = []
    with keys.gnupg_home() as home:
        key = keys.make(home, "Team <csirt@cert.example>")
        with world.running(key) as here:
            for verdict in injected(here, chosen, every):
                verdicts.append(verdict)
                mark = "good" if verdict.good else "BAD "
                click.echo(f"{mark} {verdict.seconds:5.1f} s  {verdict}")
    click.echo(report.table(verdicts))
    if write:
        file = Path(__file__).parents[2] / "docs" / "reliability.md"
        file.write_text(report.document(verdicts, every), encoding="utf-8")


if __name__ == "__main__":
    main()
