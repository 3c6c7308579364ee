"""Which subscriber of each list is the canary, the team's own mailbox (docs/canary.md).

`publisher lists apply` tells it. Whatever comes back from there, the canary stays: it
is how the team sees what readers get, and `publisher confirm` says if it gets nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, MetaData, String, Table, select

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

METADATA = MetaData()
"""The table, which `schema` makes."""
_CANARIES = Table(
    "publisher_canary",
    METADATA,
    Column("list_id", String(255), primary_key=True),
    Column("email", String(320), nullable=False),
)
_LONGEST = 320


def canary(session: Session, list_id: str) -> str:
    """Return the address of a list's canary; "" if it has none."""
    query = select(_CANARIES.c.email).where(_CANARIES.c.list_id == list_id)
    return session.execute(query).scalar() or ""


def set_canary(session: Session, list_id: str, email: str) -> None:
    """Set the address of a list's canary; the caller commits."""
    session.execute(_CANARIES.delete().where(_CANARIES.c.list_id == list_id))
    if email:
        session.execute(_CANARIES.insert().values(list_id=list_id, email=email))


def checked(email: str) -> str:
    """Return `email` if it can be one address, or raise ValueError."""
    if email and (email.count("@") != 1 or len(email) > _LONGEST):
        msg = "expected one mail address, or nothing"
        raise ValueError(msg)
    return email


def is_canary(session: Session, list_id: str, email: str) -> bool:
    """Tell whether an address is a list's canary."""
    return canary(session, list_id).lower() == email.lower()
