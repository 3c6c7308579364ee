"""A Postfix and an OpenDKIM of our own, as docs/mail-server.md sets them up.

What differs from the page is where files are, which ports are used, and that one MTA
takes what goes out, whatever DNS says.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from publisher.mailhost import loopback
from tests import servers
from tests.postfix import recipe

_SERVICES = Path("/usr/share/postfix/master.cf.dist")
_LIMIT = 30.0
_QUEUES = ("maildrop", "incoming", "active", "deferred")
_TEXT = re.compile(r'"([^"]*)"')


@dataclass(frozen=True)
class Ports:
    """Where everything listens, on 127.0.0.1."""

    smtp: int
    lists: int
    milter: int
    lmtp: int
    rest: int
    world: int


@dataclass(frozen=True)
class Postfix:
    """Where things are in the folder of a running Postfix."""

    folder: Path
    ports: Ports

    @property
    def log(self) -> str:
        """What Postfix has logged."""
        return (self.folder / "mail.log").read_text(errors="replace")

    @property
    def etc(self) -> Path:
        """Its configuration."""
        return self.folder / "etc"

    @property
    def is_idle(self) -> bool:
        """Whether no mail is on its way."""
        spool = self.folder / "spool"
        found = (file for queue in _QUEUES for file in (spool / queue).rglob("*"))
        return not any(file.is_file() for file in found)


def dkim_record(keys: Path) -> bytes:
    """Return what DNS says of the key in a folder, as opendkim-genkey wrote it."""
    return "".join(_TEXT.findall((keys / "lists.txt").read_text())).encode()


@contextmanager
def opendkim(folder: Path, ports: Ports) -> Iterator[Path]:
    """Run OpenDKIM with a key of its own; return the key's folder."""
    keys = folder / "dkimkeys"
    keys.mkdir()
    subprocess.run(
        [
            *(servers.program("opendkim-genkey"), "--bits=2048", "--selector=lists"),
            *("--domain=cert.example", f"--directory={keys}"),
        ],
        check=True,
    )
    for file in (keys, *keys.iterdir()):
        shutil.chown(file, "opendkim", "opendkim")
    changes = {
        "8891": str(ports.milter),
        "/etc/dkimkeys": str(keys),
        "/run/opendkim": str(keys),
    }
    text = recipe.adapted("/etc/opendkim.conf", changes)
    # Folders above it can be written by others, as all of /tmp can.
    configuration = folder / "opendkim.conf"
    configuration.write_text(f"{text}RequireSafeKeys no\n")
    process = subprocess.Popen([servers.program("opendkim"), "-f", "-x", configuration])
    try:
        _wait(ports.milter, process)
        yield keys
    finally:
        process.terminate()
        process.wait(_LIMIT)


@contextmanager
def running(postfix: Postfix) -> Iterator[None]:
    """Run Postfix."""
    command = [servers.program("postfix"), "-c", str(postfix.etc)]
    with (postfix.folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [*command, "start-fg"], stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait(postfix.ports.smtp, process)
        yield
    finally:
        subprocess.run([*command, "stop"], check=False, capture_output=True)
        process.wait(_LIMIT)


def write(folder: Path, ports: Ports, maps: Path) -> None:
    """Make all that Postfix needs; `maps` is where Mailman writes its maps."""
    for name in (".", "etc", "spool", "data"):
        (folder / name).mkdir(exist_ok=True)
    shutil.chown(folder / "data", "postfix")
    (folder / "etc" / "main.cf").write_text(_main(folder, ports, maps))
    (folder / "etc" / "master.cf").write_text(_master(ports))


def _main(folder: Path, ports: Ports, maps: Path) -> str:
    text = recipe.adapted(
        "/etc/postfix/main.cf",
        {"/var/lib/mailman3/data": str(maps), "8024": str(ports.lmtp)},
    )
    settings = {
        "queue_directory": folder / "spool",
        "data_directory": folder / "data",
        "maillog_file": folder / "mail.log",
        "maillog_file_prefixes": folder,
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "smtpd_peername_lookup": "no",
        "relayhost": f"[127.0.0.1]:{ports.world}",
    }
    return text + "".join(f"{name} = {value}\n" for name, value in settings.items())


def _master(ports: Ports) -> str:
    changes = {"10025": str(ports.lists), "8891": str(ports.milter)}
    own = recipe.adapted("/etc/postfix/master.cf", changes)
    port = f"127.0.0.1:{ports.smtp} inet"
    limit = recipe.command("postconf -P ").rpartition("/")[2]
    first = re.compile(r"^smtp +inet\b(.*)", flags=re.MULTILINE)
    stock = first.sub(rf"{port}\1\n    -o {limit}", _SERVICES.read_text())
    # Debian's services are locked into the queue's folder, where its own start script
    # puts what they need.
    locked = re.compile(r"^(\S+ +(?:inet|unix)(?: +\S+){2}) +y\b", re.MULTILINE)
    return locked.sub(r"\1 n", stock) + own


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _LIMIT
    name = str(process.args)
    while not loopback.answers(port):
        assert process.poll() is None, f"{name} ended by itself"
        assert time.monotonic() < deadline, f"{name} does not answer"
        time.sleep(0.05)
