"""What the master makes of runners that end in odd ways; Mailman itself is not run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from mailman.config import config
from mailman.interfaces.runner import RunnerInterrupt

from publisher.mailhost import master


class LeftError(BaseException):
    """What `os._exit` does in these tests."""


@pytest.fixture
def _exits(monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(status: int) -> None:
        raise LeftError(status)

    monkeypatch.setattr(os, "_exit", leave)


@pytest.fixture
def _signals() -> Iterator[None]:
    """Put the handlers and the held signals of this process back."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    handler = signal.getsignal(signal.SIGALRM)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, held)


def runner(run: Callable[[], object], status: int = 0) -> Callable[..., object]:
    """Return a `make_runner` whose runners do `run`."""
    made = SimpleNamespace(set_signals=lambda: None, run=run, status=status)
    return lambda *_: made


def raising(error: BaseException) -> Callable[[], object]:
    def run() -> object:
        raise error

    return run


@pytest.mark.parametrize(
    ("run", "status"),
    [
        (lambda: None, 15),
        (raising(RunnerInterrupt()), 15),
        (raising(SystemExit(3)), 3),
        (raising(SystemExit("why")), 1),
        (raising(ValueError("a bug")), 1),
    ],
)
def test_how_a_runner_ends_is_its_status(
    monkeypatch: pytest.MonkeyPatch, run: Callable[[], object], status: int
) -> None:
    monkeypatch.setattr(master, "make_runner", runner(run, status=15))

    assert master._status_of("in:0:1") == status


def test_a_runner_that_fails_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(master, "make_runner", runner(raising(ValueError("a bug"))))

    master._status_of("in:0:1")

    assert "in runner failed." in caplog.text
    assert "ValueError: a bug" in caplog.text


@pytest.mark.parametrize("error", [None, SystemExit(15), KeyboardInterrupt()])
@pytest.mark.usefixtures("_signals", "_exits")
def test_a_runner_never_returns_into_the_master(
    monkeypatch: pytest.MonkeyPatch, error: BaseException | None
) -> None:
    def prepare(_: int) -> None:
        if error is not None:
            raise error

    monkeypatch.setattr(master, "_leave_master", prepare)
    monkeypatch.setattr(master, "_status_of", lambda _: 7)

    with pytest.raises(LeftError) as left:
        master._run_runner("in:0:1", 1)

    held = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert left.value.args == (7 if error is None else 1,)
    assert signal.SIGTERM in held


@pytest.mark.usefixtures("_signals", "_exits")
def test_the_child_of_the_fork_is_the_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[object] = []

    def run(spec: str, parent: int) -> None:
        ran.extend((spec, parent, signal.pthread_sigmask(signal.SIG_BLOCK, ())))
        raise RunnerInterrupt

    monkeypatch.setattr(os, "fork", lambda: 0)
    monkeypatch.setattr(master, "_run_runner", run)
    with pytest.raises(LeftError) as left:
        master.ForkingLoop()._start_runner("in:0:1")

    spec, parent, held = ran
    assert (spec, parent) == ("in:0:1", os.getpid())
    assert isinstance(held, set)
    assert {signal.SIGTERM, signal.SIGINT, signal.SIGHUP} <= held
    assert left.value.args == (1,)


@pytest.mark.usefixtures("_signals")
def test_runners_are_told_to_stop_until_they_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *call: told.append(call))
    monkeypatch.setattr(master, "_REPEAT_AFTER", 0.05)
    loop = master.ForkingLoop()
    loop._kids.add(1234567, ("in", 0, 1, 0))

    loop._sigterm_handler(signal.SIGTERM, None)
    deadline = time.monotonic() + 10
    while len(told) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)

    assert told[:3] == [(1234567, signal.SIGTERM)] * 3


def test_no_runner_is_forked_beside_an_open_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    closed = SimpleNamespace(
        close_session=lambda: None, engine=SimpleNamespace(dispose=lambda: None)
    )
    monkeypatch.setattr(config, "db", closed)
    monkeypatch.setattr(config, "DATA_DIR", str(tmp_path), raising=False)

    with (
        (tmp_path / "mailman.db").open("w"),
        pytest.raises(RuntimeError, match="still open"),
    ):
        master._close_database()
    master._close_database()


def test_a_runner_whose_master_has_died_already_does_not_start() -> None:
    code = "from publisher.mailhost import master; master._leave_master(-1)"

    child = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=Path(__file__).parents[2],
        check=False,
    )

    assert child.returncode == signal.SIGTERM
