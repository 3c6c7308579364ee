"""Look at what a subscriber gets: the canary's copy has to be the signed text.

The canary is an address of the team's that is subscribed to every list. A mail is
delivered when its copy is there once, its signature counts by the pinned keys, its text
is the signed file byte for byte, and its headers are those that readers need.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.errors import InboxError, MailmanError, SettingsError, TrustError
from publisher.lists import names
from publisher.pipeline import verifying
from publisher.ports import Noted, Outcome, Received
from publisher.push import compare
from publisher.render import mail

if TYPE_CHECKING:
    from publisher.model.chain import Announcement
    from publisher.model.settings import MailingList
    from publisher.pipeline.tools import Outside, Tools
    from publisher.ports import Inbox

_PAUSE, _LONGEST_PAUSE = 0.5, 5.0
"""Seconds between two looks into the mailbox, at first and after a while."""
_CLOCKS = 2.0
"""Seconds by which clocks may differ that agree; some mailboxes tell whole seconds."""
_EARLIER = (
    "it was there before it was handed over here: somebody else sent it, or the "
    "mailbox's clock differs"
)
_LATER = "when it came lies in the future: the mailbox's clock differs"
_NOT_THERE = "not in the canary's mailbox"

Copies = Sequence[Received]
"""What is there of one mail, the oldest first."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was seen of one mail."""

    announcement: Announcement
    outcome: Outcome
    """DELIVERED, DAMAGED, or ACCEPTED: it was not there in time."""
    seconds: float | None = None
    """From the moment it was handed over until it was in the mailbox."""
    difference: str = ""
    """How its copy differs from what was signed."""
    note: str = ""
    """What else there is to know, e.g. why it is missing."""


@dataclass(frozen=True, slots=True)
class Sought:
    """The mails to look for."""

    mails: Sequence[Announcement]
    patient: frozenset[str] | None = None
    """The Message-IDs of those that are waited for; None: all of them."""
    renamed: frozenset[str] = frozenset()
    """The Message-IDs of those whose Subject may have been another one then."""


def confirm(
    tools: Tools, sought: Sought, outside: Outside, inbox: Inbox, *, wait: float
) -> Iterator[Confirmed]:
    """Yield what is seen of each mail, as soon as it is; `wait` is in seconds.

    A mailbox that cannot be read ends it with InboxError, at once if that lasts.
    """
    look = _Look(tools, outside, sought.renamed)
    missing = {each.message_id: each for each in sought.mails}
    patient = set(missing if sought.patient is None else sought.patient)
    since = look.earliest(missing)
    begun = outside.timer()
    while missing:
        waited = outside.timer() - begun
        is_last = waited >= wait or not patient & set(missing)
        found = _found(inbox, list(missing), since, is_last=is_last)
        # In the order in which they were asked for.
        here = [each for each in missing if each in found]
        yield from look.judged([(missing.pop(each), found[each]) for each in here])
        done = len(sought.mails) - len(missing)
        tools.progress("delivered", done, len(sought.mails))
        if is_last or not patient & set(missing):
            break
        pause = min(_LONGEST_PAUSE, max(_PAUSE, waited / 10))
        outside.sleep(min(pause, wait - waited))
    for announcement in missing.values():
        note = look.why_missing(announcement.mailing_list)
        yield Confirmed(announcement, Outcome.ACCEPTED, note=note)


def doubled(
    tools: Tools, mails: Sequence[Announcement], outside: Outside, inbox: Inbox
) -> Iterator[Confirmed]:
    """Yield those of some delivered mails that are there more than once by now."""
    look = _Look(tools, outside)
    known = {each.message_id: each for each in mails}
    if known:
        # A second copy comes soon after the first one, if it comes from the server.
        outside.sleep(_PAUSE)
        found = inbox.find(list(known), look.earliest(known))
        more = [each for each in known if len(found.get(each, ())) > 1]
        yield from look.judged([(known[each], found[each]) for each in more])


def is_there(announcement: Announcement, outside: Outside) -> bool:
    """Tell whether the canary got a mail, with its text; InboxError if nobody can."""
    inbox, message_id = outside.inbox, announcement.message_id
    if inbox is None:
        return False
    since = _Look(None, outside).earliest([message_id])
    copies = inbox.find([message_id], since).get(message_id, ())
    # Anybody can write a mail with this Message-ID.
    return any(compare.carries(announcement.message, copy.data) for copy in copies)


def _found(
    inbox: Inbox, message_ids: Sequence[str], since: datetime | None, *, is_last: bool
) -> Mapping[str, Copies]:
    try:
        return inbox.find(message_ids, since)
    except InboxError as error:
        if error.lasting or is_last:
            raise
    return {}


