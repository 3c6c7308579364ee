"""The transactions in which a post goes to its recipients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailman.config import config
from mailman.utilities.email import split_email
from mailman.utilities.string import expand

from publisher.mailman_plugin import database, leaving, recipients, wire
from publisher.mailman_plugin.smtp import Envelope

if TYPE_CHECKING:
    from email.message import Message

    from mailman.interfaces.mailinglist import IMailingList

Writer = Callable[[Sequence[str]], Iterator[Envelope]]
"""Makes the transactions for some of the recipients."""
Sender = Callable[[str], str]
"""Tells the envelope's sender for a recipient."""

# No address holds such characters.
_LOCAL, _DOMAIN = "\0local\0", "\0domain\0"


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
    member_ids: Mapping[str, str]

    def __call__(self, part: Sequence[str]) -> Iterator[Envelope]:
        """Yield the transactions for `part`."""
        for recipient in part:
            member_id = self.member_ids.get(recipient)
            content = (
                self.letter.to(self.addresses.of(member_id))
                if member_id
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
    sender = senders(mlist, msgdata)
    personal = None
    with database.safely("nobody can leave with one click"):
        personal = _personal(mlist, msg, content, sender, everybody)
    if personal is not None:
        return personal
    if msgdata.get("verp"):
        return Individual(sender, content)
    return Bulk(sender(""), content, int(config.mta.max_recipients))


def senders(mlist: IMailingList, msgdata: Mapping[str, Any]) -> Sender:
    """Return what tells the envelope's sender: the same as Mailman's own delivery."""
    base = msgdata.get("sender") or mlist.bounces_address
    if not msgdata.get("verp"):
        return lambda _recipient: base
    mailbox, domain = split_email(base)
    extras = {"bounces": mailbox, "local": _LOCAL, "domain": _DOMAIN}
    # Expanded once: Mailman puts twenty facts about the list together for it.
    pattern = f"{expand(config.mta.verp_format, mlist, extras)}@{'.'.join(domain)}"

    def sender(recipient: str) -> str:
        local, _, host = recipient.rpartition("@")
        return pattern.replace(_LOCAL, local).replace(_DOMAIN, host)

    return sender


def _personal(
    mlist: IMailingList,
    msg: Message,
    content: bytes,
    sender: Sender,
    everybody: Sequence[str],
) -> Personal | None:
    """Return what writes copies with one-click leave; None if the list has none."""
    page = leaving.page(config.db.store, mlist.list_id)
    if not page:
        return None
    tokens = leaving.Tokens(leaving.secret(config.db.store), mlist.list_id)
    return Personal(
        sender,
        wire.personal(msg, mlist.leave_address),
        content,
        leaving.Addresses(page, tokens, mlist.list_id),
        recipients.member_ids(config.db.store, mlist.list_id, everybody),
    )
