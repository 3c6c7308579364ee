"""Faults of a real Postfix that takes what the lists send out: its own parts die.

It stands between Mailman and the mailboxes, which are those of the embedded mail host
as ever: Mailman sends to it, and it sends on. A mail that Mailman sent again for want
of an answer (RFC 1047) is another one to Postfix. The mailboxes drop it by its
Message-ID then, as Dovecot's Sieve does (RFC 7352), and it is counted.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from publisher.mailhost import MailHost, delivery
from tests import servers
from tests.faults import world as worlds
from tests.faults.crashes import Inject
from tests.faults.judge import Verdict, settled
from tests.faults.world import World
from tests.keys import Key

PROGRAMS = ("postfix", "postconf")
_SERVICES = Path("/usr/share/postfix/master.cf.dist")
_PATIENCE = 30.0
_LINES = {
    "smtpd": r"postfix/smtpd\[(\d+)\]: connect from",
    "cleanup": r"postfix/cleanup\[(\d+)\]: \w+: message-id=",
    "qmgr": r"postfix/qmgr\[(\d+)\]: \w+: from=",
    "smtp": r"postfix/smtp\[(\d+)\]: \w+: to=",
}
"""What each part logs as it takes a mail into its hands, with its process."""
_THROUGH = b"by mx.cert.example (Postfix)"
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
_MAIN = """\
compatibility_level = 3.6
myhostname = mx.cert.example
mydestination =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_peername_lookup = no
smtp_host_lookup = native
in_flow_delay = 0
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
transport_retry_time = 1s
service_throttle_time = 1s
relayhost = [127.0.0.1]:{onward}
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
"""


@dataclass(frozen=True)
class Postfix:
    """A Postfix of our own."""

    folder: Path

    @property
    def log(self) -> str:
        file = self.folder / "mail.log"
        return file.read_text(errors="replace") if file.exists() else ""

    @property
    def is_idle(self) -> bool:
        """Whether no mail is on its way."""
        queues = ("maildrop", "incoming", "active", "deferred")
        found = (f for q in queues for f in (self.folder / "spool" / q).rglob("*"))
        return not any(file.is_file() for file in found)

    def command(self, word: str) -> None:
        postfix = servers.program("postfix")
        argv = [postfix, "-c", str(self.folder / "etc"), word]
        subprocess.run(argv, check=False, capture_output=True, timeout=_PATIENCE)


@contextlib.contextmanager
def running(folder: Path, port: int, onward: int) -> Iterator[Postfix]:
    """Run one that takes mail on `port` and sends it to the port `onward`."""
    for name in ("etc", "spool", "data"):
        (folder / name).mkdir(parents=True)
    shutil.chown(folder / "data", "postfix")
    main = _MAIN.format(onward=onward, folder=folder)
    (folder / "etc" / "main.cf").write_text(main)
    entry = f"127.0.0.1:{port} inet"
    text = re.sub(r"^smtp +inet\b", entry, _SERVICES.read_text(), flags=re.MULTILINE)
    locked = re.compile(r"^(\S+ +(?:inet|unix)(?: +\S+){2}) +y\b", re.MULTILINE)
    (folder / "etc" / "master.cf").write_text(locked.sub(r"\1 n", text))
    made = Postfix(folder)
    made.command("start")
    try:
        yield made
    finally:
        made.command("stop")


def part(name: str) -> Inject:
    """Return what kills a part of Postfix that has the mail of a number in hand."""

    def act(postfix: Postfix, process: int) -> None:
        del postfix
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)

    return _at_a_mail(name, act)


def restart(seconds: float) -> Inject:
    """Return what stops all of Postfix at a mail, and starts it again so much later."""

    def act(postfix: Postfix, process: int) -> None:
        del process
        postfix.command("abort")
        time.sleep(seconds)
        postfix.command("start")

    return _at_a_mail("smtpd", act)


def _at_a_mail(name: str, act: Callable[[Postfix, int], None]) -> Inject:
    """Return what acts when a part has the mail of a number in its hands."""

    def inject(world: World, number: int) -> Verdict | None:
        if not all(map(servers.program, PROGRAMS)) or os.geteuid() != 0:
            # Postfix has to be started by root.
            return None
        behind, postfix = _behind(world.key)
        before = len(postfix.log)

        def has_come() -> bool:
            found = re.findall(_LINES[name], postfix.log[before:])
            if len(found) >= number:
                act(postfix, int(found[number - 1]))
            return len(found) >= number

        return _released(behind, postfix, has_come, f"{name}, mail {number}")

    return inject


_STACK = contextlib.ExitStack()
"""What ends with this process."""
atexit.register(_STACK.close)


@cache
def _behind(key: Key) -> tuple[World, Postfix]:
    """Run a world of its own whose lists send through a Postfix; once for all."""
    folder = Path(_STACK.enter_context(TemporaryDirectory(prefix="postfix-")))
    folder.chmod(0o755)
    port, onward = _free(), _free()
    whole: Any = worlds._host

    def relayed(*arguments: Any, **named: Any) -> MailHost:
        made: MailHost = whole(*arguments, **named)
        relay = ("127.0.0.1", port)
        settings = replace(made.settings, smtp_port=onward, relay=relay, retry_time=1.0)
        return MailHost(settings)

    vars(delivery)["_mark"] = _by_message_id(delivery._mark)
    postfix = _STACK.enter_context(running(folder, port, onward))
    worlds._host = relayed
    try:
        return _STACK.enter_context(worlds.running(key)), postfix
    finally:
        worlds._host = whole


def _by_message_id(
    whole: Callable[[str, bytes, bytes], str],
) -> Callable[[str, bytes, bytes], str]:
    """Return how a mail of a list is known again that came through Postfix."""

    def mark(sender: str, headers: bytes, content: bytes) -> str:
        found = _MESSAGE_ID.search(headers)
        if found is None or _THROUGH not in headers:
            return whole(sender, headers, content)
        return sha256(sender.encode() + found[1]).hexdigest()[:32]

    return mark


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _released(
    world: World, postfix: Postfix, has_come: Callable[[], bool], told: str
) -> Verdict | None:
    """Release while somebody waits for the moment; None: it did not come."""
    over, acted = threading.Event(), threading.Event()

    def watch() -> None:
        while not over.is_set():
            if has_come():
                acted.set()
                return
            time.sleep(0.001)

    watcher = threading.Thread(target=watch)
    watcher.start()
    desk = world.desk()
    try:
        ran = desk.publish()
    finally:
        over.set()
        watcher.join()
    if not acted.is_set():
        return None
    _settle(world, postfix)
    return settled(world, desk, "postfix", ran, told)


def _settle(world: World, postfix: Postfix) -> None:
    """Wait until neither Mailman nor Postfix has a mail of the lists left."""
    end = time.monotonic() + _PATIENCE
    quiet = 0
    while quiet < 3 and time.monotonic() < end:
        world.host.settle()
        waiting = [*(world.host.settings.directory / "queue" / "retry").glob("*.pck")]
        quiet = quiet + 1 if postfix.is_idle and not waiting else 0
        time.sleep(0.2)
