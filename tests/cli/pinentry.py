"""A key with a passphrase, and a pinentry that answers as it is told.

gpg-agent asks for a passphrase through a program of its own, which speaks the Assuan
protocol (info pinentry). This one reads from a folder what to answer, and writes
down what it was asked.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import keys

PASSPHRASE = "correct horse battery staple 17"
_PROGRAM = """\
#!{python}
import pathlib, sys, time
folder = pathlib.Path({folder!r})
log = folder / "asked"
def say(line):
    print(line, flush=True)
say("OK at your service")
for line in sys.stdin:
    command, _, argument = line.rstrip("\\n").partition(" ")
    with log.open("a") as file:
        file.write(line)
    if command == "GETPIN":
        while (folder / "hold").exists() and log.read_text().count("GETPIN") > 1:
            time.sleep(0.02)
        answer = (folder / "answer").read_text()
        say("D " + answer if answer else "ERR 83886179 Operation cancelled")
        if not answer:
            continue
    say("OK")
    if command == "BYE":
        break
"""


@dataclass(frozen=True)
class Locked:
    """A GnuPG home with one key, which a passphrase protects."""

    key: keys.Key
    folder: Path

    def answer(self, passphrase: str) -> None:
        """Let the pinentry answer so; with nothing, it is cancelled."""
        (self.folder / "answer").write_text(passphrase)

    def forget(self) -> None:
        """Forget what was asked."""
        (self.folder / "asked").unlink(missing_ok=True)

    def hold(self) -> None:
        """Let the pinentry answer once, and not again before `go_on`."""
        (self.folder / "hold").touch()

    def go_on(self) -> None:
        """Let it answer again."""
        (self.folder / "hold").unlink()

    @property
    def asked(self) -> list[str]:
        """What it was told and asked, line by line."""
        log = self.folder / "asked"
        return log.read_text().splitlines() if log.exists() else []


@contextmanager
def locked(folder: Path, program: str | None = None) -> Iterator[Locked]:
    """Make a key with a passphrase; its agent asks `program`, or our pinentry."""
    pinentry = folder / "pinentry"
    pinentry.write_text(_PROGRAM.format(python=sys.executable, folder=str(folder)))
    pinentry.chmod(0o755)
    with keys.gnupg_home() as home:
        settings = f"pinentry-program {program or pinentry}\nignore-cache-for-signing\n"
        (home / "gpg-agent.conf").write_text(settings)
        user = "Locked <csirt@cert.example>"
        command = [
            "gpg", "--homedir", str(home), "--batch", "--pinentry-mode", "loopback",
            "--passphrase", PASSPHRASE, "--quick-gen-key", user, "ed25519", "sign",
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        (fingerprint,) = keys.fingerprints(home)
        kill = ["gpgconf", "--homedir", str(home), "--kill", "gpg-agent"]
        subprocess.run(kill, check=True)
        yield Locked(keys.Key(home, fingerprint), folder)


class Terminal:
    """A process in a terminal of its own."""

    def __init__(
        self,
        *arguments: str,
        folder: Path,
        environment: dict[str, str],
        program: tuple[str, ...] = (sys.executable, "-m", "publisher"),
    ) -> None:
        self._screen, inside = os.openpty()
        self._process = subprocess.Popen(
            [*program, *arguments],
            cwd=folder,
            env=environment,
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
        )
        os.close(inside)
        self.seen = b""

    @property
    def pid(self) -> int:
        return self._process.pid

    def type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def forget(self) -> None:
        """Look only at what comes from now on."""
        self.seen = b""

    def wait_for(self, text: str, seconds: float = 20) -> None:
        """Read until `text` is on the screen."""
        deadline = time.monotonic() + seconds
        while text.encode() not in self.seen:
            assert time.monotonic() < deadline, self.seen.decode(errors="replace")
            self._read()

    def end(self, seconds: float = 20) -> int:
        """Read to the end and return the exit code."""
        deadline = time.monotonic() + seconds
        while self._process.poll() is None or self._read():
            if time.monotonic() > deadline:
                self._process.kill()
            self._read()
        os.close(self._screen)
        return self._process.wait()

    def _read(self) -> bool:
        ready, _, _ = select.select([self._screen], [], [], 0.1)
        if not ready:
            return False
        try:
            data = os.read(self._screen, 65536)
        except OSError:
            # The other side of the terminal is closed.
            return False
        self.seen += data
        return bool(data)


def memory(pid: int) -> bytes:
    """Return what a process holds in memory that it can write to."""
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    found = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as file:
        for line in maps:
            place, rights, *_ = line.split()
            if rights.startswith("rw"):
                first, last = (int(end, 16) for end in place.split("-"))
                file.seek(first)
                found.append(file.read(last - first))
    return b"\0".join(found)
