"""What a monitor wants to know of releases; it reads, and changes nothing.

The facts come from a rehearsed build, the journal, the keys and the list server. That
costs what a build costs with nothing to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.errors import MailmanError, PublisherError, SettingsError
from publisher.model.settings import MailingList
from publisher.pipeline import (
    awaiting,
    building,
    housekeeping,
    listing,
    pushing,
    standstill,
)
from publisher.pipeline.release import SITE
from publisher.ports import Outcome
from publisher.push import due
from publisher.sign import renewal

if TYPE_CHECKING:
    from publisher.model.chain import EditionKey
    from publisher.model.keys import KeyState
    from publisher.model.summary import Summary
    from publisher.pipeline.standstill import Standstill
    from publisher.pipeline.tools import Outside, Tools
    from publisher.ports import Act, Journal
    from publisher.push.due import Delivery

_LATEST = 10
"""Of so many mails, the newest ones, it is told how long they took."""


@dataclass(frozen=True, slots=True)
class Mailed:
    """One text on one list."""

    key: EditionKey
    mailing_list: MailingList
    message_id: str
    state: due.State
    since: datetime
    """When it was last heard of; of one that is due, when it should have gone."""
    detail: str = ""
    seconds: float | None = None
    """Until it was in the canary's mailbox."""

    def __str__(self) -> str:
        """Name it for people."""
        return f"{self.key} to {self.mailing_list.address}"


@dataclass(frozen=True)
class Facts:
    """All of it, as of one moment."""

    now: datetime
    problem: str = ""
    """Why nothing can be published; empty if something can."""
    advisories: int = 0
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    """What is known of each mail, by Message-ID."""
    states: Mapping[str, int] = field(default_factory=dict)
    """How many mails there are in each state of `publisher.push.due`."""
    mails: tuple[Mailed, ...] = ()
    """Those that are due, unknown, damaged or awaited, and the latest that arrived."""
    deploy: Act | None = None
    """How the site was put up the last time."""
    busy: bool = False
    """Another process works on the project."""
    published: datetime | None = None
    """When a mail was last posted."""
    server: Standstill | None = None
    """None: there is no list server to ask."""
    undeclared: tuple[MailingList, ...] = ()
    """Lists that are not as they are declared."""
    keys: Mapping[str, datetime | None] = field(default_factory=dict)
    """Until when each key that signs can do so; None: for ever."""
    extending: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The commands that let each of them sign for longer."""
    warnings: tuple[str, ...] = ()
    """What there is to say of security.txt."""
    expires: datetime | None = None
    """When security.txt ceases to hold; None: there is none that is served."""

    def of(self, *states: due.State) -> tuple[Mailed, ...]:
        """Return the mails in some states, the longest there first."""
        found = [each for each in self.mails if each.state in states]
        return tuple(sorted(found, key=lambda each: (each.since, each.message_id)))


def facts(tools: Tools, outside: Outside, *, busy: bool) -> Facts:
    """Find out; `tools` are those of a rehearsal."""
    settings, journal = tools.settings, outside.journal
    problem = ""
    summaries: tuple[Summary, ...] = ()
    try:
        summaries = building.build(tools).summaries
    except PublisherError as error:
        problem = str(error)
    outcomes = pushing.known(tools, summaries, outside)
    deliveries = list(due.deliveries(summaries, settings, outcomes))
    server, undeclared = _server(tools, outside)
    warnings, expires = _security_txt(tools)
    keys = _keys(tools)
    return Facts(
        now=tools.now,
        problem=problem,
        advisories=len(summaries),
        outcomes=outcomes,
        states=Counter(str(each.state) for each in deliveries),
        mails=tuple(_mails(deliveries, summaries, tools, outside)),
        deploy=journal.last(SITE),
        busy=busy,
        published=_published(journal),
        server=server,
        undeclared=undeclared,
        keys={name: key.signs_until for name, key in keys.items()},
        extending={
            name: (*renewal.extend(key, tools.now), renewal.export(name))
            for name, key in keys.items()
        },
        warnings=warnings,
        expires=expires,
    )


def _mails(
    deliveries: Sequence[Delivery],
    summaries: Sequence[Summary],
    tools: Tools,
    outside: Outside,
) -> list[Mailed]:
    watched = {due.State.DUE, due.State.UNKNOWN, due.State.DAMAGED}
    wanted = [each for each in deliveries if each.state in watched]
    latest = [each for each in deliveries if each.state is due.State.DELIVERED]
    sent = _awaited(deliveries, tools, outside)
    by_id = {summary.id: summary for summary in summaries}
    return [
        _mailed(each, by_id[each.key.id], outside.journal)
        for each in [*wanted, *sent, *latest[-_LATEST:]]
    ]


def _awaited(
    deliveries: Sequence[Delivery], tools: Tools, outside: Outside
) -> list[Delivery]:
    """Return what was sent and has yet to be seen in the canary's mailbox."""
    if outside.inbox is None:
        return []
    recent = outside.journal.recent(tools.now - awaiting.AGE)
    awaited = []
    for each in deliveries:
        if each.state is due.State.SENT:
            records = recent.get(due.message_id(each.key, each.mailing_list), ())
            if awaiting.is_watched(tools, outside, each.mailing_list, records):
                awaited.append(each)
    return awaited


def _mailed(delivery: Delivery, summary: Summary, journal: Journal) -> Mailed:
    message_id = due.message_id(delivery.key, delivery.mailing_list)
    text = summary.text(delivery.key.language)
    since = summary.first_published
    if text is not None:
        since = max(each.date for each in text.changes if each.notify)
    detail, seconds = "", None
    if delivery.state is not due.State.DUE:
        last = journal.records(message_id)[-1]
        since, detail, seconds = last.at, last.detail, last.seconds
    return Mailed(
        delivery.key,
        delivery.mailing_list,
        message_id,
        delivery.state,
        since,
        detail,
        seconds,
    )


def _published(journal: Journal) -> datetime | None:
    """Return when a mail was posted last; the journal has its mails in that order."""
    outcomes = journal.outcomes()
    posted = [name for name, outcome in outcomes.items() if outcome.posted][-_LATEST:]
    times = [
        record.at
        for name in posted
        for record in journal.records(name)
        if record.outcome is Outcome.ACCEPTED
    ]
    return max(times, default=None)


def _server(
    tools: Tools, outside: Outside
) -> tuple[Standstill | None, tuple[MailingList, ...]]:
    settings = tools.settings
    if settings.mailman is None or not settings.lists:
        return None, ()
    try:
        lists = outside.lists
        stands = standstill.standstill(lists, settings.every_list, tools.now)
        plans = listing.plan(tools.presentation, lists)
    except (MailmanError, SettingsError) as error:
        # That it is down, or its password is elsewhere, hides nothing else.
        return standstill.Standstill(problem=str(error)), ()
    return stands, tuple(each.mailing_list for each in plans if not each.agrees)


def _keys(tools: Tools) -> Mapping[str, KeyState]:
    try:
        known = tools.verifier.keys()
    except PublisherError:
        # Without them nothing can be published, which is said already.
        return {}
    names = tools.settings.team.fingerprints
    return {name: known[name] for name in names if name in known}


def _security_txt(tools: Tools) -> tuple[tuple[str, ...], datetime | None]:
    try:
        served = housekeeping.served(tools)
        expires = housekeeping.expires(tools) if served.data is not None else None
    except PublisherError as error:
        return (str(error),), None
    return tuple(str(each) for each in served.warnings), expires
