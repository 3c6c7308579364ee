"""Mailman core in a directory: brought up, asked how it is, brought down."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NoReturn

from publisher.mailhost import files, loopback, readiness, stale
from publisher.mailhost.errors import MailHostError
from publisher.mailhost.loopback import Ports
from publisher.mailhost.process import Master
from publisher.mailhost.settings import MailHostSettings

_START_LIMIT = 60.0
_POLL = 0.05


class Core:
    """The Mailman of one directory, which nobody else may be running."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._configuration = files.configuration(directory)
        self._master = Master(self._configuration, files.output(directory))

    def start(self, settings: MailHostSettings, ports: Ports, password: str) -> None:
        """Clear up after a crash, write the configuration, start the processes."""
        stale.end_processes(self._configuration)
        stale.remove_locks(self._directory)
        stale.remove_unfinished_database(self._directory)
        files.write_configuration(settings, ports, password)
        self._master.start()

    def wait_until_ready(self, ports: Ports, password: str) -> None:
        """Wait until LMTP and REST answer, or raise MailHostError with the logs."""
        deadline = time.monotonic() + _START_LIMIT
        while not (
            loopback.answers(ports.lmtp)
            and readiness.rest_answers(ports.rest, password)
        ):
            self.check()
            if time.monotonic() > deadline:
                self._fail(f"Mailman is not up after {_START_LIMIT:g} seconds")
            time.sleep(_POLL)

    def check(self) -> None:
        """Raise MailHostError, with the end of the logs, if Mailman has ended."""
        if not self._master.is_running:
            self._fail("Mailman has ended by itself")

    def settle(self, timeout: float) -> None:
        """Wait until all mail that Mailman has taken is dealt with.

        Raise MailHostError, with the end of the logs, after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while not readiness.is_idle(self._directory):
            self.check()
            if time.monotonic() > deadline:
                self._fail(f"Mailman is still busy after {timeout:g} seconds")
            time.sleep(_POLL)

    def stop(self) -> None:
        """End all processes; harmless when there are none."""
        try:
            self._master.stop()
        finally:
            # A master that was killed may have runners that are on their way out.
            stale.end_processes(self._configuration)

    def _fail(self, what: str) -> NoReturn:
        msg = f"{what}\n{files.tail_of_logs(self._directory)}"
        raise MailHostError(msg)
