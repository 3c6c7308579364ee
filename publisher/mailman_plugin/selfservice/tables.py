"""The tables of self-service, which `schema` makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    insert,
    select,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

METADATA = MetaData()
COUNTS = Table(
    "publisher_count",
    METADATA,
    Column("name", String(64), primary_key=True),
    # Seconds since the epoch, as all times in here.
    Column("until", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
)
"""Of `limits`."""
_REQUESTS = Table(
    "publisher_request",
    METADATA,
    Column("list_id", String(255), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("email", String(255), primary_key=True),
    Column("token", String(64), nullable=False, unique=True),
    Column("details", Text, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
)
"""What `QUESTIONS` was before: one of a kind for an address."""

_NEWER = MetaData()
QUESTIONS = Table(
    "publisher_question",
    _NEWER,
    Column("token", String(64), primary_key=True),
    Column("list_id", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("email", String(255), nullable=False),
    Column("details", Text, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
)
"""Of `waiting`."""
PUT_OFF = Table(
    "publisher_put_off",
    _NEWER,
    Column("name", String(64), primary_key=True),
    Column("list_id", String(255), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("email", String(255), nullable=False),
    Column("host", String(255), nullable=False),
    Column("network", String(255), nullable=False),
    Column("turn", BigInteger, nullable=False),
    # In microseconds, unlike others: it is the order of those whose turn is the same.
    Column("asked", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("answer", Text, nullable=False),
)
"""Of `turns`."""
# Not of the tables themselves, where they have no order.
_INDEXES = (
    "publisher_question_about ON publisher_question (list_id, kind, email)",
    "publisher_put_off_turn ON publisher_put_off (list_id, kind, turn, asked)",
    "publisher_put_off_network ON publisher_put_off (list_id, kind, network)",
)


def separate(connection: Connection) -> None:
    """Let several requests wait for one address, and others wait for their turn.

    What waits for an answer goes on waiting, under the same token.
    """
    _NEWER.create_all(connection)
    for index in _INDEXES:
        connection.exec_driver_sql(f"CREATE INDEX {index}")
    columns = [column.name for column in QUESTIONS.columns]
    old = select(*(_REQUESTS.c[name] for name in columns))
    connection.execute(insert(QUESTIONS).from_select(columns, old))
    _REQUESTS.drop(connection)