@dataclass
class _Look:
    """Judges what is found, and writes it down."""

    tools: Tools | None
    outside: Outside
    renamed: frozenset[str] = frozenset()
    _reasons: dict[MailingList, str] = field(default_factory=dict)

    def earliest(self, message_ids: Collection[str]) -> datetime | None:
        """Return when the first of some mails was handed over, if that is known."""
        records = [self._handed_over(each) for each in message_ids]
        times = [each[0] for each in records if each]
        return min(times) if len(times) == len(records) and times else None

    def judged(
        self, found: Sequence[tuple[Announcement, Copies]]
    ) -> Iterator[Confirmed]:
        """Yield what is to be said of mails and their copies."""
        texts = {
            announcement.message_id: self._differences(announcement, copies)
            for announcement, copies in found
        }
        whole = [each for each, _ in found if not texts[each.message_id]]
        texts |= self._doubts(whole)
        for announcement, copies in found:
            difference = "; ".join(texts[announcement.message_id])
            outcome = Outcome.DAMAGED if difference else Outcome.DELIVERED
            seconds, note = self._seconds(announcement, copies)
            self.outside.journal.record(
                announcement, outcome, self.outside.clock(), difference or note, seconds
            )
            yield Confirmed(announcement, outcome, seconds, difference, note)

    def why_missing(self, mailing_list: MailingList) -> str:
        """Say why nothing of a list may be there, as far as the server tells."""
        if mailing_list not in self._reasons:
            self._reasons[mailing_list] = _why(self.outside, mailing_list)
        return self._reasons[mailing_list]

    def _differences(
        self, announcement: Announcement, copies: Copies
    ) -> tuple[str, ...]:
        subject = announcement.message_id not in self.renamed
        records = self.outside.journal.records(announcement.message_id)
        if (date := first_handed_over(records)) is not None:
            announcement = mail.dated(announcement, date)
        each = (
            compare.differences(
                announcement.message,
                copy.data,
                announcement.mailing_list,
                subject=subject,
            )
            for copy in copies
        )
        worst = next((found for found in each if found), ())
        if len(copies) > 1:
            return (f"it arrived {len(copies)} times", *worst)
        return worst

    def _doubts(self, mails: Sequence[Announcement]) -> dict[str, tuple[str, ...]]:
        """Verify texts that are as they were handed over, all at once."""
        if not mails or self.tools is None:
            return {}
        # The copy's text is the same, byte for byte.
        texts = [compare.text(each.message) for each in mails]
        decisions = verifying.decided(self.tools, texts)
        return {
            each.message_id: (str(decision),)
            for each, decision in zip(mails, decisions, strict=True)
            if isinstance(decision, TrustError)
        }

    def _seconds(
        self, announcement: Announcement, copies: Copies
    ) -> tuple[float | None, str]:
        """Return how long a mail took, or why nobody can tell."""
        handed_over = self._handed_over(announcement.message_id)
        if not handed_over:
            return None, "when it was handed over is not in this journal"
        arrival = min(copy.at for copy in copies)
        ahead = (arrival - self.outside.clock()).total_seconds()
        seconds = (arrival - handed_over[-1]).total_seconds()
        if seconds < -_CLOCKS:
            return None, _EARLIER
        if ahead > _CLOCKS:
            return None, _LATER
        return max(0.0, seconds), ""

    def _handed_over(self, message_id: str) -> Sequence[datetime]:
        return handed_over(self.outside.journal.records(message_id))


def handed_over(records: Sequence[Noted]) -> Sequence[datetime]:
    """Return when a mail was about to be handed over, each time, oldest first."""
    return [each.at for each in records if each.outcome is Outcome.INTENDED]


def first_handed_over(records: Sequence[Noted]) -> datetime | None:
    """Return when a mail was about to be handed over first; None if that is not known.

    What was refused was not handed over: the next attempt is a mail of its own.
    """
    first = None
    for each in records:
        if each.outcome is Outcome.REFUSED:
            first = None
        elif each.outcome is Outcome.INTENDED and first is None:
            first = each.at
    return first


def is_subscribed(outside: Outside, mailing_list: MailingList, address: str) -> bool:
    """Tell whether the canary is subscribed to a list and gets its mail."""
    live = outside.lists.live(mailing_list)
    return live is not None and live.get(names.CANARY) == address


def _why(outside: Outside, mailing_list: MailingList) -> str:
    try:
        live = outside.lists.live(mailing_list) or {}
    except (MailmanError, SettingsError):
        return _NOT_THERE
    says = str(live.get(names.CANARY, ""))
    if not says:
        return "the canary is not subscribed: run `publisher lists apply`"
    if says.endswith(")"):
        return f"the canary gets no mail, {says}: run `publisher lists apply`"
    return _NOT_THERE
