"""Many members at once: REST takes a second for twenty."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, func, select


def subscribe(connection: Connection, list_id: str, addresses: Iterable[str]) -> None:
    """Make members of a list, as Mailman does when people join by mail."""
    # Not above: they warn, and tests take no warnings.
    from mailman.interfaces.member import MemberRole
    from mailman.model.address import Address
    from mailman.model.member import Member
    from mailman.model.preferences import Preferences
    from mailman.model.user import User

    tables = {model: model.__table__ for model in (User, Address, Member, Preferences)}
    first = {model: _next(connection, table) for model, table in tables.items()}
    rows: Mapping[Any, list[dict[str, object]]] = {model: [] for model in tables}
    for number, email in enumerate(addresses):
        user, address, member = (first[m] + number for m in (User, Address, Member))
        preferences = first[Preferences] + 3 * number
        rows[Preferences].extend({"id": preferences + each} for each in range(3))
        rows[User].append(
            {
                "id": user,
                "_user_id": uuid.uuid4(),
                "display_name": "",
                "preferences_id": preferences,
                "is_server_owner": False,
            }
        )
        rows[Address].append(
            {
                "id": address,
                "email": email,
                "display_name": "",
                "user_id": user,
                "preferences_id": preferences + 1,
            }
        )
        rows[Member].append(
            {
                "id": member,
                "_member_id": uuid.uuid4(),
                "role": MemberRole.member,
                "list_id": list_id,
                "address_id": address,
                "preferences_id": preferences + 2,
            }
        )
    for model in (Preferences, User, Address, Member):
        connection.execute(tables[model].insert(), rows[model])


def _next(connection: Connection, table: Table) -> int:
    return (connection.execute(select(func.max(table.c.id))).scalar() or 0) + 1
