"""What a small team does on its first day, with real processes only."""

from __future__ import annotations

import os
import re
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import pytest

from publisher.mailhost import MailHostSettings, loopback
from publisher.mailhost.maildir import Mailboxes
from publisher.render import mail
from tests.cli.terminal import Desk, copy, path, process, run
from tests.keys import Key

pytestmark = [pytest.mark.gpg, pytest.mark.mailman, pytest.mark.enable_socket]

READER = "hanako@reader.example"


@dataclass
class Team:
    """A project whose site and mail host are served on this machine."""

    desk: Desk
    smtp: int
    mailhost: subprocess.Popen[bytes]

    @property
    def mailboxes(self) -> Mailboxes:
        return Mailboxes(self.desk.root / ".publisher" / "mailhost" / "mailboxes")

    def run(self, *arguments: str, code: int = 0) -> str:
        done = process(*arguments, folder=self.desk.root, code=code)
        return done.stdout.decode()

    def join(self, recipient: str) -> None:
        """Join a list by mail alone, and wait for the welcome."""
        self._write(recipient, "join")
        asked = self._wait(lambda m: "-confirm+" in f"{m['Reply-To']} {m['From']}")
        _, address = parseaddr(str(asked["Reply-To"] or asked["From"]))
        self._write(address, f"Re: {asked['Subject']}")
        self._wait(lambda m: "-confirm+" not in f"{m['Reply-To']} {m['From']}")

    def wait_for(self, message_id: str) -> EmailMessage:
        return self._wait(lambda m: m["Message-ID"] == message_id)

    def _wait(self, matching: Callable[[EmailMessage], bool]) -> EmailMessage:
        return self.mailboxes.wait_for(READER, matching, 30)

    def _write(self, recipient: str, subject: str) -> None:
        message = EmailMessage()
        message["From"], message["To"] = READER, recipient
        message["Subject"] = subject
        message["Message-ID"] = f"<{time.time_ns()}@reader.example>"
        message.set_content("\n")
        with smtplib.SMTP("127.0.0.1", self.smtp, "localhost", 20) as client:
            client.send_message(message)


@contextmanager
def running(
    folder: Path, *arguments: str, until: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the context ends; it is ready when it says `until`."""
    child = subprocess.Popen(
        [sys.executable, "-m", "publisher", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path(), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert child.stdout is not None
    seen = ""
    while until not in seen:
        line = child.stdout.readline().decode()
        assert line, seen
        seen += line
    try:
        yield child
    finally:
        child.terminate()
        child.communicate(timeout=30)


def processes_of(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if os.fsencode(folder) in line:
            found.append(int(entry.name))
    return found


@pytest.fixture
def team(template: Path, tmp_path: Path, gnupg: Key) -> Iterator[Team]:
    desk = copy(template, tmp_path / "ours", gnupg)
    directory = desk.root / ".publisher" / "mailhost"
    settings = MailHostSettings(directory, "lists.cert.example", "csirt@cert.example")
    ports = loopback.choose(settings)
    desk.settings(
        ("127.0.0.1:8001", f"127.0.0.1:{ports.rest}"),
        ("https://www.cert.example", f"http://127.0.0.1:{ports.lmtp}"),
    )
    process("build", folder=desk.root)
    served = running(
        desk.root, "serve", "--port", str(ports.lmtp), until="until Ctrl-C"
    )
    hosted = running(
        desk.root, "mailhost", "--smtp-port", str(ports.smtp), until="mail is taken at"
    )
    with served, hosted as mailhost:
        yield Team(desk, ports.smtp, mailhost)


def test_the_first_day_from_init_to_a_readers_mailbox(team: Team) -> None:
    desk = team.desk
    planned = team.run("lists", "plan")
    assert planned.count("is to be created") == 2
    team.run("lists", "check", code=2)
    assert team.run("lists", "apply").endswith("2 lists as declared\n")
    assert team.run("lists", "check").count(": as declared") == 2
    team.join("announce-ja-join@lists.cert.example")

    told = team.run("publish", "--yes")
    again = team.run("publish", "--yes")

    name = desk.folder().name
    assert len(re.findall(r"^sent     ", told, re.MULTILINE)) == 2
    assert again.endswith("nothing to push\n")
    received = team.wait_for(f"<{name}.r1.ja.announce-ja@lists.cert.example>")
    signed = (desk.folder() / "r1.ja.txt.asc").read_bytes()
    assert mail.body(received.as_bytes()) == signed
    saved = desk.root / "saved.eml"
    saved.write_bytes(received.as_bytes())
    assert f"{name} r1 ja, signed " in team.run("verify", str(saved))
    assert "1 advisory: 1 published (1 with" in team.run("status")

    team.mailhost.send_signal(signal.SIGINT)
    shown, _ = team.mailhost.communicate(timeout=30)

    assert team.mailhost.returncode == 0
    assert shown.decode().endswith("stopped\n")
    assert b"Traceback" not in shown
    assert processes_of(desk.root / ".publisher") == []
    assert (
        b"cannot be reached"
        in process("lists", "check", folder=desk.root, code=3).stderr
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("http://127.0.0.1", "https://mailman.cert.example"), "not on this machine"),
        (("announce-en@lists.", "announce-en@other."), "declares 2: mend [[lists]]"),
    ],
)
def test_what_the_mail_host_cannot_serve_is_named(
    desk: Desk, change: tuple[str, str], message: str
) -> None:
    desk.settings(change)

    assert message in run("mailhost", code=2).stderr


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("relay", ["mx.cert.example", ":25", "mx.cert.example:smtp"])
def test_a_relay_is_a_host_and_a_port(relay: str) -> None:
    result = run("mailhost", "--relay", relay, code=2)

    assert "is no host and port such as mx.cert.example:25" in result.stderr
