"""Which lists are ours, who is on them, and how a subscription is moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailman.interfaces.address import IEmailValidator
from mailman.interfaces.bans import IBanManager
from mailman.interfaces.listmanager import IListManager
from mailman.interfaces.member import DeliveryStatus
from mailman.interfaces.usermanager import IUserManager
from mailman.runners.lmtp import split_recipient
from mailman.utilities.datetime import now
from zope.component import getUtility

from publisher.lists import names

if TYPE_CHECKING:
    from mailman.interfaces.address import IAddress
    from mailman.interfaces.mailinglist import IMailingList
    from mailman.interfaces.member import IMember

_OPTIONS = (
    "acknowledge_posts",
    "delivery_mode",
    "delivery_status",
    "hide_address",
    "receive_list_copy",
    "receive_own_postings",
)


def is_ours(mlist: IMailingList) -> bool:
    """Tell whether a list is one of signed announcements."""
    return bool(mlist.posting_chain == names.CHAIN)


def ours() -> Sequence[IMailingList]:
    """Return all lists of this server that are ours, sorted by name."""
    found = filter(is_ours, getUtility(IListManager).mailing_lists)
    return sorted(found, key=lambda mlist: str(mlist.list_id))


def by_id(list_id: str) -> IMailingList | None:
    """Return one of our lists, if it is there."""
    mlist = getUtility(IListManager).get_by_list_id(list_id)
    return mlist if mlist is not None and is_ours(mlist) else None


def siblings(mlist: IMailingList) -> Sequence[IMailingList]:
    """Return the lists of the same announcements in all languages, `mlist` included.

    They are of one domain and have one name, but for an end that says the language:
    `announce-ja` and `announce-en`, or `announce` and `announce-ja`.
    """
    stem = _stem(mlist)
    return [
        each
        for each in ours()
        if each.mail_host == mlist.mail_host and _stem(each) == stem
    ]


def subscribed(email: str) -> Sequence[IMailingList]:
    """Return the lists of ours that an address is on."""
    return [mlist for mlist in ours() if member(mlist, email) is not None]


def member(mlist: IMailingList, email: str) -> IMember | None:
    """Return the subscription of an address, if it has one."""
    return mlist.members.get_member(email)


def can_be_member(mlist: IMailingList, email: str) -> bool:
    """Tell whether an address may be on a list: it is no list's own, and not banned."""
    if not getUtility(IEmailValidator).is_valid(email) or list_of(email):
        return False
    return not IBanManager(mlist).is_banned(email)


def list_of(email: str) -> str:
    """Return the list of this server that an address belongs to; "" if to none."""
    name, _, domain = split_recipient(email)
    address = f"{name}@{domain}"
    return "" if getUtility(IListManager).get(address) is None else address


def join(mlist: IMailingList, email: str) -> None:
    """Subscribe an address that has confirmed; Mailman welcomes it.

    An address that is subscribed, and was taken for dead since mail to it bounced,
    is alive again.
    """
    known = member(mlist, email)
    if known is None:
        mlist.subscribe(_confirmed(email))
    else:
        known.preferences.delivery_status = None
        known.bounce_score = 0
        known.total_warnings_sent = 0


def join_quietly(mlist: IMailingList, email: str) -> None:
    """Subscribe an address that was subscribed before, without a welcome."""
    mlist.subscribe(_confirmed(email), send_welcome_message=False)


def is_alive(known: IMember) -> bool:
    """Tell whether mail is sent to a member, or would be but for its own wish."""
    return known.delivery_status not in {
        DeliveryStatus.by_bounces,
        DeliveryStatus.unknown,
    }


def move(known: IMember, mlist: IMailingList, email: str) -> bool:
    """Put another subscription in the place of `known`, with its options.

    It may be of another address, or on another list. Return whether it is new.
    """
    fresh = member(mlist, email) is None
    if fresh:
        moved = mlist.subscribe(_confirmed(email), send_welcome_message=False)
        for name in _OPTIONS:
            setattr(moved.preferences, name, getattr(known.preferences, name))
        moved.moderation_action = known.moderation_action
        if mlist.list_id == known.list_id:
            language = known.preferences.preferred_language
            moved.preferences.preferred_language = language
        if not is_alive(known):
            moved.preferences.delivery_status = None
    known.unsubscribe()
    return fresh


def _confirmed(email: str) -> IAddress:
    """Return the record of an address, which has just proved that it is somebody's."""
    manager = getUtility(IUserManager)
    manager.make_user(email)
    address = manager.get_address(email)
    if address.verified_on is None:
        address.verified_on = now()
    return address


def _stem(mlist: IMailingList) -> str:
    code = mlist.preferred_language.code.lower().replace("_", "-")
    return str(mlist.list_name).removesuffix(f"-{code}")
