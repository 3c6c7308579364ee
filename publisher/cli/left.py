"""What was not signed, while the rest was: said at the end, with the exit code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from publisher.cli import common
from publisher.errors import AuthorError, TrustError

if TYPE_CHECKING:
    from publisher.model.ids import AdvisoryId

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Left:
    """What was left, and why."""

    unlinted: tuple[AdvisoryId, ...] = ()
    """Advisories that do not pass lint; their findings were shown."""
    doubts: tuple[str, ...] = ()
    """What else is in the way, each with its file."""

    def more(self, doubts: Iterable[str]) -> Left:
        """Return the same with more doubts."""
        return replace(self, doubts=(*self.doubts, *doubts))

    def require_nothing(self) -> None:
        """Raise AuthorError if an author has to act, or TrustError for other doubts."""
        doubts = "\n".join(self.doubts)
        if self.unlinted:
            if doubts:
                click.echo(doubts, err=True)
            count = common.counted(len(self.unlinted), "advisory", "advisories")
            names = ", ".join(map(str, self.unlinted[:_NAMED]))
            more = ", …" if len(self.unlinted) > _NAMED else ""
            verb = "does" if len(self.unlinted) == 1 else "do"
            msg = (
                f"{count} {verb} not pass lint ({names}{more}); nothing was done with "
                "that: mend what is named above"
            )
            raise AuthorError(msg)
        if doubts:
            raise TrustError(doubts)
