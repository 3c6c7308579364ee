"""What Mailman's own REST would have to ask each member for, in one query each.

`members/find` loads five rows for each member to find those who chose digests, or whose
mail bounces: minutes for a large list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailman.config import config
from mailman.interfaces.listmanager import IListManager
from mailman.interfaces.member import DeliveryMode, DeliveryStatus, MemberRole
from mailman.model.address import Address
from mailman.model.member import Member
from mailman.model.preferences import Preferences
from mailman.model.user import User
from mailman.rest.helpers import etag, no_content, not_found, okay
from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from zope.component import getUtility

if TYPE_CHECKING:
    from falcon import Request, Response
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

_DIGESTS = (
    DeliveryMode.mime_digests,
    DeliveryMode.plaintext_digests,
    DeliveryMode.summary_digests,
)


class Bounces:
    """Whose mail of a list bounces."""

    def __init__(self, list_id: str) -> None:
        self._list_id = list_id
        self._mlist = getUtility(IListManager).get_by_list_id(list_id)

    def on_get(self, request: Request, response: Response) -> None:
        """Tell how many members get no mail any more, and how many may come to it."""
        del request
        if self._mlist is None:
            not_found(response)
            return
        told = {
            "list_id": self._list_id,
            "disabled": disabled(config.db.store, self._list_id),
            "bouncing": bouncing(config.db.store, self._list_id),
        }
        okay(response, etag(told))


class Digests:
    """Who chose digests, of which there are none."""

    def __init__(self, list_id: str) -> None:
        self._list_id = list_id

    def on_delete(self, request: Request, response: Response) -> None:
        """Have mail sent to everybody who chose digests."""
        del request
        send_no_digests(config.db.store, self._list_id)
        no_content(response)


def disabled(session: Session, list_id: str) -> int:
    """Return how many members get no mail any more since it bounced."""
    query = (
        _members(list_id)
        .join(Preferences, Preferences.id == Member.preferences_id)
        .where(Preferences.delivery_status == DeliveryStatus.by_bounces)
    )
    return session.execute(query).scalar() or 0


def bouncing(session: Session, list_id: str) -> int:
    """Return of how many members mail bounced lately."""
    query = _members(list_id).where(Member.bounce_score > 0)
    return session.execute(query).scalar() or 0


def send_no_digests(session: Session, list_id: str) -> None:
    """Have mail sent to the members who chose digests; the caller commits."""
    own, of_address, of_user = (aliased(Preferences) for _ in range(3))
    subscriber, holder = aliased(User), aliased(User)
    address = func.coalesce(Member.address_id, subscriber._preferred_address_id)  # noqa: SLF001
    # The first of these that says something holds (`Member._lookup` of Mailman).
    modes = (own.delivery_mode, of_address.delivery_mode, of_user.delivery_mode)
    query = (
        select(own)
        .join(Member, Member.preferences_id == own.id)
        .outerjoin(subscriber, subscriber.id == Member.user_id)
        .join(Address, Address.id == address)
        .outerjoin(of_address, of_address.id == Address.preferences_id)
        .outerjoin(holder, holder.id == Address.user_id)
        .outerjoin(of_user, of_user.id == holder.preferences_id)
        .where(Member.list_id == list_id, Member.role == MemberRole.member)
        .where(func.coalesce(*modes).in_(_DIGESTS))
    )
    for preferences in session.scalars(query):
        preferences.delivery_mode = DeliveryMode.regular


def _members(list_id: str) -> Select[tuple[int]]:
    return (
        select(func.count())
        .select_from(Member)
        .where(Member.list_id == list_id, Member.role == MemberRole.member)
    )
