"""The posting chain `publisher-announce`: post what is signed, discard the rest."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailman.chains.base import Link, TerminalChainBase
from mailman.config import config
from mailman.interfaces.chain import AcceptEvent, DiscardEvent, IChain, LinkAction
from zope.event import notify
from zope.interface import implementer

from publisher.errors import SettingsError, TrustError
from publisher.lists import names
from publisher.mailman_plugin import rejections, schema
from publisher.mailman_plugin.ledger import Ledger
from publisher.mailman_plugin.rules import signed

if TYPE_CHECKING:
    from email.message import Message

    from mailman.interfaces.mailinglist import IMailingList

    from publisher.mailman_plugin.gate import Admitted
    from publisher.mailman_plugin.rules.signed import Metadata

__all__ = ["Announce", "Discard", "Post"]

logger = logging.getLogger("mailman.vette")

_POST = "publisher-post"
_DISCARD = "publisher-discard"
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)


@implementer(IChain)
class Announce:
    """Post what the rule `publisher-signed` lets pass; discard everything else."""

    name = names.CHAIN
    description = "Post signed announcements and discard everything else."

    def get_links(
        self, mlist: IMailingList, msg: Message, msgdata: Metadata
    ) -> Iterator[Link]:
        """Return the two links."""
        del mlist, msg, msgdata
        yield Link(signed.Signed.name, LinkAction.jump, _POST)
        yield Link("truth", LinkAction.jump, _DISCARD)


class Post(TerminalChainBase):  # type: ignore[misc]  # Mailman has no types.
    """Hand an admitted message to the runner that sends it to all members."""

    name = _POST
    description = "Post a signed announcement once."

    def _process(self, mlist: IMailingList, msg: Message, msgdata: Metadata) -> None:
        admitted: Admitted = msgdata[signed.ADMITTED]
        try:
            with _undisturbed():
                _post(Ledger(config.db.store, mlist.list_id), admitted, msg, msgdata)
        except TrustError as error:
            msgdata[signed.REASON] = str(error)
            _refuse(mlist, msg, msgdata)
            return
        name = mlist.list_id
        logger.info("publisher: %s posts %s", name, admitted.key)
        notify(AcceptEvent(mlist, msg, msgdata, self))


class Discard(TerminalChainBase):  # type: ignore[misc]  # Mailman has no types.
    """Drop a message, and say why in the log; and to a subscriber, if the list does."""

    name = _DISCARD
    description = "Discard what is not a signed announcement."

    def _process(self, mlist: IMailingList, msg: Message, msgdata: Metadata) -> None:
        _refuse(mlist, msg, msgdata)
        if signed.is_from_outside(msgdata):
            rejections.answer(mlist, msg)
        notify(DiscardEvent(mlist, msg, msgdata, self))


def _post(ledger: Ledger, admitted: Admitted, msg: Message, msgdata: Metadata) -> None:
    """Claim, put into the queue, record; see `ledger` for what a crash leaves."""
    key, message_id = admitted.key, admitted.message_id
    if not admitted.claimed:
        ledger.claim(key, message_id, msgdata[signed.SHA256])
    try:
        config.switchboards["pipeline"].enqueue(msg, msgdata)
    except Exception:
        # It is not in the queue, so that it may be posted later. Mailman keeps the
        # message among those that a person should look at (`mailman unshunt`).
        ledger.withdraw(key)
        raise
    ledger.accept(key, message_id)


def _refuse(mlist: IMailingList, msg: Message, msgdata: Metadata) -> None:
    """Log a refusal on one line; what came by REST can be asked about, too."""
    message_id, reason = signed.message_id(msg), msgdata[signed.REASON]
    logger.info("publisher: %s refuses %r: %r", mlist.list_id, message_id, reason)
    if not signed.is_from_outside(msgdata) and _can_record():
        Ledger(config.db.store, mlist.list_id).refuse(message_id, reason)


def _can_record() -> bool:
    """Tell whether our tables are as we know them; if not, that is why we refuse."""
    try:
        schema.check(config.db.engine)
    except SettingsError:
        return False
    return True


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let signals wait that would stop the runner in between."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
