"""What feeds tell of: an event, or how an advisory stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from publisher.render import html, layout, paths

if TYPE_CHECKING:
    from publisher.model.ids import Language
    from publisher.model.summary import Change, Summary, TextSummary
    from publisher.presentation import Presentation
    from publisher.render.feeds.content import Contents
    from publisher.render.feeds.scope import Scope


class Entry(NamedTuple):
    """One advisory, or one revision of it, as readers of one language hear of it."""

    date: datetime
    summary: Summary
    text: TextSummary
    change: Change
    """The revision that it tells of."""
    first: bool
    """Readers had not heard of the advisory before."""
    newest: bool
    """Nothing newer is signed in the language."""
    state: str
    """The mark of the advisory."""

    @property
    def guid(self) -> str:
        """Return the id of the event."""
        return f"{self.summary.id}/r{self.change.revision}.{self.text.language}"

    @property
    def mark(self) -> str:
        """Return what changes with anything that the entry shows."""
        return f"{self.change.revision} {self.state}"

    @property
    def path(self) -> str:
        """Return where the page lies."""
        return paths.advisory(self.summary.id, self.text.language)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed to be written: what it is about and what it holds, newest first."""

    scope: Scope
    entries: tuple[Entry, ...]
    presentation: Presentation
    language: Language
    contents: Contents

    @property
    def updated(self) -> datetime:
        """Return the date of the newest entry; of an empty feed, one that stays."""
        settings = self.presentation.settings
        newest = self.entries[0].date if self.entries else settings.announce_since
        return newest.astimezone(settings.team.timezone)

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the zone of the team."""
        return moment.astimezone(self.presentation.settings.team.timezone)

    def url(self, path: str) -> str:
        """Return the public address of a file."""
        return layout.address(self.presentation.settings.site.url, path)

    def title(self, entry: Entry) -> str:
        """Return what an event is called."""
        title = entry.text.title
        if not entry.first:
            words = self.presentation.words[entry.text.language]
            number = entry.change.revision
            title = words("{title} (update {number})", title=title, number=number)
        return html.visible(title)

    def note(self, entry: Entry) -> str:
        """Return in plain text what an event is about."""
        return html.visible(entry.text.lead if entry.first else entry.change.summary)
