"""Answers go out now if the limits permit it, and otherwise when they do.

What is over the limit of its address is dropped: that limit is for whoever gets the
mail. What is over the limit of its host, its network or its list waits for its turn.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from mailman.config import config
from mailman.core.i18n import _

from publisher.errors import PublisherError
from publisher.mailman_plugin.selfservice import limits, membership, sending, turns
from publisher.mailman_plugin.selfservice.limits import Bound, Counted, Limits
from publisher.mailman_plugin.selfservice.origin import Source
from publisher.mailman_plugin.selfservice.sending import Answer
from publisher.mailman_plugin.selfservice.turns import Waiting

if TYPE_CHECKING:
    from mailman.interfaces.mailinglist import IMailingList

logger = logging.getLogger("mailman.vette")

_AT_ONCE = 20
"""How many that waited are answered before new mail is looked at again."""


def admit(
    mlist: IMailingList, answer: Answer, source: Source, bounds: Limits, now: datetime
) -> None:
    """Send an answer, put it off, or drop it."""
    store, list_id = config.db.store, mlist.list_id
    counted = Counted(answer.kind, answer.email, source, list_id)
    full = None
    if turns.is_anybody_due(store, list_id, answer.kind, now):
        why = "others wait for the list"
    else:
        full = limits.permits(store, bounds, counted, now)
        if full is None:
            sending.send(mlist, answer, now)
            return
        why = f"the limit of its {full.bound} is reached"
        if full.bound is Bound.ADDRESS:
            _log(counted, f"drops it: {why}")
            return
    if turns.put(store, counted, answer.dump(), now, full):
        _log(counted, f"puts it off: {why}")
    else:
        _log(counted, "drops it: too many wait")


def release(bounds: Limits, now: datetime) -> None:
    """Send what was put off and is permitted now, in fair turns."""
    for list_id, kind in turns.groups(config.db.store, now):
        for each in _due(list_id, kind, bounds, now):
            mlist = membership.by_id(list_id)
            if mlist is None:
                continue
            with _.using(mlist.preferred_language.code):
                _send(mlist, each, now)


def _due(list_id: str, kind: str, bounds: Limits, now: datetime) -> Iterator[Waiting]:
    """Take out those of one kind that may be answered now, a few at a time."""
    store = config.db.store
    held: set[str] = set()
    for each in turns.following(store, list_id, kind, now, _AT_ONCE):
        source = each.counted.source
        if held & {source.host, source.network}:
            continue
        is_over = sending.is_sent(Answer.load(list_id, each.answer), now)
        full = None if is_over else limits.permits(store, bounds, each.counted, now)
        if full is not None and full.bound is Bound.LIST:
            return
        if full is not None and full.bound is not Bound.ADDRESS:
            turns.hold(store, each.counted, full)
            held.add(source.host if full.bound is Bound.HOST else source.network)
            continue
        if turns.take(store, each.name) and full is None and not is_over:
            yield each
        config.db.commit()


def _send(mlist: IMailingList, waiting: Waiting, now: datetime) -> None:
    try:
        sending.send(mlist, Answer.load(mlist.list_id, waiting.answer), now)
    except PublisherError as error:
        _drop(waiting)
        logger.error("publisher: %s", error)  # noqa: TRY400
    except Exception:
        _drop(waiting)
        logger.exception("publisher: %s drops what was put off", mlist.list_id)


def _drop(waiting: Waiting) -> None:
    """Undo what was begun, but let it not be begun again and again."""
    config.db.abort()
    turns.take(config.db.store, waiting.name)
    config.db.commit()


def _log(counted: Counted, what: str) -> None:
    logger.info(
        "publisher: %s was asked for %s from %s and %s",
        counted.list_id,
        counted.kind,
        counted.source.host,
        what,
    )
