"""What somebody has of a site from earlier, against what the site says now.

Each signed text names the state of the publication record before it, so a mail in
anybody's mailbox can prove that a site was rolled back, or its record rewritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

from publisher.errors import TrustError
from publisher.imprint import imprint
from publisher.pipeline import unpacking, verifying
from publisher.pipeline.served import Index
from publisher.record import Entry, Record, state

if TYPE_CHECKING:
    from publisher.model.found import Found
    from publisher.pipeline.tools import Tools
    from publisher.sign import trust


def doubts(tools: Tools, record: Record, known: Iterable[Found]) -> Iterator[str]:
    """Say what the site's `record` does not bear out of what was kept from earlier.

    That are signed texts, mails, and parts of the record as they were once served.
    """
    for found in known:
        if found.data.startswith(b"{"):
            yield from (f"{found.name}: {doubt}" for doubt in _served(found, record))
            continue
        pieces = unpacking.pieces(found)
        decisions = verifying.decided(tools, [piece.data for piece in pieces])
        for piece, decision in zip(pieces, decisions, strict=True):
            if doubt := piece.doubt or _signed(record, piece.data, decision):
                yield f"{piece.name}: {doubt}"


def _served(found: Found, record: Record) -> list[str]:
    """Say what is gone of an index or of a year's file."""
    try:
        index = Index.parse(found.data)
    except ValueError:
        return _year(found, record)
    is_there = all(head in record.entries for head in index.heads)
    if is_there and state(index.heads) == index.state:
        return []
    return [
        f"the site's record does not continue the state {index.state}: the site was "
        "rolled back, or its record forged"
    ]


def _year(found: Found, record: Record) -> list[str]:
    try:
        lines = found.data.decode("ascii").split("\n")
        known = [Entry.parse(line) for line in lines if line]
    except ValueError as error:
        return [f"is no part of a publication record: {error}"]
    return [
        f"the entry of {entry.filename} of {entry.key.id} is not in the site's record "
        "any more: it was taken away or changed"
        for entry in known
        if entry.digest not in record.entries
    ]


def _signed(
    record: Record, data: bytes, decision: trust.SignedPayload | TrustError
) -> str:
    """Say why a signed text speaks against the record; empty if it does not."""
    if isinstance(decision, TrustError):
        return f"proves nothing about the site: {decision}"
    try:
        inside = imprint(decision.text)
    except ValueError as error:
        return f"proves nothing about the site: {error}"
    if inside.record not in record.states:
        return (
            f"{inside.key} was signed in a state of the publication record that the "
            "site's record was never in: the site was rolled back, or its record forged"
        )
    digest = sha256(data).hexdigest()
    if not any(entry.sha256 == digest for entry in record.entries.values()):
        return f"{inside.key} is not in the site's record: it was taken away"
    return ""
