"""The throw-away project of the demo: its key, its settings, its advisories."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import publisher
from publisher import programs
from publisher.config import NAME
from publisher.errors import GpgError
from publisher.model.ids import AdvisoryId, Language
from publisher.wiring import KEYS, Project

SAMPLES = Path(publisher.__file__).parent / "samples"
DOMAIN = "lists.cert.example"
CANARY = "canary@cert.example"
"""The team's own subscriber."""
JA, EN = Language("ja"), Language("en")
REVISED = AdvisoryId("ADV", 2026, 11)
"""The advisory that the demo revises."""

_AGENT_SECONDS = 5.0
_SECONDS = 120
_SETTINGS = """\
[team]
name = {{ ja = "デモ CSIRT（架空）", en = "Demo CSIRT (fictional)" }}
contact = "csirt@cert.example"
fingerprints = ["{fingerprint}"]
timezone = "Asia/Tokyo"

[site]
url = "{url}"
languages = ["ja", "en"]

[advisories]
prefix = "{prefix}"
announce_since = 2025-01-01T00:00:00+09:00

[review]
other_person = false

[mailman]
url = "{rest}"
password = {{ env = "PUBLISHER_MAILMAN_PASSWORD" }}
owners = ["csirt@cert.example"]

[[lists]]
address = "announce-ja@{domain}"
language = "ja"
title = "セキュリティ情報（日本語）"

[[lists]]
address = "announce-en@{domain}"
language = "en"
title = "Security announcements (English)"
"""
_CANARY = """
[canary]
address = "{address}"
maildir = "{maildir}"
"""


@dataclass(frozen=True)
class Keyring:
    """The team's secret key, in a GnuPG home of its own."""

    home: Path
    fingerprint: str
    public: bytes

    def close(self) -> None:
        """End the agent that gpg started for this home."""
        end_agent(self.home)


def end_agent(home: Path) -> None:
    """End the agent of a GnuPG home, if there is one, and wait until it has ended."""
    if shutil.which("gpgconf") is None:
        return
    _gpgconf(home, "--kill", "all")
    socket = agent_socket(home)
    deadline = time.monotonic() + _AGENT_SECONDS
    # It removes its sockets last.
    while socket.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    _gpgconf(home, "--remove-socketdir")


def agent_socket(home: Path) -> Path:
    """Return where the agent listens: in the home, or below /run/user if that is."""
    return Path(_gpgconf(home, "--list-dirs", "agent-socket").strip())


def make_key(home: Path) -> Keyring:
    """Make an Ed25519 key that signs, without a passphrase, or raise GpgError."""
    home.mkdir(mode=0o700, exist_ok=True)
    user = "Demo CSIRT (throw-away key) <csirt@cert.example>"
    _gpg(home, "--passphrase", "", "--quick-gen-key", user, "ed25519", "sign", "1y")
    listed = _gpg(home, "--with-colons", "--list-secret-keys").decode()
    prints = [ln.split(":")[9] for ln in listed.split("\n") if ln.startswith("fpr:")]
    public = _gpg(home, "--armor", "--export", prints[0])
    return Keyring(home, prints[0], public)


def make_project(
    root: Path, keyring: Keyring, *, url: str, rest: str, maildir: Path
) -> Project:
    """Make a project with the sample advisories, none of them signed.

    `maildir` is where the canary's mail will be.
    """
    project = make_empty_project(root, keyring, url=url, rest=rest, prefix="ADV")
    with (root / NAME).open("a", encoding="utf-8") as file:
        file.write(_CANARY.format(address=CANARY, maildir=maildir))
    signed = shutil.ignore_patterns("*.asc")
    shutil.copytree(SAMPLES, root / "advisories", ignore=signed)
    return project


def publish_key(root: Path, keyring: Keyring) -> None:
    """Put the public key among the project's keys."""
    (root / KEYS).mkdir(parents=True, exist_ok=True)
    (root / KEYS / f"{keyring.fingerprint}.asc").write_bytes(keyring.public)


def make_empty_project(
    root: Path, keyring: Keyring, *, url: str, rest: str, prefix: str
) -> Project:
    """Make a project without advisories."""
    publish_key(root, keyring)
    settings = _SETTINGS.format(
        fingerprint=keyring.fingerprint,
        url=url,
        rest=rest,
        domain=DOMAIN,
        prefix=prefix,
    )
    (root / NAME).write_text(settings, encoding="utf-8")
    return Project(root, gnupg_home=keyring.home)


def revise(
    root: Path, revision: int, summary: Mapping[Language, str], date: str
) -> None:
    """Add a revision to the sample that the demo revises, in both languages."""
    folder = root / "advisories" / f"{REVISED.year}" / f"{REVISED}"
    entry = f"  - {{date: {date}, summary: {summary[EN]}}}"
    _add(folder / "en.md", "history:", entry, summary[EN])
    _add(folder / "ja.md", "summaries:", f"  - {summary[JA]}", summary[JA])
    japanese = (folder / "ja.md").read_text(encoding="utf-8")
    old, new = f"translates: {revision - 1}\n", f"translates: {revision}\n"
    (folder / "ja.md").write_text(japanese.replace(old, new), encoding="utf-8")


def _add(file: Path, key: str, entry: str, paragraph: str) -> None:
    """Add an entry to the list at `key`, and a paragraph to the text."""
    lines = file.read_text(encoding="utf-8").split("\n")
    last = lines.index(key)
    while lines[last + 1].startswith("  - "):
        last += 1
    lines.insert(last + 1, entry)
    text = "\n".join(lines) + f"\n{paragraph}\n"
    file.write_text(text, encoding="utf-8")


def _gpg(home: Path, *arguments: str) -> bytes:
    command = ["gpg", "--homedir", str(home), "--batch", "--no-tty", *arguments]
    try:
        done = programs.run(
            command, seconds=_SECONDS, environment={**os.environ, "LC_ALL": "C.UTF-8"}
        )
    except FileNotFoundError as error:
        msg = "gpg is not installed: install GnuPG 2.2 or newer"
        raise GpgError(msg) from error
    if done.code != 0:
        msg = f"gpg failed: {done.errors.decode(errors='replace').strip()}"
        raise GpgError(msg)
    return done.output


def _gpgconf(home: Path, *arguments: str) -> str:
    command = ["gpgconf", "--homedir", str(home), *arguments]
    return programs.run(command, seconds=_SECONDS).output.decode()
