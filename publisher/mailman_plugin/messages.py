"""What became of one message to one list, in one answer.

`state` is

- `accepted`: it was posted;
- `claimed`: it was about to be posted when Mailman was stopped, or it is right now;
- `refused`: it was not posted, and `reason` says why;
- `queued`: nobody has looked at it yet;
- `unknown`: Mailman has no such message.

`sha256` is that of the text that was posted, or is about to be; it may be another text
than the one of the message that is asked about.

`queues` are those that hold it now; `shunt` among them means that a person has to look.
`delivered`, `deferred` and `refused_recipients` count recipients.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mailman.config import config
from mailman.rest.helpers import etag, okay

from publisher.mailman_plugin import deliveries, queues, standing
from publisher.mailman_plugin.ledger import Ledger

if TYPE_CHECKING:
    from falcon import Request, Response

    from publisher.mailman_plugin.gate import Post


class Message:
    """One message, by the SHA-256 of its Message-ID."""

    def __init__(self, list_id: str, name: str) -> None:
        self._list_id = list_id
        self._name = name

    def on_get(self, request: Request, response: Response) -> None:
        """Tell all that is known of it."""
        del request
        told = {"list_id": self._list_id, "at": "", "reason": ""}
        okay(response, etag({**told, **_told(self._list_id, self._name)}))


def _told(list_id: str, name: str) -> Mapping[str, object]:
    ledger = Ledger(config.db.store, list_id)
    # First: a message that goes on while it is looked for is in the ledger by then.
    held = queues.holding(list_id, name)
    post, refusal = ledger.post(name), ledger.refusal(name)
    told: dict[str, object] = {"queues": held}
    if refusal is not None:
        told |= {"state": "refused", "reason": refusal[0], "at": refusal[1]}
    if post is not None:
        told |= _posted(list_id, post)
    return {"state": "queued" if held else "unknown", **told}


def _posted(list_id: str, post: Post) -> Mapping[str, object]:
    """Return what is known of a post; nothing if its claim has come to nothing."""
    stands = standing.state(config.db.store, list_id, post)
    if stands is None:
        return {}
    told = {"state": stands.value, "text": str(post.key), "at": post.at}
    return {
        **told,
        "sha256": post.sha256,
        **_recipients(list_id, post.message_id),
    }


def _recipients(list_id: str, message_id: str) -> Mapping[str, int]:
    """Return what became of the copies; nothing before the first one was sent."""
    counts = deliveries.counts(config.db.store, list_id, message_id)
    if counts is None:
        return {}
    return {
        "delivered": counts.delivered,
        "deferred": counts.deferred,
        "refused_recipients": counts.refused,
    }
