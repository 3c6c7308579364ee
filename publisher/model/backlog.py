"""What lies on the list server and does not go on by itself, or not yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.model.settings import MailingList


@dataclass(frozen=True, slots=True)
class ListBacklog:
    """What waits or bounces on one list."""

    mailing_list: MailingList
    held: int = 0
    """Posts that wait for a moderator."""
    requests: int = 0
    """Subscriptions that wait for a moderator."""
    disabled: int | None = 0
    """Members who get no mail any more since it bounced; None: the server is not asked,
    as it would take too long."""
    bouncing: int | None = 0
    """Members whose mail bounced lately; None as above."""


@dataclass(frozen=True, slots=True)
class QueueBacklog:
    """One of the server's queues that is not empty."""

    name: str
    count: int
    oldest: datetime | None
    """When its oldest message came in, if that is known."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """All of it."""

    lists: tuple[ListBacklog, ...] = ()
    """The declared lists that the server has."""
    queues: tuple[QueueBacklog, ...] = ()
