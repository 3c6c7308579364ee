"""Several jobs inject faults at once, each in a world of its own."""

from __future__ import annotations

import multiprocessing
import queue
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.queues import Queue

from tests import keys
from tests.faults import world
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
    for kind in KINDS:
        if kind.name not in share.kinds or not kind.can():
            continue
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


def _work(share: Share, told: Queue[Verdict]) -> None:
    """Do one job in a process of its own."""
    with keys.gnupg_home() as home:
        key = keys.make(home, "Team <csirt@cert.example>")
        with world.running(key) as here:
            for verdict in injected(here, share):
                told.put(verdict)


def heard(shares: Sequence[Share]) -> Iterator[Verdict]:
    """Let all jobs work at once, and yield what each of them tells."""
    start = multiprocessing.get_context("spawn")
    told: Queue[Verdict] = start.Queue()
    jobs = [start.Process(target=_work, args=(share, told)) for share in shares]
    for job in jobs:
        job.start()
    while True:
        # Before the queue is looked into: what was told before its end is in there.
        goes_on = any(job.is_alive() for job in jobs)
        try:
            yield told.get(timeout=1)
        except queue.Empty:
            if not goes_on:
                break
    if failed := [job.exitcode for job in jobs if job.exitcode]:
        message = f"{len(failed)} jobs did not end well: see above"
        raise RuntimeError(message)
