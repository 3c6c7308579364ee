"""Whether clocks agree: a pure comparison of what several of them showed.

One clock alone proves nothing, and no clock is asked twice. What counts against this
machine's clock is a large difference to another one; what counts for it is another
machine's that agrees. A commit proves only that it is at least so late.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=1)
"""By so much clocks may differ: whoever signs, posts or reads takes it for the same."""
_ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Reading:
    """What another clock showed, and this machine's before and after it was asked."""

    name: str
    """Whose it is, for people: `the list server`."""
    shown: datetime
    before: datetime
    after: datetime
    cut: timedelta = _ZERO
    """By how much it may be later than it shows: an HTTP date has whole seconds."""
    refuses: bool = False
    """Whether it takes nothing that was signed later than it shows."""
    elsewhere: bool = True
    """Whether it is another machine's for certain; else its agreement says nothing."""

    @property
    def ahead(self) -> timedelta:
        """By how much this machine's clock is ahead at least; negative: it is behind.

        Zero if they may agree: how long an answer took is no difference.
        """
        latest = self.shown + self.cut
        if self.before > latest:
            return self.before - latest
        if self.after < self.shown:
            return self.after - self.shown
        return _ZERO

    @property
    def agrees(self) -> bool:
        """Tell whether the difference, if there is one, is small enough."""
        return abs(self.ahead) <= TOLERANCE

    def __str__(self) -> str:
        """Say what it shows and how far this machine's is from that."""
        where = "ahead of it" if self.ahead > _ZERO else "behind it"
        return (
            f"{self.name} says {_at(self.shown)}, and the clock here is "
            f"{amount(self.ahead)} {where}"
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What there is to say of the clocks; nothing, if they agree."""

    wrong: tuple[str, ...] = ()
    """What would do harm, and for which nothing may be signed or put up."""
    odd: tuple[str, ...] = ()
    """What somebody should mend, and which does no harm."""


def compare(
    readings: Sequence[Reading], committed: datetime | None, now: datetime
) -> Verdict:
    """Say whether this machine's clock, which shows `now`, can be relied on.

    `committed` is when the last commit was made; None: there is none.
    """
    off = [each for each in readings if not each.agrees]
    proven = any(each.agrees and each.elsewhere for each in readings)
    wrong = [str(each) for each in off if not proven or _refuses(each)]
    odd = [str(each) for each in off if proven and not _refuses(each)]
    for text in _later(committed, now):
        heard = wrong or any(each.agrees for each in readings)
        (odd if heard else wrong).append(text)
    return Verdict(tuple(wrong), tuple(odd))


def amount(difference: timedelta) -> str:
    """Write how much time it is, whichever way, in the largest two units."""
    seconds = int(abs(difference).total_seconds())
    for size, one, rest in ((86400, "day", "hour"), (3600, "hour", "minute")):
        if seconds >= size:
            whole, left = divmod(seconds, size)
            lesser = left // (size // (24 if one == "day" else 60))
            return _counted(whole, one) + (
                f" {_counted(lesser, rest)}" if lesser else ""
            )
    if seconds >= 60:
        whole, left = divmod(seconds, 60)
        return _counted(whole, "minute") + (f" {left} s" if left else "")
    return f"{seconds} s"


def _refuses(reading: Reading) -> bool:
    """Tell whether a server would refuse what is signed here now."""
    return reading.refuses and reading.ahead > _ZERO


def _later(committed: datetime | None, now: datetime) -> Iterator[str]:
    if committed is not None and committed - now > TOLERANCE:
        yield (
            f"the last commit was made at {_at(committed)}, and the clock here is "
            f"{amount(committed - now)} behind that"
        )


def _counted(number: int, one: str) -> str:
    return f"{number} {one}{'' if number == 1 else 's'}"


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
