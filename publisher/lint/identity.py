"""Rules of id, folder, dates and succession (L2xx)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from publisher.lint.rule import Problem
from publisher.model.moment import known
from publisher.source import Location

if TYPE_CHECKING:
    from publisher.lint.subject import Subject

_BEGUN = timedelta(days=92)
"""So long before its release, an id may be given; what is longer is a slip."""


def folder_name(subject: Subject) -> Iterator[Problem]:
    """Find an id that is not the name of its folder."""
    if subject.folder.name != str(subject.advisory.id):
        message = f"the id is {subject.advisory.id} in the folder {subject.folder.name}"
        yield Problem(subject.at("id"), message, "the folder's name")


def folder_year(subject: Subject) -> Iterator[Problem]:
    """Find a folder that does not lie in that of its id's year."""
    year = f"{subject.advisory.id.year:04d}"
    if subject.folder.parent.name != year:
        name = subject.folder.parent.name
        message = f"{subject.advisory.id} lies in the year {name!r}"
        yield Problem(Location(subject.folder), message, f"the folder {year}")


def prefix(subject: Subject) -> Iterator[Problem]:
    """Find an id that does not begin as the team's ids do."""
    found = subject.advisory.id.prefix
    known = subject.settings.prefixes
    if found not in known:
        message = f"the id begins with {found!r}"
        yield Problem(subject.at("id"), message, " or ".join(map(repr, known)))


def first_year(subject: Subject) -> Iterator[Problem]:
    """Find an id whose year is not that of the first release, where the team is.

    An id is given when a text is begun, which may be in the last weeks of the year
    before its release.
    """
    zone = subject.settings.team.timezone
    first = known(subject.advisory.first_published, subject.now).astimezone(zone)
    year = first.year
    said = subject.advisory.id.year
    if said not in (year, (first - _BEGUN).year):
        message = f"the first release is in {year}, the id says {said}"
        yield Problem(subject.at("history.0.date"), message, f"an id of {year}")


def order(subject: Subject) -> Iterator[Problem]:
    """Find revisions that are not later than the one before them."""
    history = subject.advisory.history
    for index in range(1, len(history)):
        if history[index].date <= history[index - 1].date:
            message = f"revision {index + 1} is not later than revision {index}"
            at = subject.at(f"history.{index}.date")
            yield Problem(at, message, "the oldest first")


def later_revision(subject: Subject) -> Iterator[Problem]:
    """Find a revision after the first one that is still to come.

    Only a first release can be under embargo, since the revision before a later one
    would vanish from the site until then.
    """
    for index, revision in enumerate(subject.advisory.history[1:], start=1):
        if known(revision.date, subject.now) > subject.now:
            message = f"revision {index + 1} is dated in the future"
            at = subject.at(f"history.{index}.date")
            yield Problem(at, message, "a branch that is merged at that time")


def withdrawal(subject: Subject) -> Iterator[Problem]:
    """Find a withdrawal that no revision tells of."""
    withdrawn = subject.advisory.withdrawn
    dates = [revision.date for revision in subject.advisory.history]
    if withdrawn is not None and withdrawn.date not in dates:
        message = "no revision has the date of the withdrawal"
        at = subject.at("withdrawn.date")
        yield Problem(at, message, "a revision that tells of it")


def successor(subject: Subject) -> Iterator[Problem]:
    """Find a successor that does not exist."""
    named = subject.advisory.superseded_by
    if named is None or subject.others is None or named == subject.advisory.id:
        return
    if named not in subject.others:
        message = f"there is no advisory {named}"
        yield Problem(subject.at("superseded_by"), message)


def succession(subject: Subject) -> Iterator[Problem]:
    """Find an advisory that supersedes itself, at once or by way of others."""
    others = subject.others or {}
    chain = [subject.advisory.id]
    following = subject.advisory.superseded_by
    while following is not None and following not in chain:
        chain.append(following)
        following = others.get(following)
    if following == subject.advisory.id:
        way = " → ".join(map(str, [*chain, following]))
        message = f"the advisory supersedes itself: {way}"
        yield Problem(subject.at("superseded_by"), message)
