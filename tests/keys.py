"""Real OpenPGP keys in throw-away GnuPG homes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory


@dataclass(frozen=True)
class Key:
    """A secret key in a home of its own."""

    home: Path
    fingerprint: str

    @property
    def public(self) -> bytes:
        return gpg(self.home, "--armor", "--export", self.fingerprint)

    def clearsign(self, text: str, *options: str) -> bytes:
        return gpg(
            self.home, "--local-user", self.fingerprint, *options, "--clear-sign",
            data=text.encode(),
        )  # fmt: skip


def gpg(home: Path, *arguments: str, data: bytes = b"") -> bytes:
    command = [
        "gpg", "--homedir", str(home), "--batch", "--yes", "--no-tty",
        "--pinentry-mode", "loopback", "--passphrase", "",
        "--no-emit-version", *arguments,
    ]  # fmt: skip
    done = subprocess.run(
        command,
        input=data,
        capture_output=True,
        check=False,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


@contextmanager
def gnupg_home() -> Iterator[Path]:
    # Short, for the agent's socket; pytest's own folders are too long.
    with TemporaryDirectory(prefix="pk-") as folder:
        home = Path(folder)
        home.chmod(0o700)
        try:
            yield home
        finally:
            gpgconf(home, "--kill", "all")


def gpgconf(home: Path, *arguments: str) -> None:
    command = ["gpgconf", "--homedir", str(home), *arguments]
    subprocess.run(command, check=False, capture_output=True)


def make(
    home: Path,
    user: str = "Test <test@cert.example>",
    algorithm: str = "ed25519",
    expires: str = "never",
    *options: str,
) -> Key:
    before = set(fingerprints(home))
    gpg(home, *options, "--quick-gen-key", user, algorithm, "sign", expires)
    (fingerprint,) = set(fingerprints(home)) - before
    return Key(home, fingerprint)


def fingerprints(home: Path) -> list[str]:
    listed = gpg(home, "--with-colons", "--list-secret-keys").decode()
    return [ln.split(":")[9] for ln in listed.split("\n") if ln.startswith("fpr:")]
