"""A mail as it lies in a mailbox, whatever it is: its headers and its parts.

It may be by anybody. What is shown of it is on one line, short, and printable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from publisher.mime import addresses, limits, parts

_LONGEST = 2**13
"""Characters of a header that are looked at; ours are shorter."""
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
        people = addresses.found(self._values(name))
        return [(_decoded(who), address) for who, address in people]

    def _values(self, name: str) -> list[str]:
        # Raw UTF-8 is allowed between servers that agree on it (RFC 6532).
        return [
            value[:_LONGEST]
            .encode("ascii", "surrogateescape")
            .decode("utf-8", "replace")
            for each, value in self.message.raw_items()
            if each.lower() == name.lower()
        ]


def read(data: bytes) -> Letter:
    """Return a mail, or raise ValueError if it cannot be taken apart."""
    try:
        message = parts.parse(data, limits.MAILBOX)
        return Letter(message, tuple(_parts(message)))
    except limits.MailError as error:
        msg = f"it {error}"
        raise ValueError(msg) from error
    except parts.FAILURES as error:
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
    for part in parts.walk(message):
        if not part.is_multipart():
            yield Part(
                kind=part.get_content_type(),
                name=part.get_filename("") or "",
                charset=str(part.get_content_charset("") or ""),
                flowed=str(part.get_param("format", "")).lower() == "flowed",
                attached=part.get_content_disposition() == "attachment",
                data=parts.content(part),
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
