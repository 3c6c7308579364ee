"""What each stage hands to the next: the types that keep the order.

    Source ─parse▶ Advisory ─lint▶ Checked ─edition▶ Edition ─sign▶ SignedText
    Checked + SignedTexts ─accept▶ Signed ─render▶ Artifact · Announcement
    Announcement ─push▶ Journal

Only `lint` makes a Checked and only `sign` makes a Signed, so skipping a stage does
not type-check.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import PurePosixPath

    from publisher.model.advisory import Advisory, Text
    from publisher.model.ids import AdvisoryId, Language
    from publisher.model.settings import MailingList
    from publisher.source import Finding


@dataclass(frozen=True, slots=True)
class Checked:
    """An advisory in which lint found no error."""

    advisory: Advisory
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class EditionKey:
    """Which text this is: an advisory, a revision of it, a language."""

    id: AdvisoryId
    revision: int
    language: Language

    @property
    def filename(self) -> str:
        """Return the name of its signed text, e.g. `r2.ja.txt.asc`."""
        return self.signed_name(1)

    def signed_name(self, signature: int) -> str:
        """Return the name of the file with its first, second, … signature.

        A text that is signed again keeps its first signature: `r2.ja.txt.2.asc`.
        """
        number = f".{signature}" if signature > 1 else ""
        return f"r{self.revision}.{self.language}.txt{number}.asc"

    def __str__(self) -> str:
        """Write the key for people: `ADV-2026-0007 r2 ja`."""
        return f"{self.id} r{self.revision} {self.language}"


@dataclass(frozen=True, slots=True)
class Edition:
    """The text edition: the plain text that is signed.

    Canonical: UTF-8, LF, no trailing blanks, a final newline; at most 76 columns
    wide but for what cannot be broken.
    """

    key: EditionKey
    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Whose signature it is, and when it was made."""

    fingerprint: str
    """Of the primary key."""
    time: datetime
    end: datetime | None = None
    """When it stops counting, if it says so itself."""


@dataclass(frozen=True, slots=True)
class SignedFile:
    """One cleartext-signed file (RFC 9580, section 7), as kept, served and mailed."""

    name: str
    """In the folder of its advisory."""
    data: bytes
    signatures: tuple[Signature, ...]
    """Those that count; none if all of them were set aside (`publisher.sign.trust`)."""
    begins: datetime | None = None
    """When they begin to count, if a clock that was ahead dated them."""

    @property
    def sha256(self) -> str:
        """Return the digest of the file in lower-case hexadecimal."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class SignedText:
    """A text edition with a signature that counts."""

    edition: Edition
    files: tuple[SignedFile, ...]
    """The first signature's file, then those of later ones. Any of them will do."""

    @property
    def file(self) -> SignedFile:
        """Return the oldest file with a signature that counts, by the signature's date.

        So a file that was dated by a clock ahead, and signed again, is not taken back
        to when its date has come: another one was mailed by then.
        """
        counting = [file for file in self.files if file.signatures]
        return min(counting, key=lambda file: file.signatures[0].time)

    @property
    def data(self) -> bytes:
        """Return the bytes of that file: what is served and mailed."""
        return self.file.data

    @property
    def signature(self) -> Signature:
        """Return the signature by which the text counts."""
        return self.file.signatures[0]

    @property
    def sha256(self) -> str:
        """Return the digest of the signed file in lower-case hexadecimal."""
        return self.file.sha256


@dataclass(frozen=True, slots=True)
class ToSign:
    """A text that waits for a signature."""

    path: PurePosixPath
    """Where the signed file will be kept, relative to the project's root."""
    text: str
    title: str
    """What it is, for whoever is asked to sign it: `ADV-2026-0007 r2 ja`."""
    key: EditionKey | None = None
    """Which edition it is; None: no advisory's text."""
    replaces: bool = False
    """Whether a file that is there is replaced; that of an advisory never is."""
    after: datetime | None = None
    """When the newest signature on the same text was made, of those that count."""
    unannounced: str = ""
    """Why it will not be mailed; empty if it will be, or is no advisory's text."""
    stale: str = ""
    """The moment that it says it is released at, if that is long over."""
    since: str = ""
    """The SHA-256 of its source as of the last revision that was signed; empty: none
    was."""


@dataclass(frozen=True, slots=True)
class Signed:
    """An advisory whose texts are signed and whose sources are those signed."""

    advisory: Advisory
    current: tuple[SignedText, ...]
    """The newest signed text of each language, the original's first."""
    earlier: tuple[SignedText, ...]
    """Those of earlier revisions, oldest first."""

    @property
    def texts(self) -> tuple[tuple[Text, SignedText], ...]:
        """Return what is published: each language's text with its signed text."""
        pairs = []
        for signed in self.current:
            text = self.advisory.text(signed.edition.key.language)
            if text is not None:
                pairs.append((text, signed))
        return tuple(pairs)

    @property
    def languages(self) -> tuple[Language, ...]:
        """Return the languages that are published, the original's first."""
        return tuple(signed.edition.key.language for signed in self.current)


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file of the site."""

    path: PurePosixPath
    """Relative to the site's root."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Planned:
    """A file of the site that is made only if its key changed."""

    path: PurePosixPath
    key: str
    """A digest of everything that the bytes depend on."""
    make: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Announcement:
    """One mail to one list about one revision."""

    key: EditionKey
    mailing_list: MailingList
    message_id: str
    """With angle brackets (RFC 5322, section 3.6.4); the same on every attempt."""
    message: bytes
    """The whole message, ASCII only, with LF line ends."""
    file: str
    """The name of the signed file that it carries, in its advisory's folder."""
