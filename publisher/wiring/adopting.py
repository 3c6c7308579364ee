"""Local state that was brought from elsewhere, and that the operator vouches for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.adapters import marked
from publisher.errors import ForeignError

if TYPE_CHECKING:
    from publisher.wiring.project import Project


@dataclass(frozen=True, slots=True)
class Foreign:
    """A part of the local state that this clone did not make."""

    what: str
    """Where it lies and what it says, in words."""
    adopt: Callable[[], None]
    """Takes it for this clone's own from now on."""


def foreign(project: Project) -> Iterator[Foreign]:
    """Yield what commands refuse to believe, and cannot make again."""
    try:
        project.journal  # noqa: B018  (whether it can be opened)
    except ForeignError:
        yield Foreign(_journal(project), lambda: _adopt_journal(project))
    folder, marks = project.local("mailhost"), project.clone.marks("mailhost")
    if marked.is_foreign(folder, marks):
        what = f"{folder}: the lists and members of a mail host"
        yield Foreign(what, lambda: marked.adopt(folder, marks))


def _journal(project: Project) -> str:
    from publisher.adapters.journal import SqliteJournal

    file = project.database("journal.sqlite")
    with closing(SqliteJournal(file)) as opened:
        mails = len(opened.outcomes())
    return f"{file}: what became of {mails} mails"


def _adopt_journal(project: Project) -> None:
    from publisher.adapters.journal import SqliteJournal

    file, marks = project.database("journal.sqlite"), project.clone.marks("journal")
    SqliteJournal(file, marks, adopt=True).close()
