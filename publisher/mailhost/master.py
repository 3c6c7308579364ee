"""Mailman's master process, with runners that are forked instead of executed anew.

`process.Master` runs this file as a script: `python -P master.py ROOT CONFIG`, with
the read end of a pipe as standard input. It is `mailman.bin.master` but for this:

- Stock Mailman starts each runner as a fresh interpreter that loads Mailman again
  (about a second of CPU and 80 MB each, a dozen times). Here Mailman is loaded once
  and the runners are forked from it.
- Its life ends with its host's: when the pipe closes, it stops as on SIGTERM. When it
  is killed itself, the kernel kills the runners.
- A SIGTERM always stops all runners. Stock Mailman sends it once; a runner that is
  started after that never hears of it, and one that is just starting may lose it
  (the signal raises an exception, and Mailman's log handlers swallow exceptions).

This module imports Mailman and nothing of the package, whose `__init__` would load
the parts that only the parent needs.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import NoReturn

if sys.version_info >= (3, 13):
    # Mailman 3.3.10 enters paths as contexts, which they were until Python 3.13
    # (gh-83863 made it an error); it was without any effect.
    Path.__enter__ = lambda self: self  # type: ignore[attr-defined]
    Path.__exit__ = lambda *_: None  # type: ignore[attr-defined]

from mailman.bin.master import Loop, acquire_lock
from mailman.bin.runner import make_runner
from mailman.config import config
from mailman.core.initialize import initialize
from mailman.interfaces.runner import RunnerInterrupt
from sqlalchemy.orm import configure_mappers

logger = logging.getLogger("mailman.runner")

_HANDLED = (
    signal.SIGALRM,
    signal.SIGCHLD,
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGUSR1,
)
_REPEAT_AFTER = 1.0
# <linux/prctl.h>
_PR_SET_PDEATHSIG = 1


class ForkingLoop(Loop):  # type: ignore[misc]
    """Mailman's watcher of runners; it forks them out of itself."""

    def _start_runner(self, spec: str) -> int:
        """Fork the runner of `spec`, "name:slice:count", and return its process id.

        Signals are held back from before the fork until the child has dropped the
        handlers that it inherits: they would make it act as a second master.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
        master = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                _run_runner(spec, master)
            finally:
                os._exit(1)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return pid

    def _sigterm_handler(self, signum: int, frame: FrameType | None) -> None:
        """Tell the runners to stop, and tell them again until none is left."""
        super()._sigterm_handler(signum, frame)
        signal.signal(signal.SIGALRM, self._sigterm_handler)
        signal.setitimer(signal.ITIMER_REAL, _REPEAT_AFTER)

    def _pause(self) -> None:
        """Do not wait for a first signal; there always are runners to wait for."""


def _run_runner(spec: str, master: int) -> NoReturn:
    """Be the runner `spec` of the process `master` until told to stop."""
    status = 1
    try:
        _leave_master(master)
        status = _status_of(spec)
    finally:
        # A second signal would raise an exception here as well.
        signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
        logging.shutdown()
        # Not sys.exit: the master's locks and cleanups are not the runner's to run.
        os._exit(status)


def _status_of(spec: str) -> int:
    """Run the runner `spec` and return its exit status, which the master judges by."""
    name, part, count = spec.split(":")
    try:
        runner = make_runner(name, int(part), int(count))
        runner.set_signals()
        logger.info("%s runner started.", name)
        runner.run()
    except RunnerInterrupt:
        # The signal came before the runner was in its loop.
        return signal.SIGTERM
    except SystemExit as error:
        # gunicorn's way to end a worker of the REST runner.
        return error.code if isinstance(error.code, int) else 1
    except Exception:
        logger.exception("%s runner failed.", name)
        return 1
    logger.info("%s runner exiting.", name)
    return int(runner.status)


def _leave_master(master: int) -> None:
    """Drop the handlers and the held signals that a fork inherits."""
    for number in _HANDLED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    if os.getppid() != master:
        # It died before `_end_with_parent` took effect.
        raise SystemExit(signal.SIGTERM)


def _end_with_parent() -> None:
    """Have the kernel kill this process when its parent dies: prctl(2)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _stop_with_host() -> None:
    """Wait until the host closes its end of the pipe, into which it never writes."""
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _close_database() -> None:
    """Close all connections, or raise RuntimeError: none may be open across a fork.

    https://sqlite.org/howtocorrupt.html#_carrying_an_open_database_across_a_fork_
    """
    config.db.close_session()
    config.db.engine.dispose()
    # SQLite keeps the file open as long as a statement is left, if only in a cycle.
    gc.collect()
    database = Path(config.DATA_DIR, "mailman.db").resolve()
    if database in {link.resolve() for link in Path("/proc/self/fd").iterdir()}:
        msg = f"{database} is still open: no runner can be forked"
        raise RuntimeError(msg)


def main(root: str, path: str) -> None:
    """Run Mailman with the configuration at `path` until SIGTERM.

    `root` is the folder that holds the package `publisher`, for the plugin.
    """
    sys.path.append(root)
    os.environ["MAILMAN_UNDER_MASTER_CONTROL"] = "1"
    initialize(path)
    _close_database()
    lock = acquire_lock(force=True)
    pid_file = Path(config.PID_FILE)
    pid_file.write_text(f"{os.getpid()}\n", encoding="ascii")
    loop = ForkingLoop(lock, restartable=True, config_file=path)
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
        loop.install_signal_handlers()
        # What is loaded by now stays shared: no garbage collection touches its pages.
        configure_mappers()
        gc.freeze()
        # For the REST runner's worker too, which gunicorn forks.
        os.register_at_fork(after_in_child=_end_with_parent)
        loop.start_runners()
        threading.Thread(target=_stop_with_host, daemon=True).start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)
        loop.loop()
    finally:
        loop.cleanup()
        pid_file.unlink()
        lock.unlock()


if __name__ == "__main__":
    main(*sys.argv[1:])
