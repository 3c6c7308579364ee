"""One line for each act outside, to the logger `publisher.acts`: what, where, outcome.

    act=post what="ADV-2026-0007 r1 ja" where=announce-ja@lists.cert.example outcome=ok
    seconds=0.412

Ids stand there, and never a title, a text or a secret: what is under embargo is not to
be read from a log. What failed is named by its kind; its message goes to the operator.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.errors import MailmanError, WebError
from publisher.imprint import imprint

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from publisher.model.backlog import Backlog, Copies
    from publisher.model.chain import Announcement
    from publisher.model.settings import MailingList
    from publisher.ports import Crawler, Lists, Page, PutUp, Signer, Target

logger = logging.getLogger("publisher.acts")

_PLAIN = re.compile(r"[!#-<>-\[\]-~]+")
"""What needs no quotes: printable ASCII without blank, quote, equals and backslash."""


def note(act: str, what: str, where: str, outcome: str, seconds: float = 0.0) -> None:
    """Write one line."""
    fields = {"act": act, "what": what, "where": where, "outcome": outcome}
    line = " ".join(f"{name}={_value(text)}" for name, text in fields.items())
    logger.info("%s seconds=%.3f", line, seconds)


@contextmanager
def act(name: str, what: str, where: str) -> Iterator[None]:
    """Write one line when the context ends, whichever way."""
    begun = time.monotonic()
    outcome = "cut-short"
    try:
        yield
        outcome = "ok"
    except Exception as error:
        outcome = _failure(error)
        raise
    finally:
        note(name, what, where, outcome, time.monotonic() - begun)


@dataclass(frozen=True)
class LoggedSigner:
    """A signer whose signatures are written down."""

    signer: Signer

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """The keys that sign."""
        return self.signer.fingerprints

    def sign(self, text: str) -> bytes:
        """Return `text` cleartext-signed, or raise GpgError."""
        try:
            what = str(imprint(text).key)
        except ValueError:
            what = "another text"
        with act("sign", what, ",".join(self.fingerprints)):
            return self.signer.sign(text)


@dataclass(frozen=True)
class LoggedTarget:
    """A target whose changes are written down."""

    target: Target

    @property
    def name(self) -> str:
        """What people call it."""
        return self.target.name

    def put_up(self, progress: Callable[[str, int, int], None]) -> PutUp:
        """Bring it to what was built, or raise WorldError."""
        with act("deploy", "site", self.name):
            return self.target.put_up(progress)


@dataclass(frozen=True)
class LoggedWeb:
    """A view of the site whose fetches are written down."""

    web: Crawler

    def fetch(self, url: str) -> bytes:
        """Return what a GET of `url` answers, or raise WebError."""
        with act("fetch", "", url):
            return self.web.fetch(url)

    def look(self, url: str) -> Page:
        """Return what a GET of `url` answers and as what, or raise WebError."""
        with act("fetch", "", url):
            return self.web.look(url)

    def fetch_all(self, urls: Sequence[str]) -> Iterator[bytes | WebError]:
        """Yield what a GET of each of `urls` answers, in their order, or its error."""
        answers = self.web.fetch_all(urls)
        for url, answer in zip(urls, answers, strict=False):
            failed = isinstance(answer, WebError)
            note("fetch", "", url, _failure(answer) if failed else "ok")
            yield answer

    def date(self, url: str) -> datetime | None:
        """Return what the server's clock shows; None: not known."""
        shown = self.web.date(url)
        note("fetch", "date", url, "unknown" if shown is None else "ok")
        return shown

    def close(self) -> None:
        """Close its connections."""
        close = getattr(self.web, "close", None)
        if close is not None:
            close()


@dataclass(frozen=True)
class LoggedLists:
    """A list server whose changes are written down."""

    lists: Lists

    def post(self, announcement: Announcement) -> None:
        """Have one mail posted, or raise MailmanError."""
        address = announcement.mailing_list.address
        with act("post", str(announcement.key), address):
            self.lists.post(announcement)

    def taken(self, announcement: Announcement) -> bool | None:
        """Tell whether a text was posted before; None if the server cannot say."""
        return self.lists.taken(announcement)

    def copies(self, announcement: Announcement) -> Copies | None:
        """Return how far a mail is that was posted; None if the server cannot say."""
        return self.lists.copies(announcement)

    def traces(self, announcement: Announcement) -> Sequence[str]:
        """Say where the server may have a mail that it has not sent, in words."""
        return self.lists.traces(announcement)

    def live(self, mailing_list: MailingList) -> Mapping[str, object] | None:
        """Return a list's settings on the server; None if there is no such list."""
        return self.lists.live(mailing_list)

    def create(self, mailing_list: MailingList) -> None:
        """Make a list that is not there, or raise MailmanError; then `update` it."""
        with act("list-create", "", mailing_list.address):
            self.lists.create(mailing_list)

    def update(self, mailing_list: MailingList, changes: Mapping[str, object]) -> None:
        """Give settings of a list other values, or raise MailmanError."""
        if not changes:
            self.lists.update(mailing_list, changes)
            return
        with act("list-update", ",".join(sorted(changes)), mailing_list.address):
            self.lists.update(mailing_list, changes)

    def plugin_version(self) -> str | None:
        """Return the version of our plugin on the server; None if it has none."""
        return self.lists.plugin_version()

    def clock(self) -> datetime | None:
        """Return what the server's clock shows; None if it does not tell."""
        return self.lists.clock()

    def addresses(self) -> Sequence[str]:
        """Return the posting addresses of all lists of the server, sorted."""
        return self.lists.addresses()

    def backlog(self, lists: Sequence[MailingList]) -> Backlog:
        """Return what is held, put aside or bouncing; queues that are empty not."""
        return self.lists.backlog(lists)


def _failure(error: object) -> str:
    if isinstance(error, MailmanError):
        return "refused" if error.certain else "unknown"
    return type(error).__name__


def _value(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
