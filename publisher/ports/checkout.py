"""The work tree: its files, and who wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from publisher.model.ids import AdvisoryId
    from publisher.model.people import Person


class Repository(Protocol):
    """The advisories in the work tree."""

    def folder(self, advisory: AdvisoryId) -> PurePosixPath:
        """Return the folder of an advisory, relative to the project's root."""
        ...

    def snapshot(self) -> Mapping[AdvisoryId, Mapping[str, str]]:
        """Return the SHA-256 of each file by advisory and name, ordered by id.

        What has no place among the advisories is an AuthorError.
        """
        ...

    def read(self, advisory: AdvisoryId) -> Mapping[str, bytes]:
        """Return the files of an advisory's folder, by file name."""
        ...

    def committed(self, path: PurePosixPath, digest: str) -> bytes:
        """Return what a file held once, by its SHA-256, out of the history of git.

        OperatorError: it is not found there.
        """
        ...

    def add(self, path: PurePosixPath, data: bytes) -> None:
        """Write a new file at once and whole; one that is there raises AuthorError."""
        ...

    def replace(self, path: PurePosixPath, data: bytes) -> None:
        """Write a file at once and whole, whether it is there or not."""
        ...

    def find(self, path: PurePosixPath) -> bytes | None:
        """Return a file of the project; None if it is not there."""
        ...

    def record(self) -> Mapping[str, bytes]:
        """Return the files of the publication record by their paths."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """A committed change of what a file holds."""

    commit: str
    """Its full name."""
    path: str
    """What the file was named then, from the top of the repository."""
    authors: tuple[Person, ...]
    """Its author, then those named in `Co-authored-by:` lines and their like. A merge
    that changed the file itself has the authors of what it joined, too. Whoever only
    squashed what others wrote is none of them."""
    readers: tuple[Person, ...]
    """Those of whom it says that they reviewed it."""
    sha256: str
    """Of the file as it was then, in lower-case hexadecimal."""


class History(Protocol):
    """Who wrote what, as the repository knows it."""

    def changes(self, path: PurePosixPath) -> Iterator[Change]:
        """Yield the committed changes of a file, the newest first.

        `path` is relative to the project's root. Nothing is yielded for a file that
        is not committed; whatever cannot be known is an OperatorError.
        """
        ...

    def wrote(
        self, change: Change, since: Change | None
    ) -> Iterator[tuple[str, tuple[Person, ...]]]:
        """Yield who wrote the lines of a file that it had after `change`, by commits.

        Lines that it had after `since` already are left out; None: no lines are.
        """
        ...

    def operator(self) -> Person | None:
        """Return whoever runs this program, if git was told who that is."""
        ...

    def person(
        self, name: str, addresses: Iterable[str], names: Iterable[str] = ()
    ) -> Person:
        """Return a person together with the addresses that `.mailmap` knows."""
        ...
