"""The list server, and the mailbox that shows what subscribers get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.model.backlog import Backlog, Copies
    from publisher.model.chain import Announcement
    from publisher.model.settings import MailingList


class Lists(Protocol):
    """The list server.

    Settings of a list are named and typed as `publisher.lists` describes them.
    """

    def post(self, announcement: Announcement) -> None:
        """Have one mail posted, or raise MailmanError.

        Its `certain` tells whether the mail was refused, or nothing is known. If the
        list got another text under the same revision, it is a TrustError.
        """
        ...

    def taken(self, announcement: Announcement) -> bool | None:
        """Tell whether a text was posted before; None if the server cannot say.

        TrustError: the list got another text under the same revision.
        """
        ...

    def copies(self, announcement: Announcement) -> Copies | None:
        """Return how far a mail is that was posted; None if the server cannot say."""
        ...

    def traces(self, announcement: Announcement) -> Sequence[str]:
        """Say where the server may have a mail that it has not sent, in words."""
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

    def clock(self) -> datetime | None:
        """Return what the server's clock shows; None if it does not tell."""
        ...

    def addresses(self) -> Sequence[str]:
        """Return the posting addresses of all lists of the server, sorted."""
        ...

    def backlog(self, lists: Sequence[MailingList]) -> Backlog:
        """Return what is held, put aside or bouncing; queues that are empty not."""
        ...


@dataclass(frozen=True, slots=True)
class Received:
    """A mail as it lies in the canary's mailbox."""

    data: bytes
    at: datetime
    """When it came."""


class Inbox(Protocol):
    """The canary's mailbox, which gets what each subscriber gets."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    def find(
        self, message_ids: Sequence[str], since: datetime | None = None
    ) -> Mapping[str, Sequence[Received]]:
        """Return the copies of each mail, by Message-ID, or raise InboxError.

        What is not there is left out, and so may be what came long before `since`:
        that limits the work. The mailbox stays as it is.
        """
        ...
