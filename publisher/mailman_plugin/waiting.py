"""How long a mail waits that the MTA has put off, by how often that happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

ATTEMPTS = "publisher_attempts"
"""Where a message says how many attempts were made since somebody got it."""
LONGEST = 900.0
"""Seconds: what stock Mailman waits each time."""


def wait(attempts: int, first: float) -> float:
    """Return how many seconds to wait after so many attempts; `first` after one."""
    doublings = min(max(attempts, 1) - 1, 32)
    return max(first, min(first * 2.0**doublings, LONGEST))


def note(
    metadata: dict[str, Any], recipients: Collection[str], left: Collection[str]
) -> None:
    """Count one more attempt, after which `left` of `recipients` wait.

    Whoever has got it shows that the MTA is there again: then the count begins anew.
    """
    before = int(metadata.get(ATTEMPTS, 0))
    stands = before if len(left) == len(recipients) else 0
    metadata[ATTEMPTS] = stands + 1
