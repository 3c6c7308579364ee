"""The date of what is about to be released: its draft, or its review, ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher import parse
from publisher.errors import AuthorError, FindingsError
from publisher.model.advisory import SourceFile
from publisher.model.chain import EditionKey
from publisher.model.moment import UNDATED
from publisher.parse import edit, facts

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.model.advisory import Advisory, Revision, Withdrawal
    from publisher.model.ids import AdvisoryId
    from publisher.pipeline.tools import Tools

_NOWHERE = SourceFile(PurePosixPath(), "")


@dataclass(frozen=True, slots=True)
class Ready:
    """An original whose newest revision has the date of its release."""

    path: PurePosixPath
    revision: int
    date: datetime
    was_draft: bool
    data: bytes
    """The source with that date, and without `draft: true`."""


def ready(tools: Tools, advisory: AdvisoryId, wanted: datetime | None) -> Ready:
    """Return the original of `advisory` as it ought to be; write nothing.

    Without a `wanted` date it is the present, unless it is in the future already: an
    embargo does not end because a draft does. A withdrawal that has the date of the
    revision, or none yet, gets the new one as well. Raise FindingsError if the sources
    do not parse, and AuthorError if the newest revision is signed, if the date stands
    where it cannot be replaced, or if no advisory can have it.
    """
    files = tools.repository.read(advisory)
    sources = {name: data for name, data in files.items() if name.endswith(".md")}
    folder = tools.repository.folder(advisory)
    before, findings = parse.advisory(folder, sources)
    if before is None:
        raise FindingsError(findings)
    revision = before.revision.number
    for text in before.texts:
        if EditionKey(advisory, revision, text.language).filename in files:
            msg = (
                f"{advisory}: revision {revision} is signed: what is new needs an "
                "entry of its own in the history"
            )
            raise AuthorError(msg)
    path = before.original.source.path
    date = _date(tools, before.revision.date, wanted)
    data = _edited(sources[path.name].decode(), before, date)
    after, _ = parse.advisory(folder, {**sources, path.name: data})
    if after is None or _facts(after) != _facts(_dated(before, date)):
        msg = f"{path}: its date cannot be replaced: {_by_hand(before, date)}"
        raise AuthorError(msg)
    return Ready(path, revision, date, before.draft, data)


def _date(tools: Tools, written: datetime, wanted: datetime | None) -> datetime:
    if wanted is None and tools.now < written != UNDATED:
        return written
    zone = tools.settings.team.timezone
    date = (wanted or tools.now).astimezone(zone).replace(microsecond=0)
    try:
        return facts.moment(date.isoformat())
    except ValueError as error:
        raise AuthorError(str(error)) from error


def _dated(advisory: Advisory, date: datetime) -> Advisory:
    *earlier, newest = advisory.history
    withdrawn = advisory.withdrawn
    if withdrawn is not None and _is_of_it(withdrawn, newest):
        withdrawn = replace(withdrawn, date=date)
    history = (*earlier, replace(newest, date=date))
    return replace(advisory, history=history, withdrawn=withdrawn, draft=False)


def _is_of_it(withdrawn: Withdrawal, newest: Revision) -> bool:
    """Tell whether it is the newest revision that withdraws the advisory."""
    return withdrawn.date in {newest.date, UNDATED}


def _edited(text: str, advisory: Advisory, date: datetime) -> bytes:
    withdrawn = advisory.withdrawn
    try:
        made = edit.put(text, ["history", -1, "date"], date.isoformat())
        if withdrawn is not None and _is_of_it(withdrawn, advisory.revision):
            made = edit.put(made, ["withdrawn", "date"], date.isoformat())
        return edit.without(made, "draft").encode()
    except edit.EditError as error:
        path = advisory.original.source.path
        msg = f"{path}: {error}: {_by_hand(advisory, date)}"
        raise AuthorError(msg) from error


def _by_hand(advisory: Advisory, date: datetime) -> str:
    """Say what is to be done where the source is written too unusually."""
    ended = ", and take `draft` away" if advisory.draft else ""
    return f"write {date.isoformat()} by hand{ended}"


def _facts(advisory: Advisory) -> Advisory:
    """Return what it says, without where in which file that stands."""
    original = advisory.original
    nowhere = replace(original, source=_NOWHERE, body_line=0, places={})
    return replace(advisory, original=nowhere, translations=())
