"""Entries to start from, and the record that they make."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from publisher.model.chain import EditionKey
from publisher.model.ids import AdvisoryId
from publisher.record import Entry, Record
from tests.builders import EN, JA

DATE = datetime(2026, 11, 20, 1, tzinfo=UTC)
NAME = "record/2026.jsonl"


def entry(
    number: int = 7,
    after: Iterable[str] = (),
    *,
    language: str = "en",
    revision: int = 1,
    signature: int = 1,
    data: bytes = b"signed",
    date: datetime = DATE,
    year: int = 2026,
) -> Entry:
    """Return the entry of a signed file that holds `data`."""
    key = EditionKey(
        AdvisoryId("ADV", year, number), revision, {"en": EN, "ja": JA}[language]
    )
    digests = tuple(sorted(after))
    return Entry(key, signature, sha256(data).hexdigest(), date, DATE, digests)


def lines(*entries: Entry) -> bytes:
    return "".join(f"{each}\n" for each in entries).encode()


def record(*entries: Entry) -> Record:
    return Record.parse({NAME: lines(*entries)})
