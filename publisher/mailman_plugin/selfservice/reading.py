"""What a mail says: its subject and the lines of its text. No IO, and no exceptions.

Mail comes from anybody, so every charset may be wrong, unknown or missing, and every
part may be broken. What cannot be read is replaced; nobody is told.
"""

from __future__ import annotations

import binascii
import unicodedata
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from typing import TYPE_CHECKING

from publisher.mailman_plugin.selfservice import hypertext
from publisher.mime import addresses, charsets, japanese, parts

if TYPE_CHECKING:
    from email.message import Message

_LONGEST = 100_000
"""Bytes of a text that are looked at; a command is at its beginning."""
_LONGEST_LINE = 1000
"""Characters of a line or a header that are looked at."""
_LONGEST_ENCODED = 10 * _LONGEST_LINE
"""Characters of a header before it is decoded."""
_LONGEST_ADDRESS = 254
"""Octets (RFC 5321, section 4.5.3.1.3, less the angle brackets)."""

# Microsoft's Shift_JIS is what everybody sends under that name, with characters that
# the standard one lacks. ISO-2022-JP is sent with them, too.
_CODECS = {
    "iso-2022-jp": "iso2022_jp_ext",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
}
_GUESSES = ("utf-8", "cp932", "euc_jp")


def subject(message: Message) -> str:
    """Return the subject on one line, with full-width letters made plain."""
    return _plain(header(message, "subject"))


def sender(message: Message) -> str:
    """Return the one address that `From` names, in lower case; "" if there is not one.

    Nothing else counts, for an answer would then go to somebody who never asked.
    """
    fields = message.get_all("from", [])
    if len(fields) != 1:
        return ""
    field = str(fields[0])
    if len(field) > _LONGEST_LINE:
        return ""
    pairs = addresses.found([" ".join(field.split())])
    found = {address.strip().lower() for _, address in pairs if address.strip()}
    if len(pairs) != 1 or len(found) != 1:
        return ""
    [address] = found
    fits = address.isascii() and address.isprintable()
    return address if fits and len(address) <= _LONGEST_ADDRESS else ""


def lines(message: Message) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line that is not empty; the first one is 1.

    Full-width letters are made plain.

    An HTML part counts only where there is no plain one. A mail within the mail is not
    what its sender says.
    """
    texts = {"text/plain": "", "text/html": ""}
    for part in parts.leaves(message):
        kind = part.get_content_type()
        if texts.get(kind) == "" and part.get_content_disposition() != "attachment":
            texts[kind] = _body(part)
    found = texts["text/plain"]
    if not found.strip():
        found = hypertext.text(texts["text/html"])
    for number, line in enumerate(found.splitlines(), start=1):
        plain = _plain(line)
        if plain:
            yield number, plain


def header(message: Message, name: str) -> str:
    """Return a header as text, its encoded words decoded (RFC 2047)."""
    value = message.get(name, "")
    if isinstance(value, str):
        value = value[:_LONGEST_ENCODED]
    try:
        pieces = decode_header(value)
    except (HeaderParseError, binascii.Error, ValueError, LookupError):
        pieces = [(str(value), None)]
    return "".join(
        _text(each.encode("utf-8", "surrogateescape"), charset)
        if isinstance(each, str)
        else _text(each, charset)
        for each, charset in pieces
    )


def _body(part: Message) -> str:
    return _text(parts.content(part)[:_LONGEST], parts.charset(part))


def _text(data: bytes, charset: str | None) -> str:
    """Decode `data`; a charset that is unknown or wrong is guessed."""
    is_japanese = japanese.BEGINS in data
    for name in (*_declared(charset), *(() if is_japanese else _GUESSES)):
        try:
            return data.decode(name)
        except UnicodeError:
            continue
    return japanese.text(data) if is_japanese else data.decode("utf-8", "replace")


def _declared(charset: str | None) -> tuple[str, ...]:
    name = (charset or "").strip().lower().replace("_", "-")
    found = charsets.codec(_CODECS.get(name, name))
    # ASCII is a claim of many.
    return (found,) if found not in {"", "ascii"} else ()


def _plain(text: str) -> str:
    """Return `text` as one line: compatibility forms plain, runs of blanks one blank.

    Invisible characters, which come with copied text, are dropped.
    """
    normal = unicodedata.normalize("NFKC", text[:_LONGEST_LINE])
    kept = "".join(
        " " if unicodedata.category(each) in {"Cc", "Zl", "Zp"} else each
        for each in normal
        if unicodedata.category(each) not in {"Cf", "Cs"}
    )
    return " ".join(kept.split())
