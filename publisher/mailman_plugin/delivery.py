"""Delivery of posts: `[mta] outgoing` in mailman.cfg names `deliver`.

A post of our lists is written once. If the list's subscribers can leave with one click,
or if Mailman wants an envelope of each recipient's own (VERP), everybody gets a copy,
and the copies differ in nothing else; if not, many get one copy. All other mail is left
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
from collections.abc import Callable, Iterable, Iterator, Sequence
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
    database,
    delivery_log,
    envelopes,
    mta,
    smtp,
    stopping,
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
    """Deliver a message to `msgdata["recipients"]`, or raise SomeRecipientsFailed."""
    if not _is_ours(mlist, msgdata):
        stock(mlist, msg, msgdata)
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


def _deliver(
    mlist: IMailingList,
    msg: Message,
    msgdata: Metadata,
    has_to_stop: Callable[[], bool],
) -> smtp.Refused:
    everybody = sorted(set(msgdata["recipients"]), key=_by_domain)
    plain = [address for address in everybody if _PLAIN.fullmatch(address)]
    try:
        write = envelopes.writer(mlist, msg, msgdata, plain)
    except ValueError as error:
        logger.info("publisher: left to Mailman's own delivery: %s", error)
        return _as_stock(mlist, msg, msgdata, everybody)
    message_id = str(msg.get("message-id", "")).strip()
    progress = Progress(mlist.list_id, message_id, plain)
    refused = _send(write, plain, progress, has_to_stop)
    others = sorted(set(everybody) - set(plain))
    if others:
        refused |= _as_stock(mlist, msg, msgdata, others)
    return refused


def _send(
    write: envelopes.Writer,
    recipients: Sequence[str],
    progress: Progress,
    has_to_stop: Callable[[], bool],
) -> smtp.Refused:
    """Send part after part, but for those that were sent before a crash."""
    size = _part_size(len(recipients))
    parts = [recipients[at : at + size] for at in range(0, len(recipients), size)]
    done = progress.done(len(parts))
    limit = int(config.mta.max_sessions_per_connection)
    client = smtp.Client(mta.connect, per_connection=limit)
    refused: smtp.Refused = {}
    try:
        for number, part in enumerate(parts):
            if number in done:
                refused |= done[number]
                continue
            failed: smtp.Refused = {}
            sent = _until(has_to_stop, write(part), failed)
            failed |= client.send(sent)
            progress.record(number, len(part), failed)
            refused |= failed
    finally:
        client.close()
    return refused


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


def _as_stock(
    mlist: IMailingList, msg: Message, msgdata: Metadata, recipients: Sequence[str]
) -> smtp.Refused:
    """Deliver as Mailman does, with nothing around the body."""
    most = int(config.mta.max_recipients)
    agent = Deliver() if msgdata.get("verp") else BulkDelivery(most)
    own = {**msgdata, "recipients": recipients, "nodecorate": True}
    refused: smtp.Refused = agent.deliver(mlist, copy.deepcopy(msg), own)
    agent._connection.quit()  # noqa: SLF001  (as Mailman's `deliver` does)
    return refused


def _by_domain(address: str) -> tuple[str, str]:
    """Sort so that one transaction goes to few hosts."""
    local, _, domain = address.rpartition("@")
    return domain, local
