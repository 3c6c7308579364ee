"""What the core asks of the world, as small protocols.

Implementations are in `publisher.adapters`; the fakes of the tests implement the
same protocols and pass the same contract tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import PurePosixPath

    from publisher.errors import WebError
    from publisher.model.backlog import Backlog
    from publisher.model.chain import Announcement
    from publisher.model.ids import AdvisoryId
    from publisher.model.keys import KeyState
    from publisher.model.settings import MailingList

A = TypeVar("A")
B = TypeVar("B")


class Signer(Protocol):
    """Makes cleartext signatures (RFC 9580, section 7)."""

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """The keys that sign, each with a signature of its own in the same block."""
        ...

    def sign(self, text: str) -> bytes:
        """Return `text` cleartext-signed, or raise GpgError."""
        ...


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What an OpenPGP program said of one cleartext-signed file, undecided."""

    statuses: tuple[tuple[str, ...], ...]
    """The status lines of GnuPG (doc/DETAILS), each split at its blanks."""


class Verifier(Protocol):
    """Checks cleartext signatures against the team's public keys and no others."""

    def reports(self, texts: Sequence[bytes]) -> Sequence[SignatureReport]:
        """Return one report for each text, in their order, or raise GpgError."""
        ...

    def keys(self) -> Mapping[str, KeyState]:
        """Return the public keys by the fingerprint of their primary key."""
        ...

    def exported(self, fingerprint: str, address: str) -> bytes:
        """Return a key with the user ids of one mail address only, not armored."""
        ...

    @property
    def digest(self) -> str:
        """A digest of the key ring: with the same one, reports are the same."""
        ...


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

    def person(self, name: str, addresses: Iterable[str]) -> Person:
        """Return a person together with the addresses that `.mailmap` knows."""
        ...


class Site(Protocol):
    """The built site's folder."""

    def holds(self, path: PurePosixPath) -> str | None:
        """Return the SHA-256 of a file as it lies there; None if it is missing."""
        ...

    def intact(self, outputs: Mapping[str, str]) -> bool:
        """Tell whether files lie there with the given digests, by their paths."""
        ...

    def write(self, path: PurePosixPath, data: bytes) -> bool:
        """Replace a file atomically; tell whether its bytes changed."""
        ...

    def prune(self, keep: Iterable[PurePosixPath]) -> Sequence[PurePosixPath]:
        """Remove the files that earlier builds wrote and that are not in `keep`."""
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


class Outcome(StrEnum):
    """What is known of one mail."""

    INTENDED = "intended"
    """It was about to be handed over; whether it was is not known."""
    ACCEPTED = "accepted"
    """The list server took it."""
    REFUSED = "refused"
    """The list server said no; it did not take it."""


class Journal(Protocol):
    """What was pushed, kept durably: intent before the act, outcome after it."""

    def outcomes(self) -> Mapping[str, Outcome]:
        """Return the last outcome of each Message-ID."""
        ...

    def record(
        self, announcement: Announcement, outcome: Outcome, at: datetime
    ) -> None:
        """Write an outcome; it is on disk when this returns."""
        ...


class Lists(Protocol):
    """The list server.

    Settings of a list are named and typed as `publisher.lists` describes them.
    """

    def post(self, announcement: Announcement) -> None:
        """Have one mail posted, or raise MailmanError.

        Its `certain` tells whether the mail was refused, or nothing is known.
        """
        ...

    def taken(self, announcement: Announcement) -> bool | None:
        """Tell whether a text was posted before; None if the server cannot say."""
        ...

    def live(self, mailing_list: MailingList) -> Mapping[str, object] | None:
        """Return a list's settings on the server; None if there is no such list."""
        ...

    def create(self, mailing_list: MailingList) -> None:
        """Make a list that is not there, or raise MailmanError; then `update` it."""
        ...

    def update(self, mailing_list: MailingList, changes: Mapping[str, object]) -> None:
        """Give settings of a list other values, or raise MailmanError."""
        ...

    def plugin_version(self) -> str | None:
        """Return the version of our plugin on the server; None if it has none."""
        ...

    def addresses(self) -> Sequence[str]:
        """Return the posting addresses of all lists of the server, sorted."""
        ...

    def backlog(self, lists: Sequence[MailingList]) -> Backlog:
        """Return what is held, put aside or bouncing; queues that are empty not."""
        ...


class Web(Protocol):
    """The public's view of the site."""

    def fetch(self, url: str) -> bytes:
        """Return what a GET of `url` answers, or raise WebError."""
        ...


class Crawler(Web, Protocol):
    """The public's view of much of the site at once."""

    def fetch_all(self, urls: Sequence[str]) -> Iterator[bytes | WebError]:
        """Yield what a GET of each of `urls` answers, in their order, or its error."""
        ...
