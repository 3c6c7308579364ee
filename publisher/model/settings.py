"""What `publisher.toml` says: the team, its site, its lists, its list server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from publisher.model import drill

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from publisher.model.advisory import Kind
    from publisher.model.ids import Language

MAX_TITLE = 200
"""Columns beyond which no title may be, whatever is set."""
_WIDE = frozenset(("ja", "ko", "zh"))
"""Languages whose letters take two columns each."""
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
    tag: str = ""
    """Under whose name the ids of Atom feeds are minted (RFC 4151), e.g.
    `www.cert.example,2026`; empty: the site's host and the year of `announce_since`."""
    patience: float = 10.0
    """Seconds in which what was put up has to be what the public sees."""


@dataclass(frozen=True, slots=True)
class FolderTarget:
    """A folder of this machine, exchanged for another one at once."""

    folder: str
    """Relative to the project, or absolute. What the web server serves is the link
    `current` in it."""
    keep: int = 3
    """How many of the sites that were put up before stay there."""

    def __str__(self) -> str:
        """Name it for people."""
        return self.folder


@dataclass(frozen=True, slots=True)
class RsyncTarget:
    """A folder of another machine, by rsync over ssh."""

    destination: str
    """As rsync takes it, e.g. `web@www.cert.example:/srv/www/cert`."""
    ssh: tuple[str, ...] = ("ssh",)
    """The command that makes the connection, with its options."""

    def __str__(self) -> str:
        """Name it for people."""
        return self.destination


@dataclass(frozen=True, slots=True)
class BucketTarget:
    """A bucket of an S3-compatible store."""

    endpoint: str
    """Its address; without a slash at its end."""
    bucket: str
    prefix: str
    """What the names of its objects begin with; empty, or with a slash at its end."""
    region: str
    access_key: str
    """The name of the secret key; the secret itself is read by `publisher.config`."""

    def __str__(self) -> str:
        """Name it for people."""
        return f"{self.endpoint}/{self.bucket}/{self.prefix}"


@dataclass(frozen=True, slots=True)
class CommandTarget:
    """A command of the operator's own, run in the project's folder."""

    argv: tuple[str, ...]

    def __str__(self) -> str:
        """Name it for people."""
        return " ".join(self.argv)


TargetSettings = FolderTarget | RsyncTarget | BucketTarget | CommandTarget
"""Where the built site is put up."""


@dataclass(frozen=True, slots=True)
class Canary:
    """An address of the team's that is subscribed to every list, and its mailbox."""

    address: str
    maildir: str = ""
    """A Maildir that this program can read, relative to the project; "": none."""
    imap: str = ""
    """Its mailbox by IMAP, e.g. `imaps://canary@mail.cert.example/INBOX`; "": none."""
    wait: float = 300.0
    """Seconds in which a mail that was posted has to be in the mailbox."""

    @property
    def readable(self) -> bool:
        """Tell whether this program can look into the mailbox."""
        return bool(self.maildir or self.imap)


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
    drill: bool = False
    """It has a twin for drills (`publisher.model.drill`)."""

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

    @property
    def is_twin(self) -> bool:
        """Tell whether it is for drills."""
        return drill.is_twin(self.name)

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
class Links:
    """How links to the pages of others are looked after."""

    seconds: float = 10.0
    """How long `publish` asks after those of what it is about to release; 0: it does
    not ask."""
    private: bool = False
    """Whether servers of this machine and of private networks are asked, too."""


@dataclass(frozen=True, slots=True)
class Lint:
    """What `publisher lint` is to hold texts to."""

    title: int | None = None
    """Columns up to which a title is no warning; None: what is usual in its language.
    Alerts of national CERTs name product, flaw and CVE id: 70 to 116 columns."""

    def columns(self, language: Language) -> int:
        """Return how many columns a title in `language` may take without a warning."""
        usual = 120 if language.partition("-")[0] in _WIDE else 70
        return usual if self.title is None else self.title


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
    links: Links = Links()
    lint: Lint = Lint()
    target: TargetSettings | None = None
    """Where the site is put up; None: `site/` itself is served."""
    former: tuple[str, ...] = ()
    """What ids began with earlier. Those advisories stay, new ones have `prefix`."""
    canary: Canary | None = None
    """None: nobody looks at what subscribers get."""

    @property
    def twins(self) -> tuple[MailingList, ...]:
        """Return the lists for drills, those that stand beside a declared one."""
        return tuple(drill.twin(each) for each in self.lists if each.drill)

    @property
    def every_list(self) -> tuple[MailingList, ...]:
        """Return the lists that are to be on the server, those for drills too."""
        return (*self.lists, *self.twins)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Return all that ids may begin with."""
        return (self.prefix, *self.former)

    @property
    def is_drill(self) -> bool:
        """Tell whether all of this is a drill."""
        return self.prefix == drill.PREFIX
