"""Where a mail may be that the list server has and did not send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.adapters.mailman import live, posting
from publisher.model.backlog import Copies

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from publisher.adapters.mailman.server import Server
    from publisher.model.chain import Announcement

_WAY = ("in", "pipeline", "out", "retry", "shunt")
_SENDING = frozenset(("in", "pipeline", "out"))


def traces(server: Server, announcement: Announcement) -> Sequence[str]:
    """Return the places, in words of people: the held posts, then Mailman's queues.

    Without the plugin, a queue tells how many messages it holds, and not which.
    """
    found = []
    if (reason := posting.held(server, announcement)) is not None:
        address = announcement.mailing_list.address
        found.append(f"it is held for a moderator of {address} ({reason})")
    if live.plugin_version(server) is None:
        return [*found, *_any(server)]
    told = server.get(posting.message_path(announcement))
    return [*found, *(f"it is in the queue `{each}`" for each in told["queues"])]


def copies(server: Server, announcement: Announcement) -> Copies | None:
    """Return how far a mail is that was posted; None if the server cannot say."""
    told = server.find(posting.message_path(announcement))
    if told is None or told.get("state") not in ("accepted", "claimed"):
        return None
    return Copies(
        delivered=int(told.get("delivered", 0)),
        waiting=int(told.get("deferred", 0)),
        sending=not _SENDING.isdisjoint(told.get("queues", ())),
    )


def _any(server: Server) -> Iterator[str]:
    """Yield the queues that hold anything."""
    held = {entry.get("name"): entry.get("count") for entry in server.entries("queues")}
    for name in _WAY:
        if count := held.get(name):
            yield f"the queue `{name}` holds {count} mails, and it may be among them"
