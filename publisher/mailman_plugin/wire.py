"""A mail as it is written on the wire: once for all, with a gap for each recipient.

What differs between two recipients is one field of the header (RFC 8058, section 3.1):

    List-Unsubscribe: <https://lists.cert.example/leave?...>, <mailto:...>

The body is what Mailman's stock delivery would send of the same message, byte for byte,
but for lines that begin with "From ", which stay as they are. So is the header, but
that no field is folded right after its name: what parses such a Subject by the book
finds a leading blank (https://github.com/python/cpython/issues/124452).
"""

from __future__ import annotations

import copy
import io
import re
from dataclasses import dataclass
from email.generator import BytesGenerator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message

FIELD = "List-Unsubscribe"
POST_FIELD = "List-Unsubscribe-Post"
_ONE_CLICK = "List-Unsubscribe=One-Click"
# Whatever else has it: ours is the last one in the header.
_GAP = "~~publisher~gap~~"
_EMPTY_FIRST = re.compile(
    rb"^([!-9;-~]+:)[ \t]*\r\n[ \t]+(?=[^\r\n]{1,900}(?:\r\n|\Z))",
    re.MULTILINE,
)
"""A name that stands alone on its line, before one that can stand beside it.

A line may have 998 characters at most (RFC 5322, section 2.1.1).
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail with a gap, ready to be sent after DATA."""

    before: bytes
    after: bytes

    def to(self, address: bytes) -> bytes:
        """Return the mail with an address on the web in its gap."""
        return self.before + address + self.after


def plain(message: Message) -> bytes:
    """Return a mail without a gap, or raise ValueError if it is not ASCII."""
    return _written(copy.deepcopy(message))


def personal(message: Message, leave_address: str) -> Letter:
    """Return a mail with a gap beside `mailto:` and the `leave_address`.

    Raise ValueError if it is not ASCII.
    """
    letter = copy.deepcopy(message)
    for name in (FIELD, POST_FIELD):
        del letter[name]
    letter[FIELD] = f"<{_GAP}>,\n <mailto:{leave_address}>"
    letter[POST_FIELD] = _ONE_CLICK
    head, end, body = _written(letter).partition(b"\r\n\r\n")
    before, gap, after = head.rpartition(_GAP.encode())
    if not gap:
        msg = f"{FIELD} cannot be written"
        raise ValueError(msg)
    return Letter(before, after + end + body)


def _written(message: Message) -> bytes:
    # Nobody but those are to see them (RFC 5322, section 3.6.3); as smtplib does.
    for name in ("bcc", "resent-bcc"):
        del message[name]
    written = io.BytesIO()
    BytesGenerator(written, mangle_from_=False).flatten(message, linesep="\r\n")
    if not written.getvalue().isascii():
        msg = "the message is not ASCII"
        raise ValueError(msg)
    head, end, body = written.getvalue().partition(b"\r\n\r\n")
    return quoted(_EMPTY_FIRST.sub(rb"\1 ", head) + end + body)


def quoted(message: bytes) -> bytes:
    """Return a mail as it is sent after DATA, the last dot included.

    Lines end in CRLF, and those that begin with a dot get another one (RFC 5321,
    section 4.5.2). No other line end is left that a server could read as one.
    """
    text = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    if not text.endswith(b"\r\n"):
        text += b"\r\n"
    if text.startswith(b"."):
        text = b"." + text
    return text.replace(b"\r\n.", b"\r\n..") + b".\r\n"
