"""A mailbox by IMAP (RFC 3501), opened for reading only (EXAMINE, BODY.PEEK).

The server searches by Message-ID; so the work does not grow with what else is there, as
far as it keeps an index. The connection is kept between two looks, and made anew if it
was lost. A password goes over TLS, or stays on this machine; no message shows it.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import unquote, urlsplit

from publisher import connection
from publisher.adapters.inboxes import utf7
from publisher.connection import Fault, Peer
from publisher.errors import InboxError
from publisher.ports import Received

LIMIT = 8 * 2**20
"""Bytes of a mail that are read; ours are much smaller."""
_PORT, _TLS_PORT = 143, 993
_TIMEOUT = 20.0
"""Seconds in which a server has to answer."""
_AT_ONCE = 20
"""Message-IDs in one search: a command line stays short (RFC 7162, section 4)."""
_ALWAYS = 1000
"""So many of the newest mails are searched, whatever their time."""
_MARGIN = timedelta(days=2)
"""By so much the clocks may differ; the server compares days of its own zone."""
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
)  # fmt: skip
_COMMAND = re.compile(r"^command: .{1,20} => ")
_OWN = re.compile(r"socket error|unexpected response")
"""What imaplib itself says of a connection; all else is the server's."""
_UID = re.compile(rb"\bUID (\d+)")
_DATE = re.compile(
    rb'INTERNALDATE "([ \d]\d)-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"'
)
_MESSAGE_ID = re.compile(
    rb"^message-id:\s*(<[^<>\r\n]*>)", re.IGNORECASE | re.MULTILINE
)


