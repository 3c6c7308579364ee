"""Whose mail came back: by our token, by that of a probe, or as a report names it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from mailman.config import config
from mailman.interfaces.member import MemberRole
from mailman.interfaces.pending import IPendings
from mailman.interfaces.subscriptions import ISubscriptionService
from mailman.model.member import Member
from zope.component import getUtility

from publisher.mailman_plugin import leaving, recipients
from publisher.mailman_plugin.bounces import tokens

if TYPE_CHECKING:
    from mailman.interfaces.mailinglist import IMailingList
    from mailman.interfaces.member import IMember

_PROBE = "probe"
"""How Mailman calls what it keeps of a probe that it sent."""


def by_token(mlist: IMailingList, token: str, today: date) -> IMember | None:
    """Return the member whose copy had `token`, if its bounce can still count.

    A bounce counts if its mail was sent on a later day than that on which the last one
    that counted came in. So no mail counts twice, however often its bounce is repeated.
    """
    store = config.db.store
    made = tokens.Tokens(leaving.secret(store, tokens.PURPOSE), mlist.list_id)
    claim = made.read(token)
    if claim is None:
        return None
    member = _of(mlist, store.get(Member, claim.number))
    if member is None or not made.is_good(claim, member.member_id.hex, today):
        return None
    last = member.last_bounce_received
    return member if last is None or last.date() < claim.day else None


def by_probe(mlist: IMailingList, token: str) -> IMember | None:
    """Return the member to whom a probe was sent; its token stays good."""
    kept = getUtility(IPendings).confirm(token, expunge=False)
    if kept is None or kept.get("type") != _PROBE or "member_id" not in kept:
        return None
    found = getUtility(ISubscriptionService).get_member(UUID(hex=kept["member_id"]))
    return _of(mlist, found)


def end_probe(token: str) -> None:
    """Have the token of a probe count no more."""
    getUtility(IPendings).confirm(token)


def named(mlist: IMailingList, addresses: Sequence[str]) -> Sequence[IMember]:
    """Return the members whose addresses are among `addresses`, in one query."""
    store = config.db.store
    known = recipients.memberships(store, mlist.list_id, sorted(set(addresses)))
    found = (store.get(Member, each.number) for each in known.values())
    return [member for each in found if (member := _of(mlist, each)) is not None]


def _of(mlist: IMailingList, found: IMember | None) -> IMember | None:
    """Return who was found if he subscribes to a list with an address."""
    if found is None or found.list_id != mlist.list_id or found.address is None:
        return None
    return found if found.role is MemberRole.member else None
