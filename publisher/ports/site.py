"""What a build needs: the folder it writes, processors, a memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from pathlib import PurePosixPath


A = TypeVar("A")
B = TypeVar("B")


class Site(Protocol):
    """The built site's folder."""

    def holds(self, path: PurePosixPath) -> str | None:
        """Return the SHA-256 of a file as it lies there; None if it is missing."""
        ...

    def read(self, path: PurePosixPath) -> bytes:
        """Return the bytes of a file that lies there, or raise WorldError."""
        ...

    def intact(self, outputs: Mapping[str, str]) -> bool:
        """Tell whether files lie there with the given digests, by their paths."""
        ...

    def write(self, path: PurePosixPath, data: bytes) -> bool:
        """Replace a file atomically; tell whether its bytes changed."""
        ...

    def prune(self, keep: Set[str]) -> Sequence[PurePosixPath]:
        """Remove what earlier builds wrote and whose path is not in `keep`."""
        ...

    def flush(self) -> None:
        """Keep the memory of what was written for the next run."""
        ...


class Workers(Protocol):
    """Several processors."""

    def map(self, work: Callable[[A], B], items: Sequence[A]) -> Iterator[B]:
        """Yield `work(item)` for each item, in their order."""
        ...


class Cache(Protocol):
    """Remembers results by the digest of what they were made from."""

    def get(self, kind: str, keys: Sequence[str] | None = None) -> Mapping[str, str]:
        """Return what is known under `keys`; None: everything of this kind."""
        ...

    def put(self, kind: str, entries: Mapping[str, str]) -> None:
        """Remember `entries`."""
        ...

    def drop(self, kind: str, keys: Sequence[str]) -> None:
        """Forget entries."""
        ...
