"""Maildirs: one folder per address, one file per message, never half a message.

A message is written to `tmp` and renamed to `new`; https://cr.yp.to/proto/maildir.html
Its name may end with a mark of what was in it, by which a repeated one is known.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from email import parser, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

from publisher.mailhost.errors import MailHostError

_LONGEST_NAME = 200
_KEPT_OF_LONG_NAMES = 120
_POLL = 0.05
_REPEATED_WITHIN = 24 * 3600 * 10**9
"""Nanoseconds."""
_serial = itertools.count()


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """The Maildirs of many addresses, side by side in `directory`."""

    directory: Path

    def path(self, address: str) -> Path:
        """Return the Maildir of `address`, or raise ValueError if it can have none."""
        return self.directory / folder(address)

    def store(self, address: str, message: bytes, mark: str = "") -> Path:
        """Put `message` into the Maildir of `address` as a new one; return its file.

        Lines end in LF there. The message is on disk when this returns. By its `mark`,
        ASCII letters and digits, `has` knows it again.
        """
        maildir = self.path(address)
        for part in ("tmp", "new", "cur"):
            (maildir / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        unique = f"P{os.getpid()}Q{next(_serial):08}{f'M{mark}' if mark else ''}"
        name = f"{time.time_ns():020}.{unique}.publisher"
        temporary = maildir / "tmp" / name
        with temporary.open("xb") as file:
            file.write(message.replace(b"\r\n", b"\n"))
            file.flush()
            os.fsync(file.fileno())
        return temporary.rename(maildir / "new" / name)

    def has(self, address: str, mark: str) -> bool:
        """Tell whether a message with this mark came within a day and is there."""
        oldest = time.time_ns() - _REPEATED_WITHIN
        return any(
            f"M{mark}." in file.name and int(file.name.partition(".")[0]) > oldest
            for file in self.files(address)
        )

    def files(self, address: str) -> list[Path]:
        """Return the files of the messages that `address` has, the oldest first."""
        maildir = self.path(address)
        found = itertools.chain(maildir.glob("new/*"), maildir.glob("cur/*"))
        return sorted(found, key=lambda path: path.name)

    def messages(self, address: str) -> list[EmailMessage]:
        """Return the messages that `address` has, the oldest first."""
        return [read(file) for file in self.files(address)]

    def wait_for(
        self, address: str, matching: Callable[[EmailMessage], bool], timeout: float
    ) -> EmailMessage:
        """Return the oldest message for `address` that is `matching`, when it is there.

        Raise MailHostError, with the subjects of the others, after `timeout` seconds.
        """
        others: dict[Path, str] = {}
        deadline = time.monotonic() + timeout
        while True:
            late = time.monotonic() >= deadline
            for file in self.files(address):
                if file not in others:
                    message = read(file)
                    if matching(message):
                        return message
                    others[file] = str(message["subject"])
            if late:
                subjects = "; ".join(map(repr, others.values())) or "nothing"
                msg = f"no such mail for {address} within {timeout:g} s, but {subjects}"
                raise MailHostError(msg)
            time.sleep(_POLL)


def folder(address: str) -> str:
    """Return the name of the Maildir for `address`, or raise ValueError.

    The name is one path component in ASCII, whatever the address holds: all but
    letters, digits and `@+=_.-~` is percent-encoded as UTF-8, a leading dot too, and
    a name too long for a file system ends in a digest instead. Two addresses share a
    folder only if they differ in nothing but case, quotation or Unicode composition,
    as mail systems have it (RFC 5321, sections 2.4 and 4.1.2).
    """
    if not address or any(ord(char) < 0x20 or ord(char) == 0x7F for char in address):
        msg = f"no Maildir can be named after {address!r}"
        raise ValueError(msg)
    folded = unicodedata.normalize("NFC", _unquoted(address).lower())
    # Addresses from the wire that are no UTF-8 hold their bytes as surrogates.
    name = quote(folded, safe="@+=", errors="surrogateescape")
    if name.startswith("."):
        name = f"%2E{name[1:]}"
    if len(name) > _LONGEST_NAME:
        digest = hashlib.sha256(name.encode("ascii")).hexdigest()
        # `%~` is in no percent-encoded name, so that no address can imitate this one.
        name = f"{name[:_KEPT_OF_LONG_NAMES]}%~{digest}"
    return name


def _unquoted(address: str) -> str:
    """Return the address whose local part is no quoted string (RFC 5321, 4.1.2)."""
    local, at, domain = address.rpartition("@")
    if len(local) >= 2 and local[0] == local[-1] == '"':
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    return f"{local}{at}{domain}"


def read(file: Path) -> EmailMessage:
    """Return the message in `file`."""
    return parser.BytesParser(policy=policy.default).parsebytes(file.read_bytes())
