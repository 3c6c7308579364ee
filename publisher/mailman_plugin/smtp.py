"""An SMTP client that waits once for each mail, not four times (RFC 2920).

The text of one mail and the commands of the next one (MAIL, RCPT, DATA) leave in one
write; the answers are read in order, and every one is looked at. A server that does not
announce PIPELINING is sent one command at a time.

When a connection breaks,

- the mail whose text was under way is of unknown fate: its recipients are deferred;
- the next one, of which the server had only commands, is tried on a new connection;
- if no connection can be made, or if none lasts, all that is left is deferred at once.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from publisher import connection
from publisher.connection import Peer

logger = logging.getLogger("mailman.smtp")

Reply = tuple[int, bytes]
Refused = dict[str, tuple[int, str]]
"""Code and text of the answer, by recipient, as Mailman has it."""

UNKNOWN = 444
"""The code of a temporary failure that no server has told, as Mailman has it."""
BROKEN = (OSError, smtplib.SMTPException)
"""What a connection ends with."""

_START_INPUT = 354
_CLOSING = 421
_DATA = b"DATA\r\n"
_RSET = b"RSET\r\n"
_NOTHING = b".\r\n"
# Neither side may fill the other's window while it waits (RFC 2920, section 3.1).
_GROUP = 100
_MOST_LOSSES = 3


_SOME = Peer("the MTA", "the MTA", 0, "[mta] of mailman.cfg", "SMTP")


@dataclass(frozen=True, slots=True)
class Envelope:
    """One transaction; its addresses are ASCII, without blanks and brackets."""

    sender: str
    recipients: Sequence[str]
    content: bytes
    """As `wire` makes it, with the last dot."""


class Client:
    """Sends mail after mail over one connection, or over one after another."""

    def __init__(
        self,
        connect: Callable[[], smtplib.SMTP],
        peer: Peer = _SOME,
        *,
        per_connection: int = 0,
        taken: Callable[[Sequence[str]], None] = lambda _: None,
    ) -> None:
        """Prepare to send; `connect` returns a connection to `peer` after EHLO.

        No connection carries more than `per_connection` mails; 0: any number. `taken`
        is told the recipients of each mail as soon as the server has taken it.
        """
        self._connect = connect
        self._peer = peer
        self._per_connection = per_connection
        self._taken = taken
        self._smtp: smtplib.SMTP | None = None
        self._carried = 0
        self._is_open = False
        """Whether the server may be within a transaction that came to nothing."""
        self._promised: Envelope | None = None
        """What the server waits for the text of, with the recipients it has taken."""
        self._losses = 0
        self._end: Exception | None = None
        """Why no connection is made any more."""

    def send(self, envelopes: Iterable[Envelope]) -> Refused:
        """Send all `envelopes`; return who got nothing, and why."""
        refused: Refused = {}
        for envelope in envelopes:
            self._send(envelope, refused)
        self._finish(refused)
        return refused

    def close(self) -> None:
        """Take leave of the server."""
        smtp = self._smtp
        self._forget()
        if smtp is not None:
            try:
                smtp.quit()
            except BROKEN:
                smtp.close()

    def _send(self, envelope: Envelope, refused: Refused) -> None:
        begun = self._carried + (self._promised is not None)
        if begun >= self._per_connection > 0:
            self._finish(refused)
            self.close()
        try:
            self._begin(envelope, refused)
        except BROKEN as error:
            self._lose(error, refused)
        else:
            return
        # Only commands were sent: whoever is in them has got nothing yet.
        try:
            self._begin(envelope, refused)
        except BROKEN as error:
            self._lose(error, refused)
            self._defer(envelope.recipients, error, refused)

    def _finish(self, refused: Refused) -> None:
        """Send the text that was promised, and nothing after it."""
        if self._promised is not None:
            try:
                for reply in self._replies([self._promised.content]):
                    self._settle(reply, refused)
            except BROKEN as error:
                self._lose(error, refused)

    def _begin(self, envelope: Envelope, refused: Refused) -> None:
        """Send the text that was promised, and the commands of `envelope`."""
        together = self._is_pipelining()
        commands = [_mail(envelope.sender), *map(_rcpt, envelope.recipients), _DATA]
        if self._promised is not None and not together:
            [reply] = self._replies([self._promised.content])
            self._settle(reply, refused)
        if self._promised is not None:
            # A text ends a transaction, but not with every server that refuses one.
            commands = [self._promised.content, _RSET, *commands]
        elif self._is_open:
            commands = [_RSET, *commands]
        replies = self._replies(commands)
        if self._promised is not None:
            self._settle(next(replies), refused)
            next(replies)
        elif self._is_open:
            next(replies)
        self._is_open = True
        self._address(envelope, replies, refused, together=together)

    def _address(
        self,
        envelope: Envelope,
        replies: Iterator[Reply],
        refused: Refused,
        *,
        together: bool,
    ) -> None:
        """Read the answers to MAIL, RCPT and DATA, as far as those were sent."""
        mail = next(replies)
        if not _is_good(mail[0]) and not together:
            _refuse_sender(envelope, mail, refused)
            return
        answers = list(islice(replies, len(envelope.recipients)))
        taken = _taken(envelope, mail, answers, refused)
        if not taken and not together:
            return
        code, text = next(replies)
        if code != _START_INPUT:
            refused.update({recipient: (code, _text(text)) for recipient in taken})
            return
        # A server may want a text although it has taken nobody (RFC 2920, section 3.1).
        content = envelope.content if taken else _NOTHING
        self._promised = Envelope(envelope.sender, taken, content)

    def _settle(self, reply: Reply, refused: Refused) -> None:
        """Take note of what became of the text that was promised."""
        promised, self._promised = self._promised, None
        self._carried += 1
        self._losses = 0
        code, text = reply
        self._is_open = not _is_good(code)
        if promised is not None and _is_good(code):
            self._taken(promised.recipients)
        elif promised is not None:
            refused.update(dict.fromkeys(promised.recipients, (code, _text(text))))

    def _replies(self, commands: Sequence[bytes]) -> Iterator[Reply]:
        """Send commands and yield the answer to each, or raise one of BROKEN."""
        smtp = self._connection()
        rest = iter(commands)
        size = _GROUP if self._is_pipelining() else 1
        while group := list(islice(rest, size)):
            smtp.send(b"".join(group))
            for _ in group:
                code, text = smtp.getreply()
                if code == _CLOSING:
                    raise smtplib.SMTPResponseException(code, text)
                yield code, text

    def _is_pipelining(self) -> bool:
        return self._connection().has_extn("pipelining")

    def _connection(self) -> smtplib.SMTP:
        if self._end is not None:
            raise smtplib.SMTPServerDisconnected(str(self._end)) from self._end
        if self._smtp is None:
            try:
                self._smtp = self._connect()
            except BROKEN as error:
                self._end = error
                raise
        return self._smtp

    def _lose(self, error: Exception, refused: Refused) -> None:
        """Give a connection up; nobody knows whether the text under way arrived."""
        if self._promised is not None:
            self._defer(self._promised.recipients, error, refused)
        if self._end is None:
            said = _said(error) or connection.told(error, self._peer)
            logger.error("publisher: a connection to the MTA broke: %s", said)
            self._losses += 1
            if self._losses == _MOST_LOSSES:
                self._end = error
        if self._smtp is not None:
            self._smtp.close()
        self._forget()

    def _defer(
        self, recipients: Iterable[str], error: Exception, refused: Refused
    ) -> None:
        # After the last connection, it is why there is none.
        cause = error.__cause__ or error
        reply = UNKNOWN, _said(cause) or connection.why(cause, self._peer)
        if _said(error).startswith(f"{_CLOSING} "):
            reply = _CLOSING, _said(error).removeprefix(f"{_CLOSING} ")
        refused.update(dict.fromkeys(recipients, reply))

    def _forget(self) -> None:
        self._smtp = None
        self._promised = None
        self._is_open = False
        self._carried = 0


def _taken(
    envelope: Envelope, mail: Reply, answers: Sequence[Reply], refused: Refused
) -> Sequence[str]:
    """Return the recipients that the server has taken."""
    if not _is_good(mail[0]):
        _refuse_sender(envelope, mail, refused)
        return ()
    taken = []
    for recipient, (code, text) in zip(envelope.recipients, answers, strict=True):
        if _is_good(code):
            taken.append(recipient)
        else:
            refused[recipient] = code, _text(text)
    return taken


def _refuse_sender(envelope: Envelope, mail: Reply, refused: Refused) -> None:
    """Defer all recipients: it says nothing about them, and no one may bounce by it."""
    reply = UNKNOWN, f"the sender was refused: {mail[0]} {_text(mail[1])}"
    refused.update(dict.fromkeys(envelope.recipients, reply))


def _said(error: BaseException) -> str:
    """Return what the server said before it broke off; empty: nothing."""
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code > 0:
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return ""


def _mail(sender: str) -> bytes:
    return b"MAIL FROM:<%b>\r\n" % sender.encode("ascii")


def _rcpt(recipient: str) -> bytes:
    return b"RCPT TO:<%b>\r\n" % recipient.encode("ascii")


def _is_good(code: int) -> bool:
    return 200 <= code < 300


def _text(text: bytes | str) -> str:
    return text if isinstance(text, str) else text.decode("utf-8", "replace")
