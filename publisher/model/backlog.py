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
class Copies:
    """What became of the copies of one mail, in recipients."""

    delivered: int
    """The mail server has taken them."""
    waiting: int
    """It put them off; the list server tries again by itself."""
    sending: bool
    """Whether the list server is about them right now, or has yet to begin."""

    @property
    def on_way(self) -> bool:
        """Tell whether somebody has yet to get the mail."""
        return self.sending or self.waiting > 0


@dataclass(frozen=True, slots=True)
class QueueBacklog:
    """One of the server's queues that is not empty."""

    name: str
    count: int
    oldest: datetime | None
    """When its oldest message came in, if that is known."""
    copies: int | None = None
    """To how many recipients its messages go; None: that is not told."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """All of it."""

    lists: tuple[ListBacklog, ...] = ()
    """The declared lists that the server has."""
    queues: tuple[QueueBacklog, ...] = ()
