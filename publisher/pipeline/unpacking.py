"""Take signed texts out of files and mails, whatever these are.

A mail of ours is one part of plain text, and that part is the signed text. Where it
came in something else, the signature cannot speak for the rest of what a reader sees;
so that is said, and not guessed at. A mail that was forwarded as an attachment
(`message/rfc822`) is looked into.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.mime import limits, parts
from publisher.sign import cleartext

if TYPE_CHECKING:
    from email.message import Message

    from publisher.model.found import Found

_BEGIN = cleartext.BEGIN_TEXT.encode()
_BLOCK = re.compile(rb"^" + _BEGIN, re.MULTILINE)
_OTHER = re.compile(
    rb"\s*-----BEGIN PGP (?:PUBLIC KEY BLOCK|PRIVATE KEY BLOCK|SIGNATURE|MESSAGE)-----"
)
_FIELD = re.compile(rb"[!-9;-~]+:|[ \t]")
"""How each line of a mail's head begins (RFC 5322, section 2.2)."""
_MAIL = re.compile(
    rb"^(?:content-type|date|delivered-to|from|message-id|mime-version|received"
    rb"|return-path|subject|to|x-[!-9;-~]+):",
    re.IGNORECASE | re.MULTILINE,
)
_MAX_FORWARDED = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """A signed text as it was published, or why there is none."""

    name: str
    data: bytes = b""
    doubt: str = ""


def pieces(found: Found) -> list[Piece]:
    """Return what is to be checked of `found`.

    That is nothing if it merely lies in a folder or mailbox, and no signed text is in
    it. What was named itself and holds none is in doubt.
    """
    taken = _doubt(found) or _pieces(found)
    if taken or found.within:
        return taken
    return [Piece(found.name, doubt="holds no signed text")]


def _doubt(found: Found) -> list[Piece]:
    return [Piece(found.name, doubt=found.doubt)] if found.doubt else []


def _pieces(found: Found) -> list[Piece]:
    data = found.data
    if data.startswith(_BEGIN):
        return [Piece(found.name, data)]
    if _is_mail(data):
        return _mail(found.name, data)
    if _OTHER.match(data):
        return []
    is_expected = not found.within or found.name.endswith(".asc")
    if not is_expected and not _BLOCK.search(data):
        return []
    if data.strip() and not _BLOCK.search(data):
        return [Piece(found.name, doubt="holds no signed text")]
    return [Piece(found.name, data)]


def _is_mail(data: bytes) -> bool:
    head = data[: 2**16].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    return bool(_MAIL.search(head)) and all(map(_FIELD.match, head.split(b"\n")))


def _mail(name: str, data: bytes) -> list[Piece]:
    try:
        message = parts.parse(data, limits.MAILBOX)
        return list(_message(name, message, _MAX_FORWARDED))
    except limits.MailError as error:
        return _unread(name, data, str(error))
    except parts.FAILURES as error:
        return _unread(name, data, f"is no mail that can be read: {error}")


def _unread(name: str, data: bytes, doubt: str) -> list[Piece]:
    return [Piece(name, doubt=doubt)] if _BLOCK.search(data) else []


def _message(name: str, message: Message, deeper: int) -> Iterator[Piece]:
    """Yield the signed text of a mail, and those of the mails that are in it."""
    found = list(parts.leaves(message))
    texts = [body for body in map(_body, found) if _BLOCK.search(body)]
    if texts and len(found) > 1:
        kinds = ", ".join(_kind(part) for part in found)
        yield Piece(name, doubt=f"has other parts beside the signed text ({kinds}): "
                    "what is in them is not signed")  # fmt: skip
    elif texts and _kind(message) != "text/plain":
        yield Piece(name, doubt=f"is {_kind(message)}, not plain text: "
                    "what a reader sees is not what is signed")  # fmt: skip
    elif texts:
        yield Piece(name, texts[0])
    for number, inner in enumerate(_forwarded(found), start=1):
        called = f"{name}, forwarded mail {number}"
        if not deeper:
            yield Piece(called, doubt=f"lies in more than {_MAX_FORWARDED} other mails")
        else:
            yield from _message(called, inner, deeper - 1)


def _forwarded(found: list[Message]) -> Iterator[Message]:
    for part in found:
        if _kind(part) == "message/rfc822":
            yield from parts.inside(part)[:1]


def _body(part: Message) -> bytes:
    """Return a part's decoded text, with one line end at its end."""
    # Inside base64, line ends are those of the wire (RFC 2045, section 6.8), and
    # programs that save mails put empty lines after them.
    return parts.content(part).replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"


def _kind(part: Message) -> str:
    return part.get_content_type()
