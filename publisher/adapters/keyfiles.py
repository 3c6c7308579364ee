"""What else than a public key a file in keys/ may hold, and what to do about it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from publisher.adapters import gnupg
from publisher.model import clocks

if TYPE_CHECKING:
    from publisher.model.keys import KeyState

ANONYMOUS = "a file in keys/"
"""What a key is called that was given without a file, as on the list server: there each
signature is judged by its time, and nobody could mend the file."""
_MAKE = "`gpg --armor --output {0} --export FINGERPRINT`"
_HTML = re.compile(rb"\s*<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_CONFLICT = re.compile(rb"^(?:<{7}|>{7}) ", re.MULTILINE)
_SECRET = (b"\x94", b"\x95", b"\x96", b"\xc5")
"""The first octet of a secret key, not armored (RFC 9580, section 4.2)."""


def doubt(name: str, data: bytes) -> str:
    """Say what is wrong with a file before gpg sees it; empty if nothing is."""
    make = _MAKE.format(name)
    head = data[:3]
    if data.startswith(b"version https://git-lfs.github.com/"):
        return (
            f"{name}: is a pointer of Git LFS and not the key: bring it with `git lfs "
            "pull`, or better keep keys out of LFS (.gitattributes): they are small"
        )
    if _HTML.match(data[:1000]):
        return f"{name}: is a web page and not a key: write the key there with {make}"
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return (
            f"{name}: is UTF-16 (`>` in PowerShell), which gpg does not read: "
            f"write the key there with {make}"
        )
    if b"PRIVATE KEY BLOCK" in data or head[:1] in _SECRET:
        return (
            f"{name}: holds a SECRET key: take it away; if it was ever committed, it "
            "is no secret any more: revoke it as compromised (docs/keys.md)"
        )
    if _CONFLICT.search(data):
        return (
            f"{name}: holds the marks of a merge conflict: write the key there with "
            f"{make}"
        )
    return ""


def too_early(name: str, data: bytes) -> str:
    """Say which key of a file comes from the future; empty if none does.

    Clocks may differ by a minute.
    """
    now = datetime.now(UTC)
    for fingerprint, made in created(shown(data)):
        if made > now + clocks.TOLERANCE:
            return early(name, fingerprint, made, now)
    return ""


def unreadable(name: str) -> str:
    """Say that gpg took no key of a file."""
    return (
        f"{name}: holds no public key that gpg can read: write it there with "
        f"{_MAKE.format(name)}"
    )


def missing(
    fingerprint: str,
    known: Mapping[str, KeyState],
    files: Iterable[tuple[str, bytes]],
) -> str:
    """Say why a pinned key is not among those that gpg took of the files."""
    for name, key in known.items():
        if key.part(fingerprint):
            return (
                f"{fingerprint} is a subkey of {name}: name that one in "
                "publisher.toml; `--key SUBKEY!` chooses a subkey"
            )
    now = datetime.now(UTC)
    for name, data in files:
        for found, made in created(shown(data)):
            if found == fingerprint and made > now:
                return early(name, found, made, now)
    return (
        f"keys/ lacks the public key {fingerprint}: put it there with "
        f"`gpg --armor --export {fingerprint} > keys/{fingerprint}.asc`"
    )


def shown(data: bytes) -> str:
    """Return how gpg lists the keys of a file, also those that it does not take."""
    with tempfile.TemporaryDirectory(prefix="publisher-keys-") as home:
        command = [
            "--homedir", home, "--no-options", "--batch", "--no-tty", "--no-autostart",
            "--with-colons", "--ignore-time-conflict", "--show-keys",
        ]  # fmt: skip
        done = gnupg.run(command, given=data)
    return done.output.decode(errors="replace")


def early(name: str, fingerprint: str, made: datetime, now: datetime) -> str:
    """Say that a key comes from the future."""
    return (
        f"{name}: the key {fingerprint} was made on {made.isoformat()}, which is later "
        f"than now ({now.isoformat(timespec='seconds')}), so gpg does not take it: set "
        "the clock of this machine, or if that one is right, make a new key on a "
        "machine whose clock is"
    )


def created(listing: str) -> Iterator[tuple[str, datetime]]:
    """Yield the primary keys of a listing with colons, and when they were made."""
    made = ""
    for line in listing.split("\n"):
        fields = line.split(":")
        if fields[0] == "pub" and len(fields) > 5:
            made = fields[5]
        elif fields[0] == "fpr" and made.isdigit() and len(fields) > 9:
            yield fields[9], datetime.fromtimestamp(int(made), UTC)
            made = ""
