"""Which mails are to be seen in the canary's mailbox, and which are not any more.

A mail is awaited if it was posted within a week, on a list to which the canary was
subscribed by then. So a canary that is new, or that lacked on a list for a while, holds
up nothing that was posted before, and what never came does not do so for ever. The
journal has since when a list is watched.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from publisher.pipeline import confirming, pushing
from publisher.pipeline.confirming import Confirmed, Sought
from publisher.ports import Outcome
from publisher.push import due

if TYPE_CHECKING:
    from publisher.model.chain import Announcement
    from publisher.model.settings import Canary, MailingList
    from publisher.model.summary import Summary
    from publisher.pipeline.tools import Outside, Tools
    from publisher.ports import Noted

AGE = timedelta(days=7)
"""After this, a mail that was not seen is not looked for any more."""
_ACT = "canary of {}"
"""What the journal calls it that a list is watched from now on."""
_ID = re.compile(r"<([^.]+)\.")
_POSTED = frozenset({due.State.SENT, due.State.DELIVERED, due.State.DAMAGED})


@dataclass(frozen=True, slots=True)
class _Posted:
    """A mail of the last days."""

    announcement: Announcement
    outcome: Outcome
    watched: bool
    """The canary was subscribed to its list by then."""
    renamed: bool
    """The text has another revision by now, and so perhaps another title."""

    @property
    def id(self) -> str:
        return self.announcement.message_id


def watch(canary: Canary, outside: Outside, lists: Iterable[MailingList]) -> None:
    """Note of each list since when the canary is subscribed to it.

    Only what is posted from then on is expected in its mailbox.
    """
    for each in lists:
        act = _ACT.format(each.address)
        known = outside.journal.last(act)
        if known is not None and known.where == canary.address:
            continue
        if confirming.is_subscribed(outside, each, canary.address):
            number = outside.journal.begin(act, canary.address, outside.clock())
            outside.journal.end(number, outside.clock())


def look(
    tools: Tools,
    summaries: Sequence[Summary],
    outside: Outside,
    *,
    wait: float | None,
    fresh: Collection[str] | None,
) -> Iterator[Confirmed]:
    """Look for what is awaited, and yield what is seen of it, or raise InboxError.

    `fresh` are the Message-IDs of this run: only these are waited for. None: all are,
    and what arrived damaged is looked at again.
    """
    canary, inbox = tools.settings.canary, outside.inbox
    if canary is None or inbox is None:
        return
    posted = _posted(tools, summaries, outside, again=fresh is None)
    open_ = [
        each
        for each in posted
        if each.outcome is not Outcome.DELIVERED
        and (each.watched or each.id in (fresh or ()))
    ]
    if not open_ and fresh is not None:
        return
    waited = [each for each in open_ if each.watched]
    sought = Sought(
        [each.announcement for each in open_],
        frozenset(e.id for e in waited if fresh is None or e.id in fresh),
        frozenset(each.id for each in open_ if each.renamed),
    )
    seconds = canary.wait if wait is None else wait
    delivered = [e.announcement for e in posted if e.outcome is Outcome.DELIVERED]
    for seen in confirming.confirm(tools, sought, outside, inbox, wait=seconds):
        if seen.outcome is Outcome.DELIVERED:
            delivered.append(seen.announcement)
        yield seen
    yield from confirming.doubled(tools, delivered, outside, inbox)


def _posted(
    tools: Tools, summaries: Sequence[Summary], outside: Outside, *, again: bool
) -> Sequence[_Posted]:
    """Return the mails of the last days; nothing if nothing is open, unless `again`.

    Only the newest text of an advisory is among them: nobody knows any more how an
    older one was announced.
    """
    recent = outside.journal.recent(outside.clock() - AGE)
    outcomes = {each: records[-1].outcome for each, records in recent.items()}
    if not again and Outcome.ACCEPTED not in outcomes.values():
        return []
    if not again:
        outcomes = {k: v for k, v in outcomes.items() if v is not Outcome.DAMAGED}
    advisories = {match[1] for each in outcomes if (match := _ID.match(each))}
    chosen = {each.id: each for each in summaries if str(each.id) in advisories}
    found = pushing.announcements(tools, list(chosen.values()), outcomes, _POSTED)
    mails = []
    for announcement, _ in found:
        key, message_id = announcement.key, announcement.message_id
        text = chosen[key.id].text(key.language)
        mails.append(
            _Posted(
                announcement,
                outcomes[message_id],
                watched=is_watched(
                    tools, outside, announcement.mailing_list, recent[message_id]
                ),
                renamed=text is None or text.revision != key.revision,
            )
        )
    return mails


def is_watched(
    tools: Tools, outside: Outside, mailing_list: MailingList, records: Sequence[Noted]
) -> bool:
    """Tell whether the canary was subscribed when a mail was handed over."""
    canary = tools.settings.canary
    act = outside.journal.last(_ACT.format(mailing_list.address))
    if canary is None or act is None or act.where != canary.address:
        return False
    return any(each >= act.begun for each in confirming.handed_over(records))
