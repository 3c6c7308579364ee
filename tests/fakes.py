"""Implementations of the ports in memory; they pass the contracts of the real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import publisher
from publisher.errors import InboxError, MailmanError, TrustError
from publisher.lists import names, policy, texts
from publisher.model.backlog import Backlog, Copies
from publisher.model.chain import Announcement, EditionKey
from publisher.model.settings import MailingList
from publisher.ports import Received
from publisher.render import mail

_STOCK: Mapping[str, object] = {
    "subject_prefix": "[Stock] ",
    "default_member_action": "defer",
    "default_nonmember_action": "hold",
    "max_message_size": 40,
    "administrivia": True,
    "digests_enabled": True,
    "archive_policy": "public",
    names.template("list:member:regular:footer"): "",
}
ADDRESS = "fqdn_listname"
_WORDS = {"default_member_action": ("accept", "defer", "discard", "hold")}


@dataclass
class FakeLists:
    """A list server in memory, with the plugin unless told otherwise."""

    plugin: bool = True
    fingerprints: tuple[str, ...] = ()
    """Of the keys that the plugin knows."""
    mails: list[Announcement] = field(default_factory=list)
    """What was posted, in order."""
    settings: dict[str, dict[str, object]] = field(default_factory=dict)
    """Of each list that there is, by its id."""
    version: str = publisher.__version__
    """Of the plugin."""
    canary: str = ""
    """The address that the settings name."""
    waiting: Backlog = field(default_factory=Backlog)
    """What is held, put aside or bouncing."""
    held: list[str] = field(default_factory=list)
    """The Message-IDs of mails that wait for a moderator."""
    now: datetime | None = None
    """What its clock shows, which the plugin tells; None: it does not."""
    underway: list[Copies] = field(default_factory=list)
    """How far a mail is, at each look; then it is all done."""
    failures: list[MailmanError] = field(default_factory=list)
    """What the next posts fail with; if it is not certain, they post all the same."""

    def post(self, announcement: Announcement) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None and failure.certain:
            raise failure
        self._post(announcement)
        if failure is not None:
            raise failure

    def taken(self, announcement: Announcement) -> bool | None:
        if not self.plugin:
            return None
        self._require_same(announcement)
        return announcement.key in self._keys(announcement)

    def copies(self, announcement: Announcement) -> Copies | None:
        known = [each.message_id for each in self.mails]
        if not self.plugin or announcement.message_id not in known:
            return None
        return self.underway.pop(0) if self.underway else Copies(3, 0, sending=False)

    def traces(self, announcement: Announcement) -> Sequence[str]:
        held = [each for each in self.held if each == announcement.message_id]
        return [f"it is held for a moderator of {announcement.mailing_list.address}"][
            : len(held)
        ]

    def live(self, mailing_list: MailingList) -> Mapping[str, object] | None:
        settings = self.settings.get(mailing_list.list_id)
        if settings is None:
            return None
        canary = {names.CANARY: ""} if self.canary else {}
        return {**canary, **settings, names.PLUGIN: self.plugin_version() or ""}

    def create(self, mailing_list: MailingList) -> None:
        if mailing_list.list_id in self.settings:
            raise MailmanError("Mailing list exists", certain=True)
        style = {
            names.FINGERPRINTS: tuple(sorted(self.fingerprints)),
            names.POSTING_CHAIN: names.CHAIN,
            "posting_pipeline": names.PIPELINE,
            names.LEAVE_URL: "",
            **{names.notice(name): "stock text" for name in texts.TEMPLATES},
        }
        self.settings[mailing_list.list_id] = {
            **{name: rule.value for name, rule in policy.RULES.items()},
            ADDRESS: mailing_list.address,
            "preferred_language": "en",
            "display_name": mailing_list.name.capitalize(),
            "description": "",
            "info": "",
            names.OWNERS: (),
            **(style if self.plugin else _STOCK),
        }

    def update(self, mailing_list: MailingList, changes: Mapping[str, object]) -> None:
        settings = self._settings(mailing_list)
        for name, value in changes.items():
            words = _WORDS.get(name)
            wrong_word = words is not None and value not in words
            cannot = name == names.HEADER_MATCHES and value != ()
            known = name in settings or name == names.CANARY
            if not known or name in policy.BY_HAND or wrong_word or cannot:
                raise MailmanError(f"cannot set {name} to {value!r}", certain=True)
        settings |= changes

    def plugin_version(self) -> str | None:
        return self.version if self.plugin else None

    def clock(self) -> datetime | None:
        return self.now if self.plugin else None

    def addresses(self) -> Sequence[str]:
        return sorted(str(each[ADDRESS]) for each in self.settings.values())

    def backlog(self, lists: Sequence[MailingList]) -> Backlog:
        there = [
            each
            for each in self.waiting.lists
            if each.mailing_list in lists and each.mailing_list.list_id in self.settings
        ]
        return Backlog(tuple(there), self.waiting.queues)

    def _post(self, announcement: Announcement) -> None:
        settings = self._settings(announcement.mailing_list)
        if self.plugin:
            if settings[names.POSTING_CHAIN] != names.CHAIN:
                raise MailmanError("run `publisher lists apply`", certain=True)
            self._require_same(announcement)
            if announcement.key in self._keys(announcement):
                return
            if any(key > announcement.key for key in self._keys(announcement)):
                raise MailmanError(f"{announcement.key} is older", certain=True)
        self.mails.append(announcement)

    def _require_same(self, announcement: Announcement) -> None:
        for each in self.mails:
            same = (each.key, each.mailing_list.list_id) == (
                announcement.key,
                announcement.mailing_list.list_id,
            )
            if same and mail.body(each.message) != mail.body(announcement.message):
                raise TrustError(f"the list got another text as {announcement.key}")

    def _keys(self, announcement: Announcement) -> list[EditionKey]:
        key, list_id = announcement.key, announcement.mailing_list.list_id
        return [
            each.key
            for each in self.mails
            if each.mailing_list.list_id == list_id
            and (each.key.id, each.key.language) == (key.id, key.language)
        ]

    def _settings(self, mailing_list: MailingList) -> dict[str, object]:
        try:
            return self.settings[mailing_list.list_id]
        except KeyError:
            raise MailmanError("there is no such list", certain=True) from None


@dataclass
class FakeInbox:
    """The canary's mailbox in memory."""

    copies: list[tuple[str, Received]] = field(default_factory=list)
    """What is there, each with its Message-ID, oldest first."""
    failures: list[InboxError] = field(default_factory=list)
    """What the next looks fail with."""
    looks: int = 0
    name: str = "memory"

    def find(
        self, message_ids: Sequence[str], since: datetime | None = None
    ) -> Mapping[str, Sequence[Received]]:
        del since
        self.looks += 1
        if self.failures:
            raise self.failures.pop(0)
        there = {each for each, _ in self.copies}
        return {
            wanted: [copy for each, copy in self.copies if each == wanted]
            for wanted in message_ids
            if wanted in there
        }
