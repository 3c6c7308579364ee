from __future__ import annotations

import os
import select
import signal

import pytest

from publisher.adapters.workers import ForkedWorkers


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("count", [0, 1, 200])
def test_results_come_in_the_order_of_the_items(processes: int, count: int) -> None:
    offset = 7

    results = ForkedWorkers(processes).map(lambda n: n + offset, range(count))

    assert list(results) == [n + offset for n in range(count)]


def test_much_work_is_shared_by_processes_and_little_is_not() -> None:
    workers = ForkedWorkers(2)

    assert os.getpid() not in set(workers.map(lambda _: os.getpid(), range(200)))
    assert set(workers.map(lambda _: os.getpid(), range(10))) == {os.getpid()}


def test_an_error_in_a_worker_reaches_the_caller() -> None:
    def work(number: int) -> int:
        if number == 150:
            msg = "no more"
            raise ValueError(msg)
        return number

    with pytest.raises(ValueError, match="no more"):
        list(ForkedWorkers(2).map(work, range(200)))


def test_workers_end_when_their_parent_is_killed() -> None:
    reading, writing = os.pipe()
    parent = os.fork()
    if parent == 0:
        for _ in ForkedWorkers(2).map(lambda _: os.getpid(), range(200)):
            os.kill(os.getpid(), signal.SIGKILL)
    os.close(writing)
    os.waitpid(parent, 0)

    # The end of the pipe comes when the last process is gone that has it open.
    assert select.select([reading], [], [], 30)[0]
    os.close(reading)
