"""What `publisher.toml` says: the team, its site, its lists, its list server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from publisher.model.advisory import Kind
    from publisher.model.ids import Language

Localized = Mapping["Language", str]
"""A text in each of the project's languages."""


@dataclass(frozen=True, slots=True)
class Team:
    """Who publishes, and with which keys."""

    name: Localized
    contact: str
    """The address that readers write to."""
    fingerprints: tuple[str, ...]
    """Of the primary keys that sign now, the one that does so unasked first: 40 or 64
    hexadecimal digits, upper case."""
    previous: tuple[str, ...]
    """Of those that signed earlier: what they signed counts, they sign nothing new."""
    timezone: ZoneInfo
    """In which pages, texts and feeds show dates."""

    @property
    def pinned(self) -> tuple[str, ...]:
        """Return the fingerprints of all keys whose signatures count."""
        return (*self.fingerprints, *self.previous)


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """Where the public finds the site."""

    url: str
    """Without a slash at its end."""
    deploy: tuple[str, ...]
    """A command that puts the built site up; empty when `site/` itself is served."""


class Rejections(StrEnum):
    """What becomes of mail to a list that nobody but the team may post to."""

    SILENT = "silent"
    """It is dropped."""
    BOUNCE = "bounce"
    """It is dropped, and a subscriber who wrote it is told so, once a day at most."""


@dataclass(frozen=True, slots=True)
class MailingList:
    """One list as it is declared."""

    address: str
    """The posting address; its two halves are the Mailman list and its domain."""
    language: Language
    kinds: tuple[Kind, ...]
    """What is announced there."""
    title: str
    description: str
    rejections: Rejections = Rejections.SILENT
    one_click: bool = True
    """Subscribers can leave with one click (RFC 8058), if there is a page for it."""

    @property
    def list_id(self) -> str:
        """Return the List-ID of RFC 2919, which is also Mailman's id of the list."""
        return self.address.replace("@", ".")

    @property
    def name(self) -> str:
        """Return the local part of the posting address."""
        return self.address.partition("@")[0]

    @property
    def domain(self) -> str:
        """Return the mail domain of the list."""
        return self.address.partition("@")[2]

    def sub_address(self, command: str) -> str:
        """Return the address of a mail command, e.g. `join`, `leave` or `request`."""
        return f"{self.name}-{command}@{self.domain}"


@dataclass(frozen=True, slots=True)
class Mailman:
    """How the list server's REST API is reached."""

    url: str
    user: str
    timeout: float
    """Seconds that one answer may take."""
    wait: float = 30.0
    """Seconds in which a mail that was handed over has to be posted or refused."""
    plugin: bool = True
    """The server is to have our plugin, of this program's version."""
    canary: str = ""
    """An address of the team's that is subscribed to every list; "": there is none."""
    leave_url: str = ""
    """Where the public finds the page on which subscribers leave; "": nowhere."""


@dataclass(frozen=True, slots=True)
class SecurityTxt:
    """What `/.well-known/security.txt` says beside what is known anyway (RFC 9116)."""

    contacts: tuple[str, ...]
    """`mailto:`, `https:` or `tel:` URIs, the preferred one first."""
    policy: str
    """Where the team's disclosure policy is; empty if there is none."""
    acknowledgments: str
    """Where finders are thanked; empty if nowhere."""


@dataclass(frozen=True, slots=True)
class Review:
    """What has to happen before an advisory may be signed."""

    other_person: bool
    """Whoever signs must not be who wrote the last change of the source."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole of `publisher.toml`, without its secrets."""

    team: Team
    languages: tuple[Language, ...]
    """The languages of the site; the first one is where readers land."""
    prefix: str
    """What the team's advisory ids begin with."""
    site: SiteSettings
    security_txt: SecurityTxt
    review: Review
    lists: tuple[MailingList, ...]
    owners: tuple[str, ...]
    """Who owns each list on the server."""
    mailman: Mailman | None
    """None: no list server is set up yet, nothing can be pushed."""
    announce_since: datetime
    """Revisions dated earlier are never mailed: a guard for imported archives."""
