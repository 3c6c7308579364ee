"""A real Mailman with our lists on it, and what one does with it."""

from __future__ import annotations

import dataclasses
import os
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import requests
from mailmanclient.restbase.connection import Connection

from publisher import lists as rules
from publisher.adapters.mailman import MailmanLists
from publisher.imprint import Imprint
from publisher.mailhost import MailHost, MailHostSettings
from publisher.model.chain import Announcement, EditionKey
from publisher.model.ids import AdvisoryId, Language
from publisher.model.settings import Canary, MailingList, Mailman, Settings
from publisher.push import due
from tests import builders
from tests.keys import Key

ADVISORY = AdvisoryId("ADV", 2026, 7)
DOMAIN = "lists.cert.example"
OWNER = "csirt@cert.example"
CANARY = "canary@cert.example"
SITE_OWNER = "postmaster@cert.example"
JA, EN = builders.settings().lists

TITLES = {
    "ja": "Example Server における任意のコード実行の脆弱性",
    "en": "Remote code execution in Example Server",
}
BODIES = {
    "ja": "Example Server の読み取りに不備があります。\n至急、更新してください。～①—\n",
    "en": "Example Server reads a request beyond its buffer.\n",
}


class Host(Protocol):
    """Mailman and an MTA: the embedded ones, or others."""

    @property
    def settings(self) -> MailHostSettings: ...
    @property
    def rest_url(self) -> str: ...
    @property
    def rest_user(self) -> str: ...
    @property
    def rest_password(self) -> str: ...
    @property
    def smtp_port(self) -> int: ...
    @property
    def lmtp_port(self) -> int: ...
    def deliver(
        self, message: bytes | EmailMessage, sender: str, recipient: str
    ) -> None: ...
    def messages(self, address: str) -> list[EmailMessage]: ...
    def wait_for(
        self,
        address: str,
        *,
        matching: Callable[[EmailMessage], bool] = ...,
        timeout: float = ...,
    ) -> EmailMessage: ...
    def settle(self, timeout: float = ...) -> None: ...


