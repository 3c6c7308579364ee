"""What was not signed, while the rest was: said at the end, with the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from publisher.cli import common
from publisher.errors import AuthorError, TrustError
from publisher.model import unsigned
from publisher.model.unsigned import Reason, Unsigned

if TYPE_CHECKING:
    from publisher.pipeline.checking import Loaded

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Left:
    """What was left, and why."""

    unlinted: tuple[Loaded, ...] = ()
    """Advisories that do not pass lint; their findings were shown."""
    doubts: tuple[Unsigned, ...] = ()
    """What else is in the way, each with its file."""

    def every(self) -> Iterator[Unsigned]:
        """Yield all of it, each with its reason."""
        for each in self.unlinted:
            findings = [finding.to_json() for finding in each.findings]
            text = f"{each.id} does not pass lint"
            yield Unsigned(Reason.FAULTY, text, each.id, facts={"findings": findings})
        yield from self.doubts

    def more(self, doubts: Iterable[Unsigned]) -> Left:
        """Return the same with more doubts."""
        return replace(self, doubts=(*self.doubts, *doubts))

    def require_nothing(self) -> None:
        """Raise AuthorError if an author has to act, or TrustError for other doubts."""
        doubts = unsigned.lines(self.doubts)
        if self.unlinted:
            if doubts:
                click.echo(doubts, err=True)
            count = common.counted(len(self.unlinted), "advisory", "advisories")
            names = ", ".join(str(each.id) for each in self.unlinted[:_NAMED])
            more = ", …" if len(self.unlinted) > _NAMED else ""
            verb = "does" if len(self.unlinted) == 1 else "do"
            msg = (
                f"{count} {verb} not pass lint ({names}{more}); nothing was done with "
                "that: mend what is named above"
            )
            raise AuthorError(msg)
        if doubts:
            raise TrustError(doubts)
