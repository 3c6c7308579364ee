"""A mailbox that lies on this machine as a Maildir; nothing in it is ever changed.

What is asked for came lately, and a mailbox can hold years of mail; so files are looked
at from the newest on, and only at their heads, once each. When a mail came is the time
of its file. That time is not trusted alone, since clocks are set: what is new since the
first look, and the newest thousand, are looked at whatever they say.

https://cr.yp.to/proto/maildir.html
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from publisher.errors import InboxError
from publisher.ports import Received

LIMIT = 8 * 2**20
"""Bytes of a mail that are read; ours are much smaller."""
_HEAD = 2**18
"""Bytes in which a mail's headers have to end."""
_ALWAYS = 1000
"""So many of the newest mails are looked at, whatever their time."""
_MARGIN = timedelta(days=1)
"""By so much the clocks of mailbox and program may differ."""
_SETTLED = 2 * 10**9
"""Nanoseconds after which a folder whose time stayed the same is the same."""
_MESSAGE_ID = re.compile(
    rb"^message-id:\s*(<[^<>\r\n]*>)", re.IGNORECASE | re.MULTILINE
)
_FOLDERS = ("new", "cur")
_GONE = (errno.ENOENT, errno.ELOOP, errno.ENXIO)


@dataclass
class _Mail:
    """A mail as far as it was looked at."""

    folder: Path
    name: str
    """Of its file."""
    time: int
    """When it came, in nanoseconds since 1970."""
    fresh: bool
    """It came after the first look."""
    message_ids: frozenset[str] | None = None
    """None: nobody has looked yet."""

    @property
    def file(self) -> Path:
        # Made when it is asked for: of most mails only the name is ever needed.
        return self.folder / self.name


@dataclass
class MaildirInbox:
    """A Maildir: `new` and `cur` in a folder."""

    folder: Path
    _mails: dict[str, _Mail] = field(default_factory=dict)
    """By the part of the file's name that stays when it is read."""
    _times: tuple[int, ...] = ()
    """Of the folders when they were listed last, if that is to be trusted."""
    _looked: bool = False

    @property
    def name(self) -> str:
        """Its folder."""
        return str(self.folder)

    def find(
        self, message_ids: Sequence[str], since: datetime | None = None
    ) -> Mapping[str, Sequence[Received]]:
        """Return the copies of each mail, or raise InboxError."""
        wanted = set(message_ids)
        try:
            self._list()
            found = self._look(wanted, since)
            if found is None:
                # Something was read or removed meanwhile; what was read is in `cur`.
                self._times = ()
                self._list()
                found = self._look(wanted, since, strict=False)
        except OSError as error:
            msg = f"{self._trouble(error)}; nothing is sent again"
            raise InboxError(msg) from error
        return found or {}

    def close(self) -> None:
        """Keep nothing open, since nothing is."""

    def _look(
        self, wanted: set[str], since: datetime | None, *, strict: bool = True
    ) -> dict[str, Sequence[Received]] | None:
        """Return the copies, the oldest first; None if `strict` and one vanished."""
        found: dict[str, list[Received]] = {}
        for mail in self._candidates(since):
            if mail.message_ids is None:
                head = _read(mail.file, _HEAD)
                if head is None and strict:
                    return None
                mail.message_ids = None if head is None else _message_ids(head)
            for message_id in wanted & (mail.message_ids or frozenset()):
                data = _read(mail.file, LIMIT)
                if data is None and strict:
                    return None
                if data is not None:
                    found.setdefault(message_id, []).append(_received(data, mail.time))
        return {each: copies[::-1] for each, copies in found.items()}

    def _list(self) -> None:
        """Bring what is known up to date, without a look at any file's content."""
        times = tuple(_time(self.folder / name) for name in _FOLDERS)
        if not any(times):
            # Says why it is not there.
            os.scandir(self.folder).close()
            raise NotADirectoryError
        if times == self._times:
            return
        there: dict[str, _Mail] = {}
        # In this order: a mail that is read meanwhile goes from `new` to `cur`.
        for name in _FOLDERS:
            for mail in self._inside(self.folder / name):
                there[_stem(mail.name)] = mail
        self._mails = there
        is_settled = time.time_ns() - max(times) > _SETTLED
        self._times = times if is_settled else ()
        self._looked = True

    def _inside(self, folder: Path) -> Iterator[_Mail]:
        with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
            for entry in entries:
                known = self._mails.get(_stem(entry.name))
                if known is not None:
                    known.folder, known.name = folder, entry.name
                    yield known
                elif not entry.name.startswith("."):
                    yield from self._new(folder, entry)

    def _new(self, folder: Path, entry: os.DirEntry[str]) -> Iterator[_Mail]:
        with contextlib.suppress(FileNotFoundError):
            state = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(state.st_mode):
                yield _Mail(folder, entry.name, state.st_mtime_ns, self._looked)

    def _candidates(self, since: datetime | None) -> Sequence[_Mail]:
        """Return the mails to look at, the newest first."""
        mails = sorted(self._mails.values(), key=_by_time, reverse=True)
        if since is None:
            return mails
        begin = (since - _MARGIN).timestamp() * 10**9
        return [
            mail
            for number, mail in enumerate(mails)
            if number < _ALWAYS or mail.fresh or mail.time >= begin
        ]

    def _trouble(self, error: OSError) -> str:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            return (
                f"there is no Maildir at {self.folder}: canary.maildir names the "
                "folder in which `new` and `cur` are, which the first mail makes"
            )
        return (
            f"the canary's mailbox {self.folder} cannot be read: {error.strerror}: let "
            "the user who runs this read it"
        )


def _by_time(mail: _Mail) -> tuple[int, str]:
    return mail.time, mail.name


def _stem(name: str) -> str:
    """Return what stays of a file's name when flags are put behind it."""
    return name.partition(":")[0]


def _time(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _read(file: Path, most: int) -> bytes | None:
    """Return the beginning of a file; None if there is no such file any more."""
    # What is a pipe or a link by now is neither waited for nor followed.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(file, flags), "rb") as stream:
            return stream.read(most)
    except OSError as error:
        if error.errno in _GONE:
            return None
        raise


def _message_ids(head: bytes) -> frozenset[str]:
    fields = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    return frozenset(
        each.decode("ascii", "replace") for each in _MESSAGE_ID.findall(fields)
    )


def _received(data: bytes, nanoseconds: int) -> Received:
    return Received(data, datetime.fromtimestamp(nanoseconds / 10**9, UTC))
