"""Which copy of a post is sent: one, whatever a crash left behind.

Mailman puts a message into the next queue, then drops it from the last one. A runner
that is killed in between takes the message up again, and two copies go on. So each pass
through our pipeline names its copy, in the metadata, which stay with it in all queues
behind. The first copy whose delivery begins owns the post for good, and others that
come are dropped, be it days later.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Column, MetaData, String, Table, select
from sqlalchemy.exc import IntegrityError

from publisher.mailman_plugin.ledger import digest

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

COPY = "publisher_copy"
"""Where the metadata name the copy. Those of a message that was under way when the
plugin came do not."""
METADATA = MetaData()
"""The table, which `schema` makes."""
_COPIES = Table(
    "publisher_copy",
    METADATA,
    Column("list_id", String(255), primary_key=True),
    Column("message", String(64), primary_key=True),
    Column("copy", String(32), nullable=False),
    Column("at", String(32), nullable=False),
)


def name() -> str:
    """Return a name that no other copy has."""
    return secrets.token_hex(16)


def owns(session: Session, list_id: str, message_id: str, copy: str) -> bool:
    """Tell whether a copy is the one that is sent; it is, if it is the first."""
    values = {
        "list_id": list_id,
        "message": digest(message_id),
        "copy": copy,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    owner = _owner(session, list_id, digest(message_id))
    if owner is None:
        try:
            session.execute(_COPIES.insert().values(values))
            session.commit()
        except IntegrityError:
            # Another runner was faster.
            session.rollback()
            owner = _owner(session, list_id, digest(message_id))
        else:
            owner = copy
    return owner == copy


def begun(session: Session, list_id: str, message: str) -> bool:
    """Tell whether the delivery of a message was begun, by its digest."""
    return _owner(session, list_id, message) is not None


def _owner(session: Session, list_id: str, message: str) -> str | None:
    query = (
        select(_COPIES.c.copy)
        .where(_COPIES.c.list_id == list_id)
        .where(_COPIES.c.message == message)
    )
    return session.execute(query).scalar()
