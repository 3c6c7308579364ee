"""The runner that tries again what the MTA put off: soon at first, then less often.

Stock Mailman looks every fifteen minutes, so an MTA that restarts for ten seconds
delays a warning by a quarter of an hour. Here `sleep_time` is the first wait; each
attempt after which nobody more has got the mail doubles it, up to the fifteen minutes.
An MTA that stays away is asked as seldom as ever.

`delivery` writes into the message how many attempts there were.
"""

from __future__ import annotations

import pickle
import time
from typing import Any

from mailman.config import config
from mailman.core.switchboard import Switchboard
from mailman.runners.retry import RetryRunner

from publisher.mailman_plugin.waiting import ATTEMPTS, wait

__all__ = ["Retry"]


class Retry(RetryRunner):  # type: ignore[misc]  # Mailman has no types.
    """Put a message back into the queue `out` when its wait is over."""

    def __init__(self, name: str, slice: int | None = None) -> None:  # noqa: A002
        super().__init__(name, slice)
        slices = int(getattr(config, f"runner.{name}").instances)
        folder = self.queue_directory
        self.switchboard = Patient(name, folder, slice, slices, self.sleep_float)


class Patient(Switchboard):  # type: ignore[misc]  # Mailman has no types.
    """The queue, of which only what is due is to be seen."""

    def __init__(
        self, name: str, folder: str, part: int | None, parts: int, first: float
    ) -> None:
        super().__init__(name, folder, part, parts, recover=False)
        self._first = first
        self._due: dict[str, float] = {}
        """When each message is due, which a look into it has told."""

    @property
    def files(self) -> list[str]:
        """Return the messages whose wait is over, the oldest first."""
        return self.due(time.time())

    def due(self, now: float) -> list[str]:
        """Return those whose wait is over at `now`, in seconds as Mailman has them."""
        there = self.get_files()
        self._due = {each: self._due.get(each) or self._read(each) for each in there}
        # A clock that was set back since lets nothing wait longer than it would.
        return [
            each
            for each in there
            if now >= self._due[each] or now < _entered(each) - self._first
        ]

    def _read(self, name: str) -> float:
        """Return when a message is due; one that cannot be read is, at once."""
        try:
            with open(f"{self.queue_directory}/{name}.pck", "rb") as stream:  # noqa: PTH123
                pickle.load(stream)  # noqa: S301  (Mailman's own files)
                metadata: dict[str, Any] = pickle.load(stream)  # noqa: S301
            attempts = int(metadata.get(ATTEMPTS, 1))
        except Exception:  # noqa: BLE001
            # Mailman sees what is wrong with it, and puts it aside.
            return _entered(name)
        return _entered(name) + wait(attempts, self._first)


def _entered(name: str) -> float:
    """Return when a message came into the queue; Mailman names its file after that."""
    return float(name.partition("+")[0])
