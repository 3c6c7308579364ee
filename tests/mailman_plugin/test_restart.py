"""An MTA that goes away for some seconds in the middle of a post."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from publisher.model.backlog import Copies, QueueBacklog
from publisher.model.chain import Announcement
from tests.keys import Key
from tests.mailman_plugin import hosts, smtpd

pytestmark = [pytest.mark.mailman, pytest.mark.gpg]

READERS = [f"reader-{number:02}@home.example" for number in range(30)]
_TAKEN = 12
"""How many copies the MTA takes before it goes away."""
_PATIENCE = 40.0


@dataclass
class Mta:
    """What answers for a while, then does not, and then does again."""

    texts: int = 0
    down: bool = False

    def __call__(self, command: str) -> bytes | None:
        if command == smtpd.TEXT and not self.down:
            self.texts += 1
            self.down = self.texts == _TAKEN + 1
        return smtpd.LOST if self.down else None


def copies(server: hosts.Server, announcement: Announcement, *, waiting: int) -> Copies:
    """Return how far a mail is, once so many copies wait and none is under way."""
    end = time.monotonic() + _PATIENCE
    while True:
        told = server.lists.copies(announcement)
        assert told is not None
        is_quiet = told.waiting == waiting and not told.sending
        if is_quiet or time.monotonic() > end:
            return told
        time.sleep(0.05)


def test_those_whom_it_missed_are_told_of_and_get_it_soon_once(team_key: Key) -> None:
    mta = Mta()
    key = hosts.edition_key(hosts.ADVISORY, "ja")
    with smtpd.running(mta) as relay:
        changes: dict[str, Any] = {
            "relay": ("127.0.0.1", relay.port),
            "retry_time": 1.0,
        }
        with hosts.running(team_key, plugin=True, **changes) as server:
            server.apply(hosts.JA)
            for reader in READERS:
                server.subscribe(hosts.JA, reader)
            # A copy for each, so that each may be put off by itself.
            page = {"leave_url": "https://www.cert.example/leave"}
            server.lists.update(hosts.JA, page)
            data = server.key.clearsign(hosts.text(key), "--digest-algo", "SHA512")
            mail = hosts.announcement(hosts.JA, key, data)

            server.lists.post(mail)

            left = len(READERS) - _TAKEN
            told = copies(server, mail, waiting=left)
            assert told == Copies(_TAKEN, left, sending=False)
            assert told.on_way
            [queue] = server.lists.backlog([hosts.JA]).queues
            assert isinstance(queue, QueueBacklog)
            assert (queue.name, queue.count, queue.copies) == ("retry", 1, left)
            before = relay.connections
            # Attempts come after one second, two, four.
            time.sleep(3)
            assert relay.connections - before < 10
            mta.down = False
            assert copies(server, mail, waiting=0) == Copies(
                len(READERS), 0, sending=False
            )
            assert server.lists.backlog([hosts.JA]).queues == ()
    got = Counter(each for each in relay.recipients if each in READERS)
    assert got == Counter(READERS)
