"""What does not go on at the list server, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from publisher.model.backlog import Backlog, ListBacklog, QueueBacklog
    from publisher.model.settings import MailingList
    from publisher.ports import Lists

_SOON = timedelta(minutes=2)
"""What a working server has not taken up by then waits for something."""
_QUEUES: Mapping[str, tuple[str, str]] = {
    "shunt": (
        "put aside after an error",
        "mailman.log on the server says why; mend that, then run `mailman unshunt`",
    ),
    "bad": (
        "damaged and put aside",
        "`mailman qfile` shows each file of var/queue/bad; delete it then",
    ),
    "out": (
        "being sent",
        "if it gets older, see that the MTA takes mail, and smtp.log on the server",
    ),
    "retry": (
        "to be sent again, since the MTA put somebody off",
        "Mailman tries again by itself; smtp-failure.log on the server says why",
    ),
}
_STOPPED = ("not taken up", "see that Mailman's runner of this name runs")


class MatterKind(StrEnum):
    """What waits or bounces; scripts read these words, so they stay as they are."""

    HELD_POSTS = "held-posts"
    """Posts that wait for a moderator."""
    HELD_REQUESTS = "held-requests"
    """Subscriptions that wait for a moderator."""
    DISABLED = "disabled"
    """Subscribers that get no mail, since it came back."""
    BOUNCING = "bouncing"
    """Subscribers whose mail came back lately."""
    SHUNTED = "shunted"
    """Put aside after an error."""
    DAMAGED = "damaged"
    """Files of a queue that cannot be read."""
    QUEUED = "queued"
    """In any other queue."""

    @property
    def waits_for_somebody(self) -> bool:
        """Tell whether nothing goes on before a person acts."""
        return self in _WAITS_FOR_SOMEBODY

    @property
    def is_of_a_queue(self) -> bool:
        """Tell whether it is in one of the server's queues."""
        return self in _OF_QUEUES


_OF_QUEUES = frozenset({MatterKind.SHUNTED, MatterKind.DAMAGED, MatterKind.QUEUED})
_WAITS_FOR_SOMEBODY = frozenset(
    {
        MatterKind.HELD_POSTS,
        MatterKind.HELD_REQUESTS,
        MatterKind.SHUNTED,
        MatterKind.DAMAGED,
    }
)
_KINDS = {"shunt": MatterKind.SHUNTED, "bad": MatterKind.DAMAGED}
"""What is in a queue of a name; in all others, something is on its way."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that waits or bounces."""

    kind: MatterKind
    where: str
    """The address of a list, or the name of a queue."""
    what: str
    count: int
    since: datetime | None
    advice: str

    def __str__(self) -> str:
        """Write it for people, on one line."""
        since = f" since {self.since:%Y-%m-%d %H:%M} UTC" if self.since else ""
        return f"{self.where}: {self.count} {self.what}{since}: {self.advice}"

    def to_json(self) -> dict[str, Any]:
        """Return it as `publisher status --json` shows it."""
        return {
            "kind": str(self.kind),
            "where": self.where,
            "what": self.what,
            "count": self.count,
            "since": self.since.isoformat() if self.since else None,
            "advice": self.advice,
        }


@dataclass(frozen=True, slots=True)
class Standstill:
    """All of it."""

    problem: str = ""
    """Why nothing is known; empty if the server told."""
    matters: tuple[Matter, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as `publisher status --json` shows it."""
        return {
            "problem": self.problem,
            "matters": [each.to_json() for each in self.matters],
        }


def standstill(
    lists: Lists, declared: Sequence[MailingList], now: datetime
) -> Standstill:
    """Ask the list server about the declared lists and its queues, or raise."""
    return Standstill(matters=matters(lists.backlog(declared), now))


def matters(backlog: Backlog, now: datetime) -> tuple[Matter, ...]:
    """Return what there is to know, that of the lists first."""
    of_lists = (each for found in backlog.lists for each in _of_list(found))
    of_queues = (_of_queue(each, now) for each in backlog.queues)
    return (*of_lists, *(each for each in of_queues if each is not None))


def _of_list(found: ListBacklog) -> Iterator[Matter]:
    held = "a list as declared holds nothing: run `publisher lists check`; discard them"
    asked = "run `publisher lists apply`, so that addresses confirm by themselves"
    rows = (
        (MatterKind.HELD_POSTS, "post{s} held for a moderator", found.held, held),
        (
            MatterKind.HELD_REQUESTS,
            "subscription{s} held for a moderator",
            found.requests,
            asked,
        ),
        (
            MatterKind.DISABLED,
            "subscriber{s} without mail, as it bounced",
            found.disabled,
            "nothing to do: Mailman asks them, then removes them",
        ),
        (
            MatterKind.BOUNCING,
            "subscriber{s} whose mail bounced lately",
            found.bouncing,
            "nothing to do: Mailman counts, and stops after too many bounces",
        ),
    )
    for kind, what, count, advice in rows:
        if count:
            things = what.format(s="" if count == 1 else "s")
            address = found.mailing_list.address
            yield Matter(kind, address, things, count, None, advice)


def _of_queue(queue: QueueBacklog, now: datetime) -> Matter | None:
    what, advice = _QUEUES.get(queue.name, _STOPPED)
    is_new = queue.oldest is not None and now - queue.oldest < _SOON
    if is_new and queue.name not in ("shunt", "bad", "retry"):
        # It is on its way.
        return None
    kind = _KINDS.get(queue.name, MatterKind.QUEUED)
    return Matter(kind, f"queue {queue.name}", what, queue.count, queue.oldest, advice)
