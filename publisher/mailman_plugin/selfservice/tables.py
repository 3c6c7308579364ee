"""The tables of self-service, which `schema` makes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text

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
REQUESTS = Table(
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
"""Of `waiting`."""
