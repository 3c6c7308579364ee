"""Delivery of posts: `[mta] outgoing` in mailman.cfg names `deliver`.

A post of our lists is written once. If the list's subscribers can leave with one click,
or if Mailman wants an envelope of each recipient's own (VERP), everybody gets a copy
that comes back to an address of its own (`bounces.tokens`), and the copies differ in
nothing else; if not, many get one copy. All other mail is left
to Mailman's own delivery, and so are addresses that plain SMTP cannot write.

Mailman is told what its own delivery would tell: it tries the deferred again and counts
the refused as bounces. If it has to stop in the middle, the mail under way is finished
and all others are deferred, so that Mailman goes on with them at its next start.
"""

from __future__ import annotations

import copy
import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lazr.config import as_boolean
from mailman.config import config
from mailman.interfaces.mailinglist import Personalization
from mailman.interfaces.mta import SomeRecipientsFailed
from mailman.mta.bulk import BulkDelivery
from mailman.mta.deliver import Deliver
from mailman.mta.deliver import deliver as stock

from publisher.lists import names
from publisher.mailman_plugin import (
    copies,
    database,
    delivery_log,
    envelopes,
    mta,
    smtp,
    stopping,
    waiting,
)
from publisher.mailman_plugin.deliveries import Progress, is_permanent
from publisher.mailman_plugin.handlers.recipients import ANNOUNCEMENT

if TYPE_CHECKING:
    from email.message import Message

    from mailman.interfaces.mailinglist import IMailingList

logger = logging.getLogger("mailman.smtp")

Metadata = dict[str, Any]

# What an address needs to stand in a command without quotes (RFC 5321, section 4.1.2).
_PLAIN = re.compile(r"[!#-'*+\-./0-9=?A-Z^-~]+@[0-9A-Za-z.:\[\]-]+")
_PART = 500
_STOPPED = (421, "Mailman was told to stop")


def deliver(mlist: IMailingList, msg: Message, msgdata: Metadata) -> None:
    """Deliver a message to `msgdata["recipients"]`, or raise SomeRecipientsFailed.

    Whoever is deferred is tried again soon at first, and then less often (`waiting`).
    """
    recipients = msgdata.get("recipients") or ()
    try:
        _attempt(mlist, msg, msgdata)
    except SomeRecipientsFailed as error:
        waiting.note(msgdata, recipients, error.temporary_failures)
        raise


def _attempt(mlist: IMailingList, msg: Message, msgdata: Metadata) -> None:
    if not _is_ours(mlist, msgdata):
        _leave_sender(mlist, msgdata)
        stock(mlist, msg, msgdata)
        return
    if not _is_the_one(mlist, msg, msgdata):
        logger.info("publisher: a second copy of %s is dropped", _message_id(msg))
        return
    start = time.time()
    with stopping.held() as has_to_stop:
        refused = _deliver(mlist, msg, msgdata, has_to_stop)
    with database.safely("this delivery is missing in the log"):
        delivery_log.write(mlist, msg, msgdata, refused, time.time() - start)
    temporary, permanent = [], []
    for recipient, (code, text) in refused.items():
        if is_permanent(code):
            permanent.append((recipient, code, text))
        else:
            temporary.append(recipient)
    if refused:
        raise SomeRecipientsFailed(temporary, permanent)


def _leave_sender(mlist: IMailingList, msgdata: Metadata) -> None:
    """Have what else goes out on our lists come back to the list's own address.

    Mailman's own VERP puts the whole address of the reader into a local part, where 64
    octets have room; and no bounce of it counts, since it has no token.
    """
    if mlist is not None and mlist.posting_chain == names.CHAIN:
        msgdata["verp"] = False


def _is_ours(mlist: IMailingList, msgdata: Metadata) -> bool:
    """Tell whether this is a post, of a list that is set as ours are."""
    return bool(
        mlist is not None
        and mlist.posting_chain == names.CHAIN
        and msgdata.get(ANNOUNCEMENT)
        and msgdata.get("recipients")
        # To is to name each recipient, or all mail is to go to a developer.
        and mlist.personalize is not Personalization.full
        and not as_boolean(config.devmode.enabled)
    )


def _is_the_one(mlist: IMailingList, msg: Message, msgdata: Metadata) -> bool:
    """Tell whether this copy of a post is to be sent, or raise SomeRecipientsFailed.

    Nothing was sent yet, so it waits for a database that cannot tell.
    """
    copy = msgdata.get(copies.COPY, "")
    with database.safely("this post waits until the database answers"):
        return copies.owns(config.db.store, mlist.list_id, _message_id(msg), copy)
    raise SomeRecipientsFailed(sorted(msgdata["recipients"]), [])


