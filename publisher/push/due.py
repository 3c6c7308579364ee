"""What has to be mailed: a pure function of what is published and what was sent.

A list hears of an advisory when it was first published and whenever a revision
says `notify`. The mail carries the newest signed text. Nothing is due for a
revision that is dated before `announce_since`, so an imported archive stays quiet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from publisher.model.advisory import Kind
from publisher.model.chain import EditionKey
from publisher.ports import Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.model.advisory import Advisory, Text
    from publisher.model.ids import AdvisoryId
    from publisher.model.settings import MailingList, Settings
    from publisher.model.summary import Summary, TextSummary


class State(StrEnum):
    """What a list knows of the newest notified revision."""

    DUE = "due"
    """It has to be sent."""
    UNKNOWN = "unknown"
    """It was about to be sent; whether it was has to be found out first."""
    SENT = "sent"
    """The list server posted it; nobody has seen a copy yet."""
    DELIVERED = "delivered"
    """The canary's copy is what was signed."""
    DAMAGED = "damaged"
    """The canary's copy is not what was signed."""
    ELSEWHERE = "elsewhere"
    """The list server posted it for another clone of the project."""
    OLD = "old"
    """It is dated before `announce_since`."""


_STATES: Mapping[Outcome | None, State] = {
    Outcome.INTENDED: State.UNKNOWN,
    Outcome.ACCEPTED: State.SENT,
    Outcome.DELIVERED: State.DELIVERED,
    Outcome.DAMAGED: State.DAMAGED,
    Outcome.ELSEWHERE: State.ELSEWHERE,
}
"""What a list knows of a text, by what is known of its mail."""
_KINDS = (Kind.EMERGENCY, Kind.ALERT)
"""Kinds that do not wait behind others, the most urgent first."""
_SEVERITIES = ("none", "low", "medium", "high", "critical")
OPEN = frozenset({State.DUE, State.UNKNOWN})
"""The states in which a mail has to be sent, or to be looked for."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One advisory in one language, and how one list stands to it."""

    key: EditionKey
    """The text that is, or was, sent."""
    mailing_list: MailingList
    state: State
    earlier: tuple[EditionKey, ...]
    """The notified revisions before this one, oldest first."""
    update: bool
    """Whether this is news of an advisory that was announced before."""


def message_id(key: EditionKey, mailing_list: MailingList) -> str:
    """Return the Message-ID of a text on a list, the same on every attempt."""
    local = f"{key.id}.r{key.revision}.{key.language}.{mailing_list.name}"
    return f"<{local}@{mailing_list.domain}>"


def deliveries(
    summaries: Iterable[Summary],
    settings: Settings,
    outcomes: Mapping[str, Outcome],
) -> Iterator[Delivery]:
    """Yield how each list stands to each published text that concerns it.

    What is most urgent comes first, and of equals the oldest.
    """
    for summary in sorted(summaries, key=_urgency):
        for mailing_list in settings.lists:
            text = summary.text(mailing_list.language)
            if text is not None and summary.kind in mailing_list.kinds:
                since = settings.announce_since
                delivery = _delivery(summary, text, mailing_list, since, outcomes)
                if delivery is not None:
                    yield delivery


def unannounced(advisory: Advisory, text: Text, last: int, settings: Settings) -> str:
    """Say why a text will not be mailed once it is published; empty if it will be.

    `last` is the revision that is signed in its language; 0: none is.
    """
    lists = [each for each in settings.lists if each.language == text.language]
    news = [each for each in advisory.history[last : text.revision] if each.notify]
    if not settings.lists:
        return ""
    if not lists:
        return f"no list is in {text.language!r}"
    if not any(advisory.kind in each.kinds for each in lists):
        return f"no list in {text.language!r} takes the kind {str(advisory.kind)!r}"
    if not news:
        return "what is new in it says `notify: false`"
    if news[-1].date < settings.announce_since:
        since = settings.announce_since.isoformat()
        return f"it is dated before {since} (`announce_since` in publisher.toml)"
    return ""


def _urgency(summary: Summary) -> tuple[int, int, datetime, AdvisoryId]:
    kind = _KINDS.index(summary.kind) if summary.kind in _KINDS else len(_KINDS)
    severity = _SEVERITIES.index(summary.severity) if summary.severity else 0
    return kind, -severity, summary.first_published, summary.id


def _delivery(
    summary: Summary,
    text: TextSummary,
    mailing_list: MailingList,
    since: datetime,
    outcomes: Mapping[str, Outcome],
) -> Delivery | None:
    notified = [change for change in text.changes if change.notify]
    if not notified:
        return None
    newest = notified[-1]
    sent = State.DUE
    carried = text.revision
    for revision in range(text.revision, newest.revision - 1, -1):
        key = EditionKey(summary.id, revision, text.language)
        outcome = outcomes.get(message_id(key, mailing_list))
        if outcome in _STATES:
            sent = _STATES[outcome]
            carried = revision
            break
    if sent is State.DUE and newest.date < since:
        sent = State.OLD
    return Delivery(
        key=EditionKey(summary.id, carried, text.language),
        mailing_list=mailing_list,
        state=sent,
        earlier=tuple(
            EditionKey(summary.id, change.revision, text.language)
            for change in notified[:-1]
        ),
        update=len(notified) > 1,
    )
