"""Mailman's master process: started, watched and ended.

It runs in a session of its own, so that a Ctrl-C in the terminal reaches only this
process, which then ends the master in order. It holds the read end of a pipe; when
this process dies, however that happens, the pipe closes and the master stops.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

from publisher.mailhost.errors import MailHostError

logger = logging.getLogger(__name__)

SCRIPT = Path(__file__).with_name("master.py")
_STOP_LIMIT = 20.0


class Master:
    """Mailman's master process and, through it, its runners."""

    def __init__(
        self, configuration: Path, output: Path, *, stop_limit: float = _STOP_LIMIT
    ) -> None:
        """Prepare to run Mailman; what it prints goes to the file `output`."""
        self._configuration = configuration
        self._output = output
        self._stop_limit = stop_limit
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the master; it is ready when its servers answer, not before."""
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                # -P: the script's own folder must not shadow other modules.
                [sys.executable, "-P", SCRIPT, SCRIPT.parents[2], self._configuration],
                cwd=self._configuration.parent,
                env=_environment(self._configuration),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        logger.debug("Mailman's master is process %d", self._process.pid)

    @property
    def is_running(self) -> bool:
        """Whether the master is alive."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End the master, which ends its runners first; harmless when not running.

        Raise MailHostError if it had to be killed; its runners may outlive that.
        """
        process, self._process = self._process, None
        if process is None:
            return
        # Both ask for the same: a master that is still starting reads no pipe.
        process.terminate()
        try:
            process.communicate(timeout=self._stop_limit)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.wait()
            msg = f"Mailman did not stop within {self._stop_limit:g} seconds; killed"
            raise MailHostError(msg) from error


def _environment(configuration: Path) -> dict[str, str]:
    """Return this process's environment without what would change Mailman's ways."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MAILMAN_", "LC_")) and name not in {"LANG", "LANGUAGE"}
    }
    return {
        **inherited,
        "LC_ALL": "C.UTF-8",
        "MAILMAN_CONFIG_FILE": str(configuration),
    }
