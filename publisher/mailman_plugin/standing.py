"""What is true of a text that is claimed and not recorded as posted.

Each runner puts a message into the next queue before it drops it from its own, and each
delivery is recorded as begun before it begins. So, looked at in this order, a message
that is in no queue and was not begun was never posted, and never will be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.mailman_plugin import copies, queues
from publisher.mailman_plugin.gate import State
from publisher.mailman_plugin.ledger import digest

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from publisher.mailman_plugin.gate import Post


def state(
    session: Session, list_id: str, post: Post, *, beside: int = 0
) -> State | None:
    """Return how far a post has come; None if its claim has come to nothing.

    Of the messages in the queues, so many are `beside` the one that claimed.
    """
    if post.state is not State.CLAIMED:
        return post.state
    name = digest(post.message_id)
    held = queues.count(list_id, name)
    if copies.begun(session, list_id, name):
        return State.ACCEPTED
    # Of claims from before the digests, nobody knows: no delivery was recorded then.
    is_open = not post.sha256 or held is None or held > beside
    return State.CLAIMED if is_open else None
