"""What is held, put aside or bouncing on the list server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from publisher.adapters.mailman import live
from publisher.model.backlog import Backlog, ListBacklog, QueueBacklog

if TYPE_CHECKING:
    from publisher.adapters.mailman.server import Content, Server
    from publisher.model.settings import MailingList

_MANY = 2000
"""From so many members on, a server without the plugin takes too long to answer."""


def backlog(server: Server, lists: Sequence[MailingList], *, plugin: bool) -> Backlog:
    """Return it for those of `lists` that the server has, and for its queues."""
    found = (_of_list(server, each, plugin=plugin) for each in lists)
    return Backlog(
        lists=tuple(each for each in found if each is not None),
        queues=tuple(_told(server) if plugin else _listed(server)),
    )


def _of_list(
    server: Server, mailing_list: MailingList, *, plugin: bool
) -> ListBacklog | None:
    base = live.path(mailing_list)
    told = server.find(base)
    if told is None:
        return None
    bounces = _bounces(server, mailing_list, told, plugin=plugin)
    return ListBacklog(
        mailing_list,
        # The entries hold the messages themselves; only their number is wanted.
        held=_size(server.get(f"{base}/held?count=1&page=1")),
        requests=_size(
            server.get(f"{base}/requests?token_owner=moderator&count=1&page=1")
        ),
        disabled=bounces.get("disabled"),
        bouncing=bounces.get("bouncing"),
    )


def _bounces(
    server: Server, mailing_list: MailingList, told: Content, *, plugin: bool
) -> Mapping[str, int | None]:
    if plugin:
        return server.get(f"plugins/publisher/bounces/{quote(mailing_list.list_id)}")
    if int(told.get("member_count", 0)) > _MANY:
        return {}
    like = {"list_id": mailing_list.list_id, "role": "member"}
    off = urlencode({**like, "delivery_status": "by_bounces", "fields": "member_id"})
    scores = urlencode({**like, "fields": "bounce_score"})
    bouncing = [
        entry
        for entry in server.entries(f"members/find?{scores}")
        if int(entry.get("bounce_score", 0)) > 0
    ]
    disabled = server.entries(f"members/find?{off}")
    return {"disabled": len(disabled), "bouncing": len(bouncing)}


def _told(server: Server) -> Sequence[QueueBacklog]:
    """Return the queues as the plugin tells of them."""
    told = server.get("plugins/publisher/queues").get("queues", {})
    return [
        QueueBacklog(
            name,
            int(queue["count"]),
            datetime.fromisoformat(queue["oldest"]),
            queue.get("copies"),
        )
        for name, queue in sorted(told.items())
        if queue["count"]
    ]


def _listed(server: Server) -> Sequence[QueueBacklog]:
    """Return the queues as Mailman lists their files, named after when they came."""
    return [
        QueueBacklog(str(queue["name"]), len(queue["files"]), _oldest(queue["files"]))
        for queue in server.entries("queues")
        if queue.get("files")
    ]


def _oldest(files: Sequence[str]) -> datetime:
    return datetime.fromtimestamp(min(float(f.partition("+")[0]) for f in files), UTC)


def _size(collection: Content) -> int:
    return int(collection.get("total_size", 0))
