"""Postfix, OpenDKIM, Mailman and PostgreSQL, as docs/mail-server.md has them."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from publisher.mailhost import MailHostSettings, loopback, submission
from publisher.mailhost.maildir import Mailboxes
from publisher.mailhost.process import Master
from publisher.mailhost.readiness import is_idle, rest_answers
from tests import postgres, servers
from tests.keys import Key
from tests.mailman_plugin import hosts
from tests.postfix import mta, recipe, world

_PASSWORD = "only-for-this-test"
_LIMIT = 60.0
# Stock runners look once a second whether there is something to do.
_RUNNERS = ("bounces", "command", "in", "lmtp", "out", "pipeline", "virgin")


@dataclass(frozen=True)
class Site:
    """All of it, running; in the place of the embedded mail host."""

    settings: MailHostSettings
    ports: mta.Ports
    postfix: mta.Postfix
    mailboxes: Mailboxes
    dkim_record: bytes

    rest_user = "restadmin"
    rest_password = _PASSWORD

    @property
    def rest_url(self) -> str:
        return f"http://{loopback.HOST}:{self.ports.rest}/3.1"

    @property
    def smtp_port(self) -> int:
        return self.ports.smtp

    @property
    def lmtp_port(self) -> int:
        return self.ports.lmtp

    def deliver(
        self, message: bytes | EmailMessage, sender: str, recipient: str
    ) -> None:
        """Send a mail to Postfix, as the world does."""
        submission.submit(self.ports.smtp, message, sender, recipient)

    def messages(self, address: str) -> list[EmailMessage]:
        return self.mailboxes.messages(address)

    def settle(self, timeout: float = _LIMIT) -> None:
        """Wait until neither Postfix nor Mailman has mail to deal with."""
        deadline = time.monotonic() + timeout
        # A mail is in the one before it leaves the other, so looking once misses those
        # that change sides in between.
        for _ in range(3):
            while not (self.postfix.is_idle and is_idle(self.settings.directory)):
                assert time.monotonic() < deadline, self.postfix.log
                time.sleep(0.02)

    def wait_for(
        self,
        address: str,
        *,
        matching: Callable[[EmailMessage], bool] = lambda _: True,
        timeout: float = _LIMIT,
    ) -> EmailMessage:
        return self.mailboxes.wait_for(address, matching, timeout)


def need() -> None:
    """Skip the test where this cannot be run."""
    reason = "Postfix is started by root only" if os.getuid() else ""
    servers.need("postfix", ("postfix", "postmap"), reason)
    servers.need("opendkim", ("opendkim", "opendkim-genkey"), reason)


@contextmanager
def running(key: Key, database: postgres.Cluster) -> Iterator[hosts.Server]:
    """Run everything, with the lists, each with a reader."""
    with TemporaryDirectory(prefix="mx-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        # Postfix's processes have users of their own.
        folder.chmod(0o755)
        ports = mta.Ports(*_free(6))
        settings = MailHostSettings(folder / "var", hosts.DOMAIN, hosts.SITE_OWNER)
        _write(folder, key, ports, database.new_database())
        keys = stack.enter_context(mta.opendkim(folder, ports))
        stack.enter_context(_mailman(folder, ports))
        boxes = stack.enter_context(
            world.running(folder / "var" / "mailboxes", ports.world)
        )
        made = mta.Postfix(folder / "postfix", ports)
        site = Site(settings, ports, made, boxes, mta.dkim_record(keys))
        server = hosts.Server(site, key, plugin=True)
        for mailing_list in (hosts.JA, hosts.EN):
            server.apply(mailing_list)
            reader = f"reader-{mailing_list.language}@home.example"
            server.subscribe(mailing_list, reader)
        stack.enter_context(mta.running(made))
        yield server


@contextmanager
def _mailman(folder: Path, ports: mta.Ports) -> Iterator[None]:
    output = folder / "var" / "logs" / "master.log"
    output.parent.mkdir(parents=True)
    master = Master(folder / "etc" / "mailman.cfg", output)
    master.start()
    try:
        deadline = time.monotonic() + _LIMIT
        while not (
            loopback.answers(ports.lmtp) and rest_answers(ports.rest, _PASSWORD)
        ):
            assert master.is_running, output.read_text()
            assert time.monotonic() < deadline, output.read_text()
            time.sleep(0.05)
        yield
    finally:
        master.stop()


def _write(folder: Path, key: Key, ports: mta.Ports, database: str) -> None:
    """Write what Mailman reads, as the page says, but for places and ports."""
    etc = folder / "etc"
    etc.mkdir()
    keys = etc / "publisher-keys"
    keys.mkdir()
    (keys / "team.asc").write_bytes(key.public)
    here = {"/etc/mailman3": str(etc)}
    changes = {
        **here,
        "/var/lib/mailman3": str(folder / "var"),
        "postgresql+psycopg2:///mailman": database,
        "8024": str(ports.lmtp),
        "10025": str(ports.lists),
        "8001": str(ports.rest),
        "CHANGE-ME": _PASSWORD,
    }
    text = recipe.adapted("/etc/mailman3/mailman.cfg", changes)
    (etc / "mailman.cfg").write_text(_quick(text))
    fingerprint = {"0123456789ABCDEF0123456789ABCDEF01234567": key.fingerprint}
    text = recipe.adapted("/etc/mailman3/publisher.cfg", {**here, **fingerprint})
    (etc / "publisher.cfg").write_text(text)
    postmap = f"{servers.program('postmap')} -c {folder}/postfix/etc"
    text = recipe.adapted(
        "/etc/mailman3/postfix-mailman.cfg", {"/usr/sbin/postmap": postmap}
    )
    (etc / "postfix-mailman.cfg").write_text(text)
    mta.write(folder / "postfix", ports, folder / "var" / "data")


def _quick(text: str) -> str:
    """Have Mailman's programs look often; sections may be there already."""
    for name in _RUNNERS:
        section = f"[runner.{name}]\n"
        text = text if section in text else f"{text}\n{section}"
        text = text.replace(section, f"{section}sleep_time: 0.05s\n")
    return text


def _free(count: int) -> list[int]:
    """Return ports that are free; `loopback` says why these."""
    with contextlib.ExitStack() as held:
        return [loopback._free(held) for _ in range(count)]
