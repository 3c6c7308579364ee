"""How a signed text stands: in the publication record, and among its revisions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from publisher import security_txt
from publisher.record import state

if TYPE_CHECKING:
    from publisher.imprint import Imprint
    from publisher.model.ids import AdvisoryId, Language
    from publisher.record import Entry, Record

_FIELD = re.compile(r"#.*|[A-Za-z-]+: \S.*|")
"""A line of a security.txt (RFC 9116, section 2.2)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the record says of a text."""

    recorded: bool
    """Whether this very file is in it."""
    newest: bool
    """Whether no newer revision is public in its language."""
    newest_revision: int | None
    """The newest one that is public in its language; None if none is."""
    embargo: datetime | None = None
    """Until when it is not public; None if it is."""

    def __str__(self) -> str:
        """Write it for people."""
        if self.embargo is not None:
            return f"under embargo until {self.embargo.isoformat()}"
        if self.newest or self.newest_revision is None:
            return "the newest revision"
        return f"not the newest: revision {self.newest_revision} is"


class Standings:
    """A record, asked for one text at a time."""

    def __init__(self, record: Record, now: datetime) -> None:
        """Take what is public at `now` as public."""
        self._now = now
        self._entries: dict[str, Entry] = {}
        self._newest: dict[tuple[AdvisoryId, Language], int] = {}
        for entry in record.entries.values():
            self._entries[entry.sha256] = entry
            if entry.date <= now:
                name = (entry.key.id, entry.key.language)
                known = self._newest.get(name, 0)
                self._newest[name] = max(known, entry.key.revision)

    def of(self, inside: Imprint, sha256: str) -> Standing:
        """Return how the file with this digest stands, which has this imprint."""
        key = inside.key
        entry = self._entries.get(sha256)
        newest = self._newest.get((key.id, key.language))
        hidden = entry is not None and entry.date > self._now
        return Standing(
            recorded=entry is not None,
            newest=newest is not None and key.revision >= newest and not hidden,
            newest_revision=newest,
            embargo=entry.date if entry is not None and hidden else None,
        )

    def doubt(self, inside: Imprint, sha256: str) -> str:
        """Say why the record speaks against a signed file; empty if it does not."""
        entry = self._entries.get(sha256)
        if entry is None:
            return (
                "the signature is good, but the publication record does not have this "
                "text: it was never published, or was published with another signature"
            )
        if entry.key != inside.key:
            return f"the publication record has this file as {entry.key}"
        if entry.signature == 1 and state(entry.after) != inside.record:
            return (
                "the state of the publication record that it names is not the one that "
                "the record gives for it"
            )
        return ""


def expiry(text: str) -> datetime | None:
    """Return when a security.txt expires (RFC 9116, section 2.5.5).

    None if `text` is none: it holds other lines than fields and comments, or does not
    say once when it expires.
    """
    if not all(map(_FIELD.fullmatch, text.split("\n"))):
        return None
    try:
        return security_txt.expires(text)
    except ValueError:
        return None