@dataclass
class Server:
    """A running mail host and our adapter to it."""

    host: Host
    key: Key
    plugin: bool
    canary: str = ""
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10000)))

    @property
    def settings(self) -> Settings:
        settings = builders.settings()
        team = dataclasses.replace(settings.team, fingerprints=(self.key.fingerprint,))
        return dataclasses.replace(
            settings,
            team=team,
            owners=(OWNER,),
            mailman=self.mailman,
            canary=Canary(self.canary) if self.canary else None,
        )

    @property
    def mailman(self) -> Mailman:
        return Mailman(
            self.host.rest_url,
            self.host.rest_user,
            timeout=20.0,
            plugin=self.plugin,
        )

    @property
    def lists(self) -> MailmanLists:
        return MailmanLists(self.mailman, self.host.rest_password, canary=self.canary)

    @property
    def rest(self) -> Connection:
        host = self.host
        return Connection(host.rest_url, host.rest_user, host.rest_password)

    def status(self, method: str, path: str, data: str, password: str = "") -> int:
        """Return what a request with a body of JSON is answered with."""
        secret = password or self.host.rest_password
        return requests.request(
            method,
            f"{self.host.rest_url}/{path}",
            data=data,
            auth=(self.host.rest_user, secret),
            headers={"Content-Type": "application/json"},
            timeout=20,
        ).status_code

    def wanted(self, mailing_list: MailingList) -> rules.Wanted:
        notices = rules.notices(mailing_list, builders.presentation())
        return rules.wanted(
            mailing_list, self.settings, plugin=self.plugin, notices=notices
        )

    def differences(self, mailing_list: MailingList) -> Sequence[rules.Difference]:
        live = self.lists.live(mailing_list)
        assert live is not None
        return rules.differences(self.wanted(mailing_list), live)

    def apply(self, mailing_list: MailingList) -> None:
        if self.lists.live(mailing_list) is None:
            self.lists.create(mailing_list)
        changes = rules.changes(self.differences(mailing_list))
        self.lists.update(mailing_list, changes)

    def subscribe(self, mailing_list: MailingList, address: str) -> None:
        member = {
            "list_id": mailing_list.list_id,
            "subscriber": address,
            "pre_verified": "yes",
            "pre_confirmed": "yes",
            "pre_approved": "yes",
            "send_welcome_message": "no",
        }
        self.rest.call("members", member)

    def new_id(self) -> AdvisoryId:
        return AdvisoryId("ADV", 2026, next(self.numbers))

    def held(self, mailing_list: MailingList) -> int:
        told = self.rest.call(f"lists/{mailing_list.list_id}/held")[1]
        return int(told["total_size"])

    def inject(self, mailing_list: MailingList, message: bytes) -> None:
        values = {"list_id": mailing_list.list_id, "text": message.decode("ascii")}
        self.rest.call("queues/in", values)
        self.host.settle()

    def mail(self, mailing_list: MailingList, message: bytes, sender: str) -> None:
        self.host.deliver(message, sender, mailing_list.address)
        self.host.settle()

    def count(self, address: str) -> int:
        return len(self.host.messages(address))

    def asked(self) -> int:
        """Return how many mails people of the team got."""
        return self.count(OWNER) + self.count(SITE_OWNER)

    @contextmanager
    def paused(self, runner: str) -> Iterator[None]:
        """Let one of Mailman's runners stand still."""
        [process] = re.findall(rf"\((\d+)\) {runner} runner started", self.log())
        os.kill(int(process), signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(int(process), signal.SIGCONT)

    def log(self) -> str:
        files = sorted(self.host.settings.directory.rglob("*.log"))
        return "\n".join(file.read_text(errors="replace") for file in files)


@contextmanager
def running(
    key: Key, *, plugin: bool, directory: Path | None = None, **changes: Any
) -> Iterator[Server]:
    """Run a mail host that knows the public key of `key`; `changes` are settings."""
    with TemporaryDirectory(prefix="mm-") as folder:
        root = directory or Path(folder)
        keys = root / "keys"
        keys.mkdir(exist_ok=True)
        (keys / "team.asc").write_bytes(key.public)
        settings = MailHostSettings(
            directory=root / "host",
            domain=DOMAIN,
            site_owner=SITE_OWNER,
            keys=keys,
            fingerprints=(key.fingerprint,),
            sleep_time=0.05,
            use_plugin=plugin,
        )
        with MailHost(dataclasses.replace(settings, **changes)) as host:
            yield Server(host, key, plugin)


def text(key: EditionKey, extra: str = "") -> str:
    """Return a small text edition."""
    own = (f"{key.language}.md", "1" * 64)
    sources = (own,) if key.language == "en" else (own, ("en.md", "2" * 64))
    title, body = TITLES[key.language], BODIES[key.language]
    imprint = Imprint(key, sources, "0" * 64)
    return f"{title}\n\n{body}{extra}\n{imprint}"


def message(
    mailing_list: MailingList,
    body: bytes,
    message_id: str,
    **headers: str,
) -> bytes:
    """Return a mail to a list, as the program writes it."""
    policy = default.clone(linesep="\n", cte_type="7bit", max_line_length=76)
    mail = EmailMessage(policy=policy)
    mail["From"] = headers.pop("sender", "Example CERT <csirt@cert.example>")
    mail["To"] = mailing_list.address
    mail["Subject"] = headers.pop("subject", TITLES[mailing_list.language])
    mail["Date"] = "Fri, 20 Nov 2026 10:00:00 +0900"
    mail["Message-ID"] = message_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body.decode(), charset="utf-8", cte="quoted-printable")
    return mail.as_bytes()


def announcement(
    mailing_list: MailingList, key: EditionKey, data: bytes
) -> Announcement:
    """Return the mail that carries a signed text."""
    message_id = due.message_id(key, mailing_list)
    wire = message(mailing_list, data, message_id)
    return Announcement(key, mailing_list, message_id, wire, key.filename)


def edition_key(advisory: AdvisoryId, language: str, revision: int = 1) -> EditionKey:
    return EditionKey(advisory, revision, Language(language))
