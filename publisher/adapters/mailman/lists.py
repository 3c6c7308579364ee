"""The list server as `publisher.ports.Lists` has it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

from publisher.adapters.mailman import live, update
from publisher.adapters.mailman.server import Server
from publisher.errors import MailmanError
from publisher.lists import names

if TYPE_CHECKING:
    from publisher.adapters.mailman.server import Content
    from publisher.model.chain import Announcement
    from publisher.model.settings import MailingList, Mailman

_STOCK_STYLE = "legacy-announce"
_POLL = 0.1
"""Seconds between two looks at what became of a mail."""


class MailmanLists:
    """Mailman core, with our plugin or without it.

    With the plugin, a mail goes into the queue `in`, where the plugin verifies it, and
    `post` waits for the plugin's word. Without it, nothing that comes in is ever
    posted, so the mail goes into the queue `pipeline`, past moderation.
    """

    def __init__(
        self,
        settings: Mailman,
        password: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Talk to the server of `settings` as its REST administrator."""
        self._server = Server(settings, password)
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
                f"the list server was stopped while it posted {announcement.key}: see "
                "whether readers have got it; a later revision can always be posted"
            )
            raise MailmanError(msg)
        if taken:
            return
        self._inject("in" if plugin else "pipeline", announcement)
        if plugin:
            self._await(announcement)

    def taken(self, announcement: Announcement) -> bool | None:
        """Tell whether a text was posted before; None if the server cannot say."""
        told = self._server.find(_post_path(announcement))
        if told is None:
            return None
        return {"accepted": True, "unknown": False}.get(str(told.get("state")))

    def live(self, mailing_list: MailingList) -> Mapping[str, object] | None:
        """Return a list's settings on the server; None if there is no such list."""
        return live.settings(self._server, mailing_list)

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
        told = self._server.find("plugins/publisher/version")
        return None if told is None else str(told.get("version"))

    def _prepare(self, announcement: Announcement, *, plugin: bool) -> bool | None:
        """Tell whether the mail was posted; if it was not, make the list ready."""
        taken: bool | None = False
        if plugin:
            self._require_chain(announcement.mailing_list)
            taken = self.taken(announcement)
        if taken is False:
            update.send_no_digests(self._server, announcement.mailing_list)
            if plugin:
                self._server.delete(_refusal_path(announcement))
        return taken

    def _inject(self, queue: str, announcement: Announcement) -> None:
        values = {
            "list_id": announcement.mailing_list.list_id,
            "text": announcement.message.decode("ascii"),
        }
        self._server.post(f"queues/{queue}", values)

    def _require_chain(self, mailing_list: MailingList) -> None:
        """Refuse to post where the stock chain would drop the mail silently."""
        told = self._server.get(live.plugin_path(mailing_list))
        if told.get(names.POSTING_CHAIN) != names.CHAIN:
            msg = (
                f"the list {mailing_list.address} does not use the plugin's posting "
                "chain: run `publisher lists apply`, then push again"
            )
            raise MailmanError(msg, certain=True)

    def _await(self, announcement: Announcement) -> None:
        """Return when the mail is posted, or raise MailmanError."""
        deadline = time.monotonic() + self._server.timeout
        while not self.taken(announcement):
            refusal: Content | None = self._server.find(_refusal_path(announcement))
            if refusal is not None:
                msg = (
                    f"{announcement.mailing_list.address} did not take "
                    f"{announcement.key}: {refusal.get('reason')}"
                )
                raise MailmanError(msg, certain=True)
            if time.monotonic() > deadline:
                msg = (
                    f"the list server has {announcement.key} in its queue and did not "
                    f"post it within {self._server.timeout:g} s: see that its runners "
                    "run, then push again; it is posted once only"
                )
                raise MailmanError(msg)
            self._sleep(_POLL)


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


def _refusal_path(announcement: Announcement) -> str:
    digest = sha256(announcement.message_id.encode()).hexdigest()
    place = f"{announcement.mailing_list.list_id}/{digest}"
    return f"plugins/publisher/refusals/{place}"
