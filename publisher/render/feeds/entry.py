"""What feeds tell of: an event, or how an advisory stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from publisher.model.advisory import Kind
from publisher.render import html, layout, paths
from publisher.render.api import form

if TYPE_CHECKING:
    from publisher.model.ids import Language
    from publisher.model.summary import Change, Summary, TextSummary
    from publisher.presentation import Presentation
    from publisher.render.feeds.content import Contents
    from publisher.render.feeds.scope import Scope
    from publisher.words import Words


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
    def is_last(self) -> bool:
        """Tell whether it is the last that readers were told of the advisory."""
        told = [change for change in self.text.changes if change.notify]
        return self.change.revision >= max((c.revision for c in told), default=0)

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
        """Return what an event is called, with what the subject of its mail says.

        Its last one says that a document is void, as the last mail does.
        """
        words = self.presentation.words[entry.text.language]
        if entry.is_last and form.state(entry.summary) != form.CURRENT:
            return standing(entry, words)
        title = urgent(entry, words)
        if not entry.first:
            number = entry.change.revision
            title = words("{title} (update {number})", title=title, number=number)
        return html.visible(title)

    def note(self, entry: Entry) -> str:
        """Return in plain text what an event is about."""
        return html.visible(entry.text.lead if entry.first else entry.change.summary)


def standing(entry: Entry, words: Words) -> str:
    """Return what an advisory is called as it stands now."""
    state, title = form.state(entry.summary), entry.text.title
    if state == form.WITHDRAWN:
        title = words("Withdrawn: {title}", title=title)
    elif state == form.SUPERSEDED:
        title = words("Superseded: {title}", title=title)
    else:
        title = urgent(entry, words)
    return html.visible(title)


def urgent(entry: Entry, words: Words) -> str:
    """Return the title; that of an emergency says so, since it may have no score."""
    title, kind = entry.text.title, words.kind(entry.summary.kind)
    # Many titles name the kind themselves.
    if entry.summary.kind is not Kind.EMERGENCY or kind.lower() in title.lower():
        return title
    return words("{kind}: {title}", kind=kind, title=title)
