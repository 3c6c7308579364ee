from __future__ import annotations

import os

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
