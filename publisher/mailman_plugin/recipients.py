"""Who gets a post: the members of a list, read in one query.

Mailman asks the database about five times for each member. What a member prefers is
said by the membership, else by the address, else by its user, else by the system.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from mailman.core.constants import system_preferences
from mailman.interfaces.member import DeliveryMode, DeliveryStatus, MemberRole
from mailman.model.address import Address
from mailman.model.member import Member
from mailman.model.preferences import Preferences
from mailman.model.user import User
from sqlalchemy import func, literal, select
from sqlalchemy.orm import aliased

from publisher.mailman_plugin.bounces.tokens import Membership

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

# Databases take so many values in one statement; SQLite takes the fewest.
_AT_ONCE = 500


def regular(session: Session, list_id: str) -> set[str]:
    """Return the addresses that posts go to, as `member-recipients` finds them.

    A member who has no address any more gets nothing; stock Mailman stops there.
    """
    own, of_address, of_user = (aliased(Preferences) for _ in range(3))
    user = aliased(User)
    mode, status = (
        func.coalesce(
            getattr(own, name),
            getattr(of_address, name),
            getattr(of_user, name),
            literal(getattr(system_preferences, name), getattr(own, name).type),
        )
        for name in ("delivery_mode", "delivery_status")
    )
    query = (
        _members(list_id, Address.email)
        .outerjoin(own, own.id == Member.preferences_id)
        .outerjoin(of_address, of_address.id == Address.preferences_id)
        .outerjoin(user, user.id == Address.user_id)
        .outerjoin(of_user, of_user.id == user.preferences_id)
        .where(mode == DeliveryMode.regular)
        .where(status == DeliveryStatus.enabled)
    )
    return set(session.execute(query).scalars())


def memberships(
    session: Session, list_id: str, addresses: Collection[str]
) -> dict[str, Membership]:
    """Return each membership by its address.

    Only those of the `addresses` are needed; who is no member has none.
    """
    # Of two memberships, by address and by user, the first goes: as with stock, the
    # second row wins here.
    member_id = Member._member_id  # noqa: SLF001  (the column itself)
    query = _members(list_id, Address.email, Member.id, member_id).order_by(
        Member.address_id.is_not(None)
    )
    found: dict[str, Membership] = {}
    for part in _parts(addresses):
        narrowed = query.where(Address.email.in_(part)) if part else query
        found.update(
            (email, Membership(number, each.hex))
            for email, number, each in session.execute(narrowed)
        )
    return found


def _parts(addresses: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Yield what to ask for at a time; nothing in particular means all at once."""
    if len(addresses) > _AT_ONCE * 2:
        yield ()
        return
    rest = iter(addresses)
    while part := tuple(islice(rest, _AT_ONCE)):
        yield part


def _members(list_id: str, *columns: Any) -> Select[Any]:
    """Select from the members of a list, each with the address that mail goes to."""
    chosen: Select[Any] = select(*columns)
    return (
        chosen.select_from(Member)
        .outerjoin(User, User.id == Member.user_id)
        .join(
            Address,
            Address.id == func.coalesce(Member.address_id, User._preferred_address_id),  # noqa: SLF001
        )
        .where(Member.list_id == list_id)
        .where(Member.role == MemberRole.member)
    )
