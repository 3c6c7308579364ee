"""Hand one mail over and wait until the list server has decided about it.

Only what is known for certain is said to be: a mail that is in the server's hands, and
about which nothing was heard, may be posted yet.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from publisher.adapters.mailman import live
from publisher.errors import MailmanError, TrustError
from publisher.render import mail

if TYPE_CHECKING:
    from publisher.adapters.mailman.server import Content, Server
    from publisher.model.chain import Announcement

POLL = 0.1
"""Seconds between two looks at what became of a mail."""
_LOOKS = 5
"""How often a server without the plugin is asked whether it put a mail aside."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One mail, and the server that is to post it."""

    server: Server
    announcement: Announcement
    sleep: Callable[[float], None]

    def verified(self) -> None:
        """Post through the plugin: return when it has posted the mail.

        What the plugin refuses is a certain MailmanError; one that is not certain says
        that the mail is held, put aside, or still in the queue. A TrustError says that
        another text was posted.
        """
        self._inject("in")
        with _after_the_mail():
            refusal = self._refusal()
        if refusal is not None:
            raise MailmanError(refusal, certain=True)

    def unverified(self) -> None:
        """Post past moderation, where there is no plugin, and look for a while.

        The server has the mail for certain then, and sends it in time.
        """
        before = set(self._files("shunt"))
        name = self._inject("pipeline").rpartition("/")[2]
        shunted: set[str] = set()
        with suppress(MailmanError):
            # That the server does not answer any more takes nothing back.
            self._wait_until_taken_up(name)
            shunted = self._shunted(before)
        if shunted:
            self._fail(
                "put a message aside while it posted {}, for all one can tell this one:"
                " its log mailman.log says why; mend that and run `mailman unshunt`, "
                f"then `publisher settle '{self.announcement.message_id}'`"
            )

    def _inject(self, queue: str) -> str:
        values = {
            "list_id": self.announcement.mailing_list.list_id,
            "text": self.announcement.message.decode("ascii"),
        }
        return self.server.post(f"queues/{queue}", values)

    def _refusal(self) -> str | None:
        """Wait for the plugin's word: None if the mail is posted, else why not."""
        deadline = time.monotonic() + self.server.wait
        while True:
            told: Content = self.server.get(message_path(self.announcement))
            state = told.get("state")
            if state == "accepted":
                require_same(self.announcement, told)
                return None
            if state == "refused":
                to, key = self.announcement.mailing_list.address, self.announcement.key
                return f"{to} did not take {key}: {told.get('reason')}"
            self._require_under_way(told)
            if time.monotonic() > deadline:
                self._fail(
                    "has {} in its queue and did not post it within "
                    f"{self.server.wait:g} s: see that its runners run, then push "
                    "again; it is posted once only"
                )
            self.sleep(POLL)

    def _require_under_way(self, told: Content) -> None:
        """Raise MailmanError if the plugin will not see the mail by itself."""
        if told.get("state") == "queued" and told.get("queues") == ["shunt"]:
            self._fail(
                "put {} aside after an error: its log mailman.log says why; mend that, "
                "then push again; it is posted once only"
            )
        if (
            told.get("state") == "unknown"
            and (reason := held(self.server, self.announcement)) is not None
        ):
            self._fail(
                f"holds {{}} for a moderator ({reason}): discard it there, run "
                "`publisher lists apply`, then push again"
            )

    def _wait_until_taken_up(self, name: str) -> None:
        deadline = time.monotonic() + self.server.wait
        while name in self._files("pipeline") and time.monotonic() < deadline:
            self.sleep(POLL)

    def _shunted(self, before: set[str]) -> set[str]:
        for _ in range(_LOOKS):
            if found := set(self._files("shunt")) - before:
                return found
            self.sleep(POLL)
        return set()

    def _files(self, queue: str) -> list[str]:
        files = self.server.get(f"queues/{queue}").get("files", [])
        return list(map(str, files)) if isinstance(files, list) else []

    def _fail(self, what: str) -> None:
        # What the server says may hold braces, too.
        msg = f"the list server {what.replace('{}', str(self.announcement.key), 1)}"
        raise MailmanError(msg)


def held(server: Server, announcement: Announcement) -> str | None:
    """Return why a mail is held for a moderator; None if it is not."""
    for entry in server.entries(f"{live.path(announcement.mailing_list)}/held"):
        if str(entry.get("message_id", "")).strip() == announcement.message_id:
            return str(entry.get("reason", "")).strip() or "no reason given"
    return None


def require_same(announcement: Announcement, told: Content) -> None:
    """Raise TrustError if `told` of a post is about another text than ours.

    Of what was posted before the plugin kept digests, nothing is known.
    """
    posted = str(told.get("sha256", ""))
    own = sha256(mail.body(announcement.message)).hexdigest()
    if posted not in ("", own):
        to, key = announcement.mailing_list.address, announcement.key
        msg = (
            f"{to} got another text as {key} than the one here: its SHA-256 is "
            f"{posted}, and {announcement.file} here has {own}; it was signed in "
            "another clone: get that signature (`git pull`; it goes before the one "
            "here), then publish again, so that the site shows what was mailed"
        )
        raise TrustError(msg)


def message_path(announcement: Announcement) -> str:
    """Return where the plugin tells what became of a mail."""
    return f"plugins/publisher/messages/{_name(announcement)}"


def refusal_path(announcement: Announcement) -> str:
    """Return where the plugin remembers that it refused a mail."""
    return f"plugins/publisher/refusals/{_name(announcement)}"


def _name(announcement: Announcement) -> str:
    digest = sha256(announcement.message_id.encode()).hexdigest()
    return f"{announcement.mailing_list.list_id}/{digest}"


@contextmanager
def _after_the_mail() -> Iterator[None]:
    """Let no error say that the mail was not posted: the server has it."""
    try:
        yield
    except MailmanError as error:
        raise MailmanError(str(error)) from error
