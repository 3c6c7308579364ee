"""Where an advisory stands, as values: what people read is made of them at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from publisher.model.moment import UNDATED

if TYPE_CHECKING:
    from datetime import datetime


class State(StrEnum):
    """Where an advisory stands; scripts read these words, so they stay as they are."""

    PUBLISHED = "published"
    """It is on the site as it is signed."""
    UNBUILT = "unbuilt"
    """It may be published, and the site does not hold it as it is yet."""
    DRAFT = "draft"
    """Its source says `draft: true`."""
    EMBARGOED = "embargoed"
    """Its date is still ahead."""
    RESTRICTED = "restricted"
    """Its TLP label is another one than CLEAR."""
    UNSIGNED = "unsigned"
    """It passes lint, and no signature covers it."""
    FAULTY = "faulty"
    """It does not pass lint."""
    DOUBTFUL = "doubtful"
    """What is signed of it does not count, or covers something else."""


_SHOWN = {
    State.UNBUILT: "not built",
    State.EMBARGOED: "without a date",
    State.UNSIGNED: "not signed",
    State.FAULTY: "does not pass lint",
    State.DOUBTFUL: "in doubt",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A state, with the facts that belong to it."""

    state: State
    until: datetime | None = None
    """When an embargo ends; None: that is still to be written, or there is none."""
    tlp: str = ""
    """The label of what is restricted, e.g. `AMBER`."""

    @classmethod
    def embargoed(cls, until: datetime) -> Self:
        """Return that of what waits for a date, which may be still to be written."""
        return cls(State.EMBARGOED, until=None if until == UNDATED else until)

    def __str__(self) -> str:
        """Write it for people, as it stands behind "is"."""
        if self.state is State.EMBARGOED and self.until is not None:
            return f"embargoed until {self.until.isoformat()}"
        if self.state is State.RESTRICTED:
            return f"TLP:{self.tlp}"
        return _SHOWN.get(self.state, str(self.state))

    def to_json(self) -> dict[str, Any]:
        """Return it as scripts read it: the state, and the facts that it has."""
        facts: dict[str, Any] = {"state": str(self.state)}
        if self.until is not None:
            facts["until"] = self.until.isoformat()
        if self.tlp:
            facts["tlp"] = self.tlp
        return facts


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Work on a published advisory that is not out; what was signed last stays up."""

    standing: Standing
    """Why it is not out."""
    revision: int | None
    """The revision of the original that is being made; None: its source says none."""
    serving: int
    """The revision of the original that the public has."""

    def __str__(self) -> str:
        """Write it for people."""
        is_new = self.revision is not None and self.revision > self.serving
        what = f"revision {self.revision}" if is_new else "a change"
        return f"{what} is held back: {self.standing}; revision {self.serving} stays up"

    def to_json(self) -> dict[str, Any]:
        """Return it as scripts read it."""
        return {
            **self.standing.to_json(),
            "revision": self.revision,
            "serving": self.serving,
        }
