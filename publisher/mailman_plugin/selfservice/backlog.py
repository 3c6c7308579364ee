"""In which order mails are taken out of the queue of commands: networks take turns.

Mailman takes them as they came. Where somebody sends more than can be read, all others
would wait behind him, also those who confirm or leave.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from email.message import Message
from pathlib import Path

from mailman.core.switchboard import Switchboard

from publisher.mailman_plugin.selfservice import origin
from publisher.mailman_plugin.selfservice.origin import Networks

_FEW = 50
"""So many are read as they came; of more, so many are read before looking again."""


def in_turns(networks: Mapping[str, str]) -> Sequence[str]:
    """Return names by turns: the first of each network before the second of any.

    `networks` are those of the names, which are in the order in which they came.
    """
    seen: Counter[str] = Counter()
    turns = []
    for place, (name, network) in enumerate(networks.items()):
        turns.append((seen[network], place, name))
        seen[network] += 1
    return [name for _turn, _place, name in sorted(turns)]


class Fair(Switchboard):  # type: ignore[misc]  # Mailman has no types.
    """Mailman's view of a queue, but for the order."""

    def __init__(
        self, queue: Switchboard, networks: Callable[[], Networks], few: int = _FEW
    ) -> None:
        """Take over the view of a queue from Mailman's own."""
        self.__dict__.update(queue.__dict__)
        self._settings = networks
        self._few = few
        self._networks: dict[str, str] = {}

    @property
    def files(self) -> Sequence[str]:
        """The names of the messages that are to be read next."""
        names: Sequence[str] = self.get_files()
        if len(names) <= self._few:
            self._networks = {}
            return names
        settings = self._settings()
        self._networks = {
            name: self._networks.get(name) or self._network(name, settings)
            for name in names
        }
        return in_turns(self._networks)[: self._few]

    def _network(self, name: str, settings: Networks) -> str:
        """Return where a message came from; those that cannot be read are as one.

        Whoever takes it out of the queue will say what is wrong with it.
        """
        file = Path(self.queue_directory) / f"{name}.pck"
        try:
            # Mailman's own files, pickled by it.
            with file.open("rb") as stream:
                message = pickle.load(stream)  # noqa: S301
        except Exception:  # noqa: BLE001
            # What a damaged pickle raises can be anything.
            return "?"
        if not isinstance(message, Message):
            return "?"
        return origin.of(message, settings).network
