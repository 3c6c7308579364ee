"""The work tree: its files, and who wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import PurePosixPath

    from publisher.model.ids import AdvisoryId


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
class Person:
    """Somebody, as git or a key knows them."""

    name: str
    addresses: frozenset[str]
    """Mail addresses as they are compared: in lower case, those that `.mailmap` gives
    for them too."""

    def __str__(self) -> str:
        """Write the person as mail programs do."""
        return f"{self.name} <{', '.join(sorted(self.addresses))}>".strip()


@dataclass(frozen=True, slots=True)
class Change:
    """A committed change of what a file holds."""

    commit: str
    """Its full name."""
    authors: tuple[Person, ...]
    """Its author, then those named in `Co-authored-by:` lines. A merge that changed
    the file itself has the authors of what it joined, too."""
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

    def operator(self) -> Person | None:
        """Return whoever runs this program, if git was told who that is."""
        ...

    def committed(self) -> datetime | None:
        """Return when the last commit was made, by its committer's clock.

        None if there is none, or nobody can tell.
        """
        ...

    def person(self, name: str, addresses: Iterable[str]) -> Person:
        """Return a person together with the addresses that `.mailmap` knows."""
        ...
