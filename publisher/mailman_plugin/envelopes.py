"""The transactions in which a post goes to its recipients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailman.config import config
from mailman.utilities.datetime import now

from publisher.mailman_plugin import database, leaving, recipients, wire
from publisher.mailman_plugin.bounces import tokens
from publisher.mailman_plugin.bounces.tokens import Membership
from publisher.mailman_plugin.smtp import Envelope

if TYPE_CHECKING:
    from email.message import Message

    from mailman.interfaces.mailinglist import IMailingList

Writer = Callable[[Sequence[str]], Iterator[Envelope]]
"""Makes the transactions for some of the recipients."""
Sender = Callable[[str], str]
"""Tells the envelope's sender for a recipient: where the mail comes back to."""
Members = Mapping[str, Membership]
"""Who subscribes, by address."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """One copy for many."""

    sender: str
    content: bytes
    most: int
    """How many recipients a transaction may have; 0: all."""

    def __call__(self, part: Sequence[str]) -> Iterator[Envelope]:
        """Yield the transactions for `part`."""
        size = self.most if self.most > 0 else len(part)
        for at in range(0, len(part), size):
            yield Envelope(self.sender, part[at : at + size], self.content)


@dataclass(frozen=True, slots=True)
class Individual:
    """A copy for each."""

    sender: Sender
    content: bytes

    def __call__(self, part: Sequence[str]) -> Iterator[Envelope]:
        """Yield the transactions for `part`."""
        for recipient in part:
            yield Envelope(self.sender(recipient), (recipient,), self.content)


@dataclass(frozen=True, slots=True)
class Personal:
    """A copy for each, with an address of the recipient's own to leave by."""

    sender: Sender
    letter: wire.Letter
    content: bytes
    """For those who are no members any more."""
    addresses: leaving.Addresses
    members: Members

    def __call__(self, part: Sequence[str]) -> Iterator[Envelope]:
        """Yield the transactions for `part`."""
        for recipient in part:
            member = self.members.get(recipient)
            content = (
                self.letter.to(self.addresses.of(member.member_id))
                if member
                else self.content
            )
            yield Envelope(self.sender(recipient), (recipient,), content)


def writer(
    mlist: IMailingList,
    msg: Message,
    msgdata: Mapping[str, Any],
    everybody: Sequence[str],
) -> Writer:
    """Return what writes a post, or raise ValueError if it is not ASCII."""
    content = wire.plain(msg)
    with database.safely("nobody can leave with one click, and no bounce counts"):
        if is_individual(mlist, msgdata):
            return _individual(mlist, msg, msgdata, content, everybody)
    base = _base(mlist, msgdata)
    if msgdata.get("verp"):
        return Individual(lambda _recipient: base, content)
    return Bulk(base, content, int(config.mta.max_recipients))


def is_individual(mlist: IMailingList, msgdata: Mapping[str, Any]) -> bool:
    """Tell whether each recipient of a post gets a copy of his own."""
    return bool(msgdata.get("verp") or leaving.page(config.db.store, mlist.list_id))


def have_tokens(mlist: IMailingList) -> bool:
    """Tell whether all posts of a list go out with tokens."""
    every = int(config.mta.verp_delivery_interval) == 1
    if not tokens.fits(mlist.bounces_address, config.mta.verp_delimiter):
        return False
    return every or bool(leaving.page(config.db.store, mlist.list_id))


def senders(
    mlist: IMailingList, msgdata: Mapping[str, Any], everybody: Sequence[str]
) -> Sender:
    """Return what tells the envelope's sender, with a token for each member."""
    store = config.db.store
    members = recipients.memberships(store, mlist.list_id, everybody)
    return _senders(mlist, msgdata, members)


def _senders(
    mlist: IMailingList, msgdata: Mapping[str, Any], members: Members
) -> Sender:
    base = _base(mlist, msgdata)
    secret = leaving.secret(config.db.store, tokens.PURPOSE)
    made = tokens.Tokens(secret, mlist.list_id)
    today, delimiter = now().date(), config.mta.verp_delimiter

    def sender(recipient: str) -> str:
        member = members.get(recipient)
        if member is None:
            return base
        return tokens.address(base, delimiter, made.of(member, today))

    return sender


def _base(mlist: IMailingList, msgdata: Mapping[str, Any]) -> str:
    """Return the envelope's sender as Mailman has it, without VERP."""
    return str(msgdata.get("sender") or mlist.bounces_address)


def _individual(
    mlist: IMailingList,
    msg: Message,
    msgdata: Mapping[str, Any],
    content: bytes,
    everybody: Sequence[str],
) -> Writer:
    members = recipients.memberships(config.db.store, mlist.list_id, everybody)
    sender = _senders(mlist, msgdata, members)
    page = leaving.page(config.db.store, mlist.list_id)
    if not page:
        return Individual(sender, content)
    made = leaving.Tokens(leaving.secret(config.db.store), mlist.list_id)
    return Personal(
        sender,
        wire.personal(msg, mlist.leave_address),
        content,
        leaving.Addresses(page, made, mlist.list_id),
        members,
    )