@dataclass
class ImapInbox:
    """A folder of a user on a server."""

    url: str
    """E.g. `imaps://canary@mail.cert.example/INBOX`, checked by the settings."""
    password: Callable[[], str] = field(repr=False)
    timeout: float = _TIMEOUT
    _session: imaplib.IMAP4 | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Its address."""
        return self.url

    def find(
        self, message_ids: Sequence[str], since: datetime | None = None
    ) -> Mapping[str, Sequence[Received]]:
        """Return the copies of each mail, or raise InboxError."""
        # A connection that was kept may have been closed meanwhile; a new one has no
        # such excuse.
        is_kept = self._session is not None
        try:
            return self._find(message_ids, since)
        except InboxError as error:
            self.close()
            if not is_kept or error.lasting:
                raise
        try:
            return self._find(message_ids, since)
        except InboxError:
            self.close()
            raise

    def close(self) -> None:
        """End the connection, if there is one."""
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(imaplib.IMAP4.error, OSError):
                session.shutdown()

    def _find(
        self, message_ids: Sequence[str], since: datetime | None
    ) -> Mapping[str, Sequence[Received]]:
        found: dict[str, list[Received]] = {}
        with self._told("does not do what it is asked"):
            session = self._session or self._connected()
            self._session = session
            limits = self._opened(session, since)
            for begin in range(0, len(message_ids), _AT_ONCE):
                some = message_ids[begin : begin + _AT_ONCE]
                for uid in _searched(session, [*limits, *_any_of(some)]):
                    for message_id, copy in _fetched(session, uid):
                        if message_id in some:
                            found.setdefault(message_id, []).append(copy)
        return found

    def _connected(self) -> imaplib.IMAP4:
        parts = urlsplit(self.url)
        host, password = parts.hostname or "", self.password()
        with self._reached():
            if parts.scheme == "imap":
                port = parts.port or _PORT
                session = imaplib.IMAP4(host, port, timeout=self.timeout)
            else:
                port = parts.port or _TLS_PORT
                trusted = ssl.create_default_context()
                session = imaplib.IMAP4_SSL(
                    host, port, ssl_context=trusted, timeout=self.timeout
                )
        try:
            self._log_in(session, unquote(parts.username or ""), password)
        except BaseException:
            with contextlib.suppress(imaplib.IMAP4.error, OSError):
                session.shutdown()
            raise
        return session

    def _log_in(self, session: imaplib.IMAP4, user: str, password: str) -> None:
        says = "refuses the login: look at the user and canary.password"
        with self._told(says, lasting=True, hidden=password):
            if "AUTH=PLAIN" in session.capabilities:
                # Takes any letters (RFC 4616).
                secret = f"\0{user}\0{password}".encode()
                session.authenticate("PLAIN", lambda _: secret)
            elif "LOGINDISABLED" in session.capabilities:
                msg = "it takes no password here"
                raise imaplib.IMAP4.error(msg)
            else:
                session.login(utf7.quoted(user), password)

    def _opened(self, session: imaplib.IMAP4, since: datetime | None) -> list[str]:
        """Open the folder, and return the search keys that limit the work."""
        folder = unquote(urlsplit(self.url).path).strip("/")
        says = f"has no folder {folder!r} that can be read: look at canary.imap"
        with self._told(says, lasting=True):
            # Anew for each look: some servers show what is new then only.
            wire = utf7.quoted(utf7.encoded(folder))
            count = _good(session.select(wire, readonly=True))
        number = int(count[0] or 0) if count else 0
        if since is None or number <= _ALWAYS:
            return []
        day = since.astimezone(UTC) - _MARGIN
        date = f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"
        return ["OR", "SINCE", date, f"{number - _ALWAYS + 1}:*"]

    @contextlib.contextmanager
    def _told(
        self, says: str, *, lasting: bool = False, hidden: str = ""
    ) -> Iterator[None]:
        """Raise InboxError, with what to do, for what goes wrong."""
        try:
            yield
        except (imaplib.IMAP4.abort, OSError, EOFError) as error:
            raise self._lost(error, hidden) from None
        except (imaplib.IMAP4.error, ValueError, LookupError, TypeError) as error:
            reason = _reason(error, hidden)
            msg = (
                f"the canary's mailbox {self.url} {says} ({reason}); nothing is sent "
                "again"
            )
            raise InboxError(msg, lasting=lasting) from None

    @contextlib.contextmanager
    def _reached(self) -> Iterator[None]:
        """Raise InboxError if there is no IMAP server, or none that is trusted."""
        try:
            yield
        except (imaplib.IMAP4.error, OSError, EOFError, ValueError) as error:
            raise self._lost(error) from None

    def _lost(self, error: Exception, hidden: str = "") -> InboxError:
        if said := _last_words(error, hidden):
            msg = (
                f"the canary's mailbox {self.url} ended the connection ({said}): try "
                "again later; nothing is sent again"
            )
            return InboxError(msg)
        peer = Peer.at(
            self.url, "the canary's mailbox", "canary.imap", seconds=self.timeout
        )
        msg = f"{connection.told(error, peer)}; nothing is sent again"
        lasting = connection.fault(error) is Fault.CERTIFICATE
        return InboxError(msg, lasting=lasting)


def _reason(error: Exception, hidden: str) -> str:
    """Return what is known, on one line and without what has to stay hidden."""
    said = error.args[0] if error.args else ""
    if isinstance(error, OSError) and error.strerror:
        said = error.strerror
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    if hidden and hidden in text:
        return "its answer is not shown"
    return "".join(c for c in text if c.isprintable())[:200]


def _last_words(error: Exception, hidden: str) -> str:
    """Return what the server said when it ended the connection (BYE); empty: nothing.

    imaplib raises the words themselves, and others of its own.
    """
    said = _COMMAND.sub("", _reason(error, hidden))
    if isinstance(error, imaplib.IMAP4.abort):
        return "" if _OWN.search(said) else said
    return said.removeprefix("* BYE ") if said.startswith("* BYE ") else ""


def _good(answer: tuple[str, list[Any]]) -> list[Any]:
    kind, data = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(data[0] if data else kind)
    return data


def _any_of(message_ids: Sequence[str]) -> list[str]:
    """Return search keys for mails with one of some Message-IDs."""
    keys: list[str] = []
    for number, message_id in enumerate(message_ids):
        one = ["HEADER", "Message-ID", utf7.quoted(message_id)]
        keys = ["OR", *one, *keys] if number else one
    return keys


def _searched(session: imaplib.IMAP4, keys: Sequence[str]) -> list[bytes]:
    lines = _good(session.uid("SEARCH", *keys))
    return b" ".join(line or b"" for line in lines).split()


def _fetched(session: imaplib.IMAP4, uid: bytes) -> Iterator[tuple[str, Received]]:
    """Yield a mail with its Message-ID; nothing if it is gone."""
    what = f"(UID INTERNALDATE BODY.PEEK[]<0.{LIMIT}>)"
    said: list[Any] = _good(session.uid("FETCH", uid.decode("ascii"), what))
    for piece, after in zip(said, [*said[1:], b""], strict=True):
        if not isinstance(piece, tuple):
            continue
        head, data = piece
        # What is told of a mail may stand before its text or behind it.
        told = head + (after if isinstance(after, bytes) else b"")
        date, number = _DATE.search(told), _UID.search(told)
        if date is not None and number is not None and number[1] == uid:
            fields = re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0]
            for each in _MESSAGE_ID.findall(fields):
                yield each.decode("ascii", "replace"), Received(data, _moment(date))


def _moment(found: re.Match[bytes]) -> datetime:
    """Return a date of RFC 3501, section 9; its months are English everywhere."""
    day, month, year, hour, minute, second, sign, *offset = (
        each.decode() for each in found.groups()
    )
    hours, minutes = map(int, offset)
    zone = timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
    return datetime(
        int(year),
        _MONTHS.index(month) + 1,
        int(day),
        int(hour),
        int(minute),
        int(second),
        tzinfo=timezone(zone),
    )
