"""Mail what is due: intent before the act, outcome after it, never twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from publisher.errors import (
    InboxError,
    MailmanError,
    PublisherError,
    SettingsError,
    TrustError,
)
from publisher.model.chain import Announcement
from publisher.pipeline import accepting, confirming, listing
from publisher.pipeline.checking import Loaded
from publisher.ports import Outcome
from publisher.push import due
from publisher.render import mail

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from publisher.model.chain import EditionKey, SignedText
    from publisher.model.ids import AdvisoryId
    from publisher.model.summary import Summary
    from publisher.pipeline.tools import Outside, Tools
    from publisher.ports import Lists

Mail = tuple[Announcement, due.State]
"""A mail, and how its list stands to it."""
_UNKNOWN = due.State.UNKNOWN


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
    tools: Tools,
    summaries: Sequence[Summary],
    outcomes: Mapping[str, Outcome],
    states: Collection[due.State] = due.OPEN,
) -> tuple[tuple[Announcement, due.State], ...]:
    """Return the mails in some `states`: those that are due or not known to be sent."""
    by_id = {summary.id: summary for summary in summaries}
    open_ = [
        delivery
        for delivery in due.deliveries(summaries, tools.settings, outcomes)
        if delivery.state in states
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


def known(
    tools: Tools, summaries: Sequence[Summary], outside: Outside
) -> Mapping[str, Outcome]:
    """Return what is known of each mail, by Message-ID.

    The journal knows what this clone did; of what would be due, the list server is
    asked whether another one did it. If it cannot tell, the journal's word stands.
    """
    outcomes = dict(outside.journal.outcomes())
    if tools.settings.mailman is None:
        return outcomes
    with suppress(MailmanError, SettingsError, TrustError):
        for mail_, _ in announcements(tools, summaries, outcomes, {due.State.DUE}):
            if outside.lists.taken(mail_):
                outcomes[mail_.message_id] = Outcome.ELSEWHERE
    return outcomes


def require_lists(tools: Tools, mails: Sequence[Mail], lists: Lists) -> None:
    """Raise MailmanError unless every list that is needed passes a signed post on."""
    needed = {announcement.mailing_list for announcement, _ in mails}
    ordered = [each for each in tools.settings.lists if each in needed]
    listing.require(tools.presentation, lists, ordered)


def require_ours(mails: Sequence[Mail], outside: Outside) -> None:
    """Raise TrustError if a list got another text as one of `mails` than that one.

    A list server that cannot tell is no reason to hold the site back.
    """
    with suppress(MailmanError, SettingsError):
        for announcement, _ in mails:
            outside.lists.taken(announcement)


def push(tools: Tools, mails: Sequence[Mail], outside: Outside) -> Iterator[Pushed]:
    """Send each mail once, and yield what became of it.

    The server is asked first whether another clone had a mail posted. One of unknown
    outcome is looked for: on the server, then in the canary's mailbox. It is sent
    again only if the server says that it never took it. A server that fails in the
    middle ends the run with MailmanError: nothing more is tried. TrustError: a list
    got another text under the same revision. Nothing more is sent then: of two clones
    that race, the one whose mail was first sends all of them.
    """
    for number, (announcement, state) in enumerate(mails, start=1):
        try:
            if state is _UNKNOWN:
                found = _reconciled(announcement, outside)
            else:
                found = _elsewhere(announcement, outside)
            yield found or _send(announcement, outside)
        except TrustError as error:
            _refused(announcement, error, outside)
            raise
        tools.progress("mailed", number, len(mails))


def _elsewhere(announcement: Announcement, outside: Outside) -> Pushed | None:
    """Find out whether another clone had a mail posted; None if none had."""
    if not outside.lists.taken(announcement):
        return None
    now = outside.clock()
    detail = "found: another clone had it posted"
    outside.journal.record(announcement, Outcome.ACCEPTED, now, detail)
    return Pushed(announcement, Result.FOUND, "another clone had it posted")


def _reconciled(announcement: Announcement, outside: Outside) -> Pushed | None:
    """Find out what became of a mail; None if it was not posted."""
    taken = outside.lists.taken(announcement)
    where = "the list server has it"
    doubt = ""
    if taken is None:
        try:
            if confirming.is_there(announcement, outside):
                taken, where = True, "it is in the canary's mailbox"
        except InboxError as error:
            # It must not hold up the other mails.
            doubt = f"{error}; "
    if taken is None:
        return _unknown(announcement, outside, doubt)
    if taken:
        now = outside.clock()
        outside.journal.record(announcement, Outcome.ACCEPTED, now, f"found: {where}")
        return Pushed(announcement, Result.FOUND)
    return None


def _unknown(announcement: Announcement, outside: Outside, doubt: str) -> Pushed:
    """Say all that is known, and the commands that settle it."""
    traces = outside.lists.traces(announcement)
    known = "; ".join(traces) or "no queue of the list server holds it"
    command = f"publisher settle '{announcement.message_id}'"
    reason = (
        f"{doubt}{known}; once it is in none, see whether readers have got it, then "
        f"say so: `{command} --sent`, or `{command} --not-sent` to have it sent"
    )
    return Pushed(announcement, Result.UNKNOWN, reason)


def _send(announcement: Announcement, outside: Outside) -> Pushed:
    journal, clock = outside.journal, outside.clock
    now = clock()
    # A retry of what may be there already is the same message, its Date as well.
    first = confirming.first_handed_over(journal.records(announcement.message_id))
    journal.record(announcement, Outcome.INTENDED, now)
    try:
        outside.lists.post(mail.dated(announcement, first or now))
    except MailmanError as error:
        if not error.certain:
            raise
        return _refused(announcement, error, outside)
    journal.record(announcement, Outcome.ACCEPTED, clock())
    return Pushed(announcement, Result.SENT)


def _refused(
    announcement: Announcement, error: PublisherError, outside: Outside
) -> Pushed:
    now, reason = outside.clock(), str(error)
    outside.journal.record(announcement, Outcome.REFUSED, now, reason)
    return Pushed(announcement, Result.REFUSED, reason)


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
