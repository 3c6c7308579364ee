"""The list server as `publisher.ports.Lists` has it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.adapters.mailman import backlog, live, posting, traces, update
from publisher.adapters.mailman.server import Server
from publisher.errors import MailmanError
from publisher.lists import names

if TYPE_CHECKING:
    from publisher.model.backlog import Backlog, Copies
    from publisher.model.chain import Announcement
    from publisher.model.settings import MailingList, Mailman

_SOON = 5.0
"""Seconds that are waited for what the clock shows."""
_STOCK_STYLE = "legacy-announce"


class MailmanLists:
    """Mailman core, with our plugin or without it.

    With the plugin, a mail goes into the queue `in`, where the plugin verifies it, and
    `post` waits for the plugin's word (`posting`). Without it, nothing that comes in is
    ever posted, so the mail goes into the queue `pipeline`, past moderation.
    """

    def __init__(
        self,
        settings: Mailman,
        password: str,
        *,
        canary: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Talk to the server of `settings` as its REST administrator.

        `canary` is an address that is to be subscribed to every list.
        """
        self._settings = settings
        self._password = password
        self._server = Server(settings, password)
        self._canary = canary
        self._sleep = sleep

    def post(self, announcement: Announcement) -> None:
        """Have one mail posted, or raise MailmanError.

        A text that was posted before is not posted again, and that is no error.
        """
        with _before_the_mail():
            plugin = self.plugin_version() is not None
            taken = self._prepare(announcement, plugin=plugin)
        if taken is None:
            msg = (
                f"the list server has begun to post {announcement.key} and does not "
                "go on: `publisher status` shows its queues; see that its runners run, "
                "then push again; it is posted once only"
            )
            raise MailmanError(msg)
        if taken:
            return
        handed_over = posting.Posting(self._server, announcement, self._sleep)
        if plugin:
            handed_over.verified()
        else:
            handed_over.unverified()

    def taken(self, announcement: Announcement) -> bool | None:
        """Tell whether a text was posted before; None if the server cannot say.

        A post that has begun is waited for: after a crash, Mailman takes it up again
        by itself. TrustError: another text was posted under the same revision.
        """
        deadline = time.monotonic() + self._server.wait
        while (told := self._server.find(_post_path(announcement))) is not None:
            state = told.get("state")
            if state != "claimed":
                break
            if time.monotonic() > deadline:
                return None
            self._sleep(posting.POLL)
        if told is None:
            return None
        posting.require_same(announcement, told)
        return {"accepted": True, "unknown": False}.get(str(told.get("state")))

    def copies(self, announcement: Announcement) -> Copies | None:
        """Return how far a mail is that was posted; None without the plugin."""
        return traces.copies(self._server, announcement)

    def traces(self, announcement: Announcement) -> Sequence[str]:
        """Say where the server may have a mail that it has not sent."""
        return traces.traces(self._server, announcement)

    def live(self, mailing_list: MailingList) -> Mapping[str, object] | None:
        """Return a list's settings on the server; None if there is no such list."""
        values = live.settings(self._server, mailing_list)
        if values is not None and self._canary:
            found = live.canary(self._server, mailing_list, self._canary)
            values[names.CANARY] = found
        return values

    def create(self, mailing_list: MailingList) -> None:
        """Make a list that is not there, and its mail domain; then `update` it."""
        domain = mailing_list.domain
        if self._server.find(f"domains/{domain}") is None:
            self._server.post("domains", {"mail_host": domain})
        style = names.CHAIN if self.plugin_version() else _STOCK_STYLE
        values = {"fqdn_listname": mailing_list.address, "style_name": style}
        self._server.post("lists", values)

    def update(self, mailing_list: MailingList, changes: Mapping[str, object]) -> None:
        """Give settings of a list other values, or raise MailmanError."""
        update.apply(self._server, mailing_list, changes)

    def plugin_version(self) -> str | None:
        """Return the version of our plugin on the server; None if it has none."""
        return live.plugin_version(self._server)

    def clock(self) -> datetime | None:
        """Return what the server's clock shows; None if it has no plugin that tells.

        It is not waited for long, since a release can do without.
        """
        hasty = replace(self._settings, timeout=min(self._settings.timeout, _SOON))
        return live.clock(Server(hasty, self._password))

    def addresses(self) -> Sequence[str]:
        """Return the posting addresses of all lists of the server, sorted."""
        found = self._server.entries("lists")
        return sorted(str(entry.get("fqdn_listname")) for entry in found)

    def backlog(self, lists: Sequence[MailingList]) -> Backlog:
        """Return what is held, put aside or bouncing; queues that are empty not."""
        plugin = self.plugin_version() is not None
        return backlog.backlog(self._server, lists, plugin=plugin)

    def _prepare(self, announcement: Announcement, *, plugin: bool) -> bool | None:
        """Tell whether the mail was posted; if it was not, make the list ready."""
        taken: bool | None = False
        if plugin:
            self._require_chain(announcement.mailing_list)
            taken = self.taken(announcement)
        if taken is False:
            update.send_no_digests(
                self._server, announcement.mailing_list, plugin=plugin
            )
            if plugin:
                self._server.delete(posting.refusal_path(announcement))
        return taken

    def _require_chain(self, mailing_list: MailingList) -> None:
        """Refuse to post where the stock chain would drop the mail silently."""
        told = self._server.get(live.plugin_path(mailing_list))
        if told.get(names.POSTING_CHAIN) != names.CHAIN:
            msg = (
                f"the list {mailing_list.address} does not use the plugin's posting "
                "chain: run `publisher lists apply`, then push again"
            )
            raise MailmanError(msg, certain=True)


@contextmanager
def _before_the_mail() -> Iterator[None]:
    """Let every error say that the mail was not posted: nobody has got it yet."""
    try:
        yield
    except MailmanError as error:
        raise MailmanError(str(error), certain=True) from error


def _post_path(announcement: Announcement) -> str:
    key = announcement.key
    place = (
        f"{announcement.mailing_list.list_id}/{key.id}/{key.language}/{key.revision}"
    )
    return f"plugins/publisher/posts/{place}"
