"""One row of the table: a signed file, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.sign.bench import Bench, Made


@dataclass(frozen=True)
class Case:
    """A signed file, and what is to be said of it."""

    name: str
    make: Callable[[Bench], Made]
    reason: str
    """A pattern of our message; the same for the same cause. Empty: it is good."""
    signature: bool | None
    """Whether a signature in it is good to any OpenPGP program; None: they differ."""


def good(name: str, make: Callable[[Bench], Made]) -> Case:
    return Case(name, make, "", signature=True)


def beyond(name: str, make: Callable[[Bench], Made], reason: str) -> Case:
    """Return a case that is wrong although a signature in it is good."""
    return Case(name, make, reason, signature=True)


def bad(name: str, make: Callable[[Bench], Made], reason: str) -> Case:
    return Case(name, make, reason, signature=False)


def differing(name: str, make: Callable[[Bench], Made], reason: str) -> Case:
    """Return a case that is wrong, and that each program reads in its own way."""
    return Case(name, make, reason, signature=None)