def _deliver(
    mlist: IMailingList,
    msg: Message,
    msgdata: Metadata,
    has_to_stop: Callable[[], bool],
) -> smtp.Refused:
    """Deliver to all but those who got it before a crash."""
    everybody = sorted(set(msgdata["recipients"]), key=_by_domain)
    plain = [address for address in everybody if _PLAIN.fullmatch(address)]
    others = sorted(set(everybody) - set(plain))
    progress = Progress(mlist.list_id, _message_id(msg), [*plain, *others])
    try:
        write = envelopes.writer(mlist, msg, msgdata, plain)
    except ValueError as error:
        logger.info("publisher: left to Mailman's own delivery: %s", error)
        write, plain, others = _nothing, [], everybody
    size = _part_size(len(plain))
    parts = [plain[at : at + size] for at in range(0, len(plain), size)]
    done = progress.done(len(parts) + bool(others))
    refused: smtp.Refused = {}
    for failures in done.values():
        refused |= failures
    left = {number: part for number, part in enumerate(parts) if number not in done}
    refused |= _send(write, left, progress, has_to_stop)
    if others and len(parts) not in done:
        failed = _as_stock(mlist, msg, msgdata, others)
        progress.record(len(parts), len(others), failed)
        refused |= failed
    progress.end()
    return refused


def _send(
    write: envelopes.Writer,
    parts: Mapping[int, Sequence[str]],
    progress: Progress,
    has_to_stop: Callable[[], bool],
) -> smtp.Refused:
    """Send part after part, but for those in it who have got it already."""
    limit = int(config.mta.max_sessions_per_connection)
    trail = progress.trail
    client = smtp.Client(
        mta.connect, mta.peer(), per_connection=limit, taken=trail.note
    )
    had = frozenset(trail.taken)
    refused: smtp.Refused = {}
    trail.begin()
    try:
        for number, part in parts.items():
            failed: smtp.Refused = {}
            rest = [each for each in part if each not in had]
            sent = _until(has_to_stop, write(rest) if rest else (), failed)
            failed |= client.send(sent)
            progress.record(number, len(part), failed)
            refused |= failed
    finally:
        client.close()
        trail.close()
    return refused


def _nothing(part: Sequence[str]) -> Iterator[smtp.Envelope]:
    """Write nothing: there is nobody to write to."""
    del part
    yield from ()


def _message_id(msg: Message) -> str:
    return str(msg.get("message-id", "")).strip()


def _part_size(count: int) -> int:
    most = int(config.mta.max_recipients)
    return max(_PART, most) if most > 0 else max(_PART, count)


def _until(
    has_to_stop: Callable[[], bool],
    sent: Iterable[smtp.Envelope],
    refused: smtp.Refused,
) -> Iterator[smtp.Envelope]:
    """Yield what is to be sent; once Mailman has to stop, defer it instead."""
    for envelope in sent:
        if has_to_stop():
            refused.update(dict.fromkeys(envelope.recipients, _STOPPED))
        else:
            yield envelope


class _Marked(Deliver):  # type: ignore[misc]  # Mailman has no types.
    """Mailman's delivery to one recipient at a time, with our tokens."""

    def __init__(self, sender: envelopes.Sender) -> None:
        super().__init__()
        self._sender = sender

    def _get_sender(self, mlist: IMailingList, msg: Message, msgdata: Metadata) -> str:
        del mlist, msg
        return self._sender(msgdata["recipient"])


def _as_stock(
    mlist: IMailingList, msg: Message, msgdata: Metadata, recipients: Sequence[str]
) -> smtp.Refused:
    """Deliver as Mailman does, with nothing around the body."""
    agent = BulkDelivery(int(config.mta.max_recipients))
    with database.safely("no bounce of these copies counts"):
        if envelopes.is_individual(mlist, msgdata):
            agent = _Marked(envelopes.senders(mlist, msgdata, recipients))
    own = {**msgdata, "recipients": recipients, "nodecorate": True}
    refused: smtp.Refused = agent.deliver(mlist, copy.deepcopy(msg), own)
    agent._connection.quit()  # noqa: SLF001  (as Mailman's `deliver` does)
    return refused


def _by_domain(address: str) -> tuple[str, str]:
    """Sort so that one transaction goes to few hosts."""
    local, _, domain = address.rpartition("@")
    return domain, local
