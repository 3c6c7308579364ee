"""What was done in the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.model.chain import Announcement


class Outcome(StrEnum):
    """What is known of one mail."""

    INTENDED = "intended"
    """It was about to be handed over; whether it was is not known."""
    ACCEPTED = "accepted"
    """The list server posted it."""
    REFUSED = "refused"
    """The list server said no; it did not take it."""
    DELIVERED = "delivered"
    """It is in the canary's mailbox, and is what was signed."""
    DAMAGED = "damaged"
    """It is in the canary's mailbox, and is not what was signed."""
    ELSEWHERE = "elsewhere"
    """Another clone had it posted, says the list server; no journal holds that."""

    @property
    def posted(self) -> bool:
        """Tell whether subscribers get it."""
        return self not in (Outcome.INTENDED, Outcome.REFUSED)


@dataclass(frozen=True, slots=True)
class Noted:
    """One record of the journal: what was known of a mail, and since when."""

    outcome: Outcome
    at: datetime
    detail: str = ""
    """What there is to know beside it: a reason, a difference."""
    seconds: float | None = None
    """Of what was seen in the canary's mailbox: how long it took to get there; None:
    it is something else, or nobody can tell."""


@dataclass(frozen=True, slots=True)
class Act:
    """An act that is no mail, e.g. that the site was put up."""

    where: str
    begun: datetime
    ended: datetime | None
    """None: it is under way, or was cut short."""
    problem: str
    """Why it failed; empty if it did not."""


class Journal(Protocol):
    """What was done in the world, kept durably: intent before the act, outcome after.

    Whatever is written is on disk when the method returns.
    """

    def outcomes(self) -> Mapping[str, Outcome]:
        """Return the last outcome of each Message-ID."""
        ...

    def records(self, message_id: str) -> Sequence[Noted]:
        """Return all that was written about one mail, oldest first."""
        ...

    def recent(self, since: datetime) -> Mapping[str, Sequence[Noted]]:
        """Return all records of the mails of which something was written since then."""
        ...

    def record(
        self,
        announcement: Announcement,
        outcome: Outcome,
        at: datetime,
        detail: str = "",
        seconds: float | None = None,
    ) -> None:
        """Write what is known of a mail."""
        ...

    def begin(self, act: str, where: str, at: datetime) -> int:
        """Write that an act begins that is no mail, and return its number."""
        ...

    def end(self, number: int, at: datetime, problem: str = "") -> None:
        """Write that an act is over; `problem` says why it failed."""
        ...

    def last(self, act: str) -> Act | None:
        """Return the newest act of a kind; None if there was none."""
        ...
