"""Mail what is due: page first, intent before the act, outcome after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher.errors import MailmanError, TrustError, WebError
from publisher.model.chain import Announcement
from publisher.pipeline import accepting, listing
from publisher.pipeline.checking import Loaded
from publisher.ports import Outcome
from publisher.push import due
from publisher.render import mail

if TYPE_CHECKING:
    from publisher.model.chain import EditionKey, SignedText
    from publisher.model.ids import AdvisoryId
    from publisher.model.summary import Summary
    from publisher.pipeline.tools import Tools
    from publisher.ports import Journal, Lists, Web


class Result(StrEnum):
    """What became of one mail in this run."""

    SENT = "sent"
    """The list server took it just now."""
    FOUND = "found"
    """The list server says that it took it earlier."""
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """It may have been sent; an operator has to find out."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """One mail and what became of it."""

    announcement: Announcement
    result: Result
    reason: str = ""


def announcements(
    tools: Tools, summaries: Sequence[Summary], outcomes: Mapping[str, Outcome]
) -> tuple[tuple[Announcement, due.State], ...]:
    """Return the mails that are due or whose outcome is not known."""
    by_id = {summary.id: summary for summary in summaries}
    open_ = [
        delivery
        for delivery in due.deliveries(summaries, tools.settings, outcomes)
        if delivery.state in (due.State.DUE, due.State.UNKNOWN)
    ]
    signed = _signed(tools, {delivery.key for delivery in open_}, by_id)
    return tuple(
        (
            mail.announcement(
                by_id[delivery.key.id],
                signed[delivery.key],
                delivery.mailing_list,
                tools.presentation,
                message_id=due.message_id(delivery.key, delivery.mailing_list),
                thread=[
                    due.message_id(key, delivery.mailing_list)
                    for key in delivery.earlier
                ],
                update=delivery.update,
            ),
            delivery.state,
        )
        for delivery in open_
    )


def probe(tools: Tools, mails: Sequence[Announcement], web: Web) -> None:
    """Raise WebError unless the public sees the page and the text that was built."""
    base = tools.settings.site.url
    wanted: dict[PurePosixPath, None] = {}
    for each in mails:
        folder = tools.repository.folder(each.key.id)
        wanted[folder / f"{each.key.language}.html"] = None
        wanted[folder / each.file] = None
    for number, path in enumerate(wanted, start=1):
        public = sha256(web.fetch(f"{base}/{path}")).hexdigest()
        if public != tools.site.holds(path):
            msg = (
                f"{base}/{path}: shows something else than was built: put the new site "
                "up, then push again; no mail was sent"
            )
            raise WebError(msg)
        tools.progress("probed", number, len(wanted))


def push(
    tools: Tools,
    mails: Sequence[tuple[Announcement, due.State]],
    *,
    lists: Lists,
    journal: Journal,
    web: Web,
    clock: Callable[[], datetime],
) -> Iterator[Pushed]:
    """Send each mail once, after its page is up, and yield what became of it.

    Before the first one, every list that is needed has to pass a signed post on
    (MailmanError), and the public has to see what was built (WebError).
    A mail of unknown outcome is looked up on the server first; it is sent again
    only if the server says that it never took it. A server that fails in the
    middle ends the run with MailmanError: nothing more is tried on it.
    """
    announced = [announcement for announcement, _ in mails]
    needed = {announcement.mailing_list for announcement in announced}
    ordered = [each for each in tools.settings.lists if each in needed]
    listing.require(tools.presentation, lists, ordered)
    probe(tools, announced, web)
    for number, (announcement, state) in enumerate(mails, start=1):
        if state is due.State.UNKNOWN:
            taken = lists.taken(announcement)
            if taken is None:
                reason = (
                    f"settle it with `publisher settle '{announcement.message_id}'`"
                )
                yield Pushed(announcement, Result.UNKNOWN, reason)
                continue
            if taken:
                journal.record(announcement, Outcome.ACCEPTED, clock())
                yield Pushed(announcement, Result.FOUND)
                continue
        yield _send(announcement, lists, journal, clock)
        tools.progress("mailed", number, len(mails))


def _send(
    announcement: Announcement,
    lists: Lists,
    journal: Journal,
    clock: Callable[[], datetime],
) -> Pushed:
    journal.record(announcement, Outcome.INTENDED, clock())
    try:
        lists.post(announcement)
    except MailmanError as error:
        if not error.certain:
            raise
        journal.record(announcement, Outcome.REFUSED, clock())
        return Pushed(announcement, Result.REFUSED, str(error))
    journal.record(announcement, Outcome.ACCEPTED, clock())
    return Pushed(announcement, Result.SENT)


def _signed(
    tools: Tools, keys: set[EditionKey], summaries: Mapping[AdvisoryId, Summary]
) -> dict[EditionKey, SignedText]:
    """Read the signed texts again and verify that they are those of the site."""
    advisories = sorted({key.id for key in keys})
    loaded = [
        Loaded(advisory, tools.repository.read(advisory), None, ())
        for advisory in advisories
    ]
    texts = {
        text.signed.edition.key: text
        for found in accepting.read_texts(tools, loaded).values()
        for text in found
    }
    signed = {}
    for key in sorted(keys):
        signed[key] = texts[key].signed
        text = summaries[key.id].text(key.language)
        if text is not None and text.revision == key.revision:
            _check_same(texts[key].path, signed[key], text.sha256)
    return signed


def _check_same(path: PurePosixPath, signed: SignedText, expected: str) -> None:
    if signed.sha256 != expected:
        msg = f"{path}: differs from what the site serves: build again"
        raise TrustError(msg)
