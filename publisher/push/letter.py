"""A mail as it lies in a mailbox, whatever it is: its headers and its parts.

It may be by anybody. What is shown of it is on one line, short, and printable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses

_NESTED = re.compile(
    rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE
)
_MAX_NESTED = 20
"""So many parts that hold other parts are taken apart."""
_FAILURES = (AttributeError, LookupError, MessageError, RecursionError, TypeError,
             ValueError)  # fmt: skip
"""What parsing a broken mail can end with."""
_WIDEST = 72


@dataclass(frozen=True, slots=True)
class Part:
    """A part without parts."""

    kind: str
    """Its media type, in lower case."""
    name: str
    """Of the file that it says it is."""
    charset: str
    """In lower case; empty: it does not say."""
    flowed: bool
    """It asks for its lines to be joined (RFC 3676)."""
    attached: bool
    """It asks not to be shown at once (RFC 2183)."""
    data: bytes
    """Decoded from the transfer encoding."""

    def __str__(self) -> str:
        """Write what it is for people."""
        named = f" {shown(self.name)}" if self.name else ""
        says = shown(self.data.decode(errors="replace").strip())
        return f"{self.kind}{named} {says}"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail."""

    message: Message
    parts: tuple[Part, ...]

    @property
    def is_single(self) -> bool:
        """Tell whether it is no more than one part."""
        return not self.message.is_multipart()

    def headers(self, name: str) -> list[str]:
        """Return the values of a header, decoded, each with single blanks."""
        return [_decoded(each) for each in self._values(name)]

    def addresses(self, name: str) -> list[tuple[str, str]]:
        """Return the names and addresses in a header."""
        people = getaddresses(self._values(name))
        return [(_decoded(who), address) for who, address in people]

    def _values(self, name: str) -> list[str]:
        # Raw UTF-8 is allowed between servers that agree on it (RFC 6532).
        return [
            value.encode("ascii", "surrogateescape").decode("utf-8", "replace")
            for each, value in self.message.raw_items()
            if each.lower() == name.lower()
        ]


def read(data: bytes) -> Letter:
    """Return a mail, or raise ValueError if it cannot be taken apart."""
    # Mailboxes keep mails with the line ends of the wire or with their own.
    data = data.replace(b"\r\n", b"\n")
    if len(_NESTED.findall(data)) > _MAX_NESTED:
        msg = f"it has more than {_MAX_NESTED} nested parts"
        raise ValueError(msg)
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(data)
        return Letter(message, tuple(_parts(message)))
    except _FAILURES as error:
        msg = f"it is no mail that can be read ({shown(str(error))})"
        raise ValueError(msg) from error


def shown(text: str, around: int = 0) -> str:
    """Return a piece of `text` in quotes, with what stands `around` a column."""
    begin = max(0, around - _WIDEST // 2) if len(text) > _WIDEST else 0
    piece = text[begin : begin + _WIDEST]
    before = "…" if begin else ""
    after = "…" if begin + _WIDEST < len(text) else ""
    return f"{before}{piece!r}{after}"


def _parts(message: Message) -> Iterator[Part]:
    for part in message.walk():
        if not part.is_multipart():
            data = part.get_payload(decode=True)
            yield Part(
                kind=part.get_content_type(),
                name=part.get_filename("") or "",
                charset=str(part.get_content_charset("") or ""),
                flowed=str(part.get_param("format", "")).lower() == "flowed",
                attached=part.get_content_disposition() == "attachment",
                data=data if isinstance(data, bytes) else b"",
            )


def _decoded(value: str) -> str:
    """Return a header's text (RFC 2047); what is broken in it stays as it is."""
    try:
        pieces = decode_header(" ".join(value.split()))
        texts = [
            piece.decode(charset or "ascii", "replace")
            if isinstance(piece, bytes)
            else piece
            for piece, charset in pieces
        ]
    except (HeaderParseError, LookupError, ValueError):
        return " ".join(value.split())
    return " ".join("".join(texts).split())
