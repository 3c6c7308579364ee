"""What `publish` did, filled in while it goes on: what scripts read of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from publisher.cli import mailing
from publisher.cli.report import Signing
from publisher.pipeline.building import Built
from publisher.pipeline.release import Live, Odd, Probed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.pipeline.pushing import Mail
    from publisher.pipeline.release import Event

T = TypeVar("T")


@dataclass
class Publishing:
    """What `publish` did."""

    dry_run: bool = False
    signing: Signing = field(default_factory=Signing)
    events: list[Event] = field(default_factory=list)
    due: tuple[Mail, ...] = ()
    """Mails that would be sent."""
    paths: tuple[str, ...] = ()
    """What others need from git."""
    message: str = ""
    commit: str = ""
    """The commit's id."""
    pushed: bool = False

    def plan(self, built: Built, mails: Sequence[Mail]) -> None:
        """Take what would be built, and which mails would be sent."""
        self.events, self.due = [built], tuple(mails)

    def to_json(self) -> dict[str, Any]:
        """Return it as scripts read it."""
        built = _last(self.events, Built)
        live, probed = _last(self.events, Live), _last(self.events, Probed)
        return {
            **self.signing.to_json(),
            "dry_run": self.dry_run,
            "odd": [each.text for each in self.events if isinstance(each, Odd)],
            "built": built and _built(built),
            "live": live and _live(live),
            "probed": probed and probed.files,
            "mails": mailing.results(self.events) or mailing.planned(self.due),
            "git": {
                "paths": list(self.paths),
                "message": self.message,
                "commit": self.commit or None,
                "pushed": self.pushed,
            },
        }


def _last(events: list[Event], kind: type[T]) -> T | None:
    return next((each for each in reversed(events) if isinstance(each, kind)), None)


def _built(built: Built) -> dict[str, Any]:
    return {
        "advisories": len(built.summaries),
        "files": built.files,
        "written": len(built.written),
        "removed": len(built.removed),
        "withheld": {str(i): why.to_json() for i, why in built.withheld},
        "held": {str(i): why.to_json() for i, why in built.held},
    }


def _live(live: Live) -> dict[str, Any]:
    change = live.change
    return {"where": live.where, "sent": change.sent, "removed": change.removed}
