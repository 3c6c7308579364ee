"""The cleartext signature framework (RFC 9580, section 7), one spelling of it.

OpenPGP programs forgive: they skip what stands around the block, headers that they
do not know, blanks at line ends. Whoever reads the file sees all of that and takes
it for signed. So only the form that GnuPG itself writes is read here: the block is
the whole file, and a text has exactly one signed form. What its lines may hold is
decided in `publisher.model.plain`.

A copy that was merely damaged on its way is told apart from one that holds unsigned
text: with other line ends, blanks at line ends, or lines that were wrapped anew.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from publisher.model import plain
from publisher.sign import packets

BEGIN_TEXT = "-----BEGIN PGP SIGNED MESSAGE-----"
BEGIN_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
END_SIGNATURE = "-----END PGP SIGNATURE-----"

_HASH = re.compile(r"Hash: SHA(256|384|512)")
_ARMOR = re.compile(
    r"((?:[A-Za-z0-9+/]{1,76}\n)*[A-Za-z0-9+/]{1,76}={0,2}\n)(?:=[A-Za-z0-9+/]{4}\n)?"
)
"""Lines of base64 of which the last one alone may be padded, and perhaps their sum:
what stands behind a padding is read by some programs and not by others."""
_ESCAPED = ("-", "From ")
_MARKS = (BEGIN_TEXT, BEGIN_SIGNATURE, END_SIGNATURE)
_AGAIN = "take the file as it was published"
_WRAPPED = f"the lines of this copy were wrapped anew: {_AGAIN}"
_BEHIND = "the signed text goes on behind its signature: that part is unsigned"
_WIDEST = 76
"""Characters in a line of an armor (RFC 9580, section 6)."""


@dataclass(frozen=True, slots=True)
class Cleartext:
    """A cleartext-signed file, taken apart."""

    text: str
    """What it shows."""
    signature: bytes
    """The OpenPGP packets of its armor, all of them signatures."""


def payload(data: bytes) -> str:
    """Return the text that a cleartext-signed file shows, or raise ValueError."""
    return read(data).text


def read(data: bytes) -> Cleartext:
    """Take a cleartext-signed file apart, or raise ValueError."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        msg = f"byte {error.start} of the signed text is not UTF-8"
        raise ValueError(msg) from error
    lines = text.split("\n")
    _check_copy(lines)
    if lines.pop() or not lines:
        msg = "the signed text does not end with a line end"
        raise ValueError(msg)
    head = _head(lines)
    signature = _one(lines, BEGIN_SIGNATURE)
    armor = _armor(lines[signature:])
    shown = [_unescaped(line) for line in lines[head:signature]]
    joined = "\n".join(shown) + "\n"
    check_canonical(joined)
    return Cleartext(joined, armor)


def check_canonical(text: str) -> None:
    """Raise ValueError unless a cleartext signature covers each character of `text`.

    A signature does not cover blanks at line ends, and line ends themselves are
    normalised (RFC 9580, section 7.2); so neither may carry anything.
    """
    if not text.endswith("\n") or text.endswith("\n\n") or text == "\n":
        msg = "the text does not end with exactly one line end"
        raise ValueError(msg)
    for number, line in enumerate(text[:-1].split("\n"), start=1):
        fault = plain.fault(line)
        if fault is not None:
            msg = f"line {number} of the text {fault.reason} (column {fault.column})"
            raise ValueError(msg)


def _check_copy(lines: list[str]) -> None:
    """Raise ValueError if the frame is all there, and was changed on its way."""
    if not lines[0].startswith(BEGIN_TEXT):
        return
    if lines[0] == f"{BEGIN_TEXT}\r":
        msg = f"the line ends of this copy were changed to CRLF: {_AGAIN}"
        raise ValueError(msg)
    if lines[0].rstrip(plain.BLANKS) != BEGIN_TEXT or not all(
        any(line.startswith(mark) for line in lines) for mark in _MARKS
    ):
        _check_wrapping(lines)
    bare = [line.rstrip(f"{plain.BLANKS}\r") for line in lines]
    # First: what nobody signed matters more than blanks, which may be in it as well.
    if any(bare[_end(bare) :]) and all(bare.count(mark) == 1 for mark in _MARKS):
        raise ValueError(_BEHIND)
    for number, line in _frame(lines, bare):
        if line != line.rstrip(f"{plain.BLANKS}\r"):
            msg = f"line {number}, of the armor, ends with a blank: {_AGAIN}"
            raise ValueError(msg)


def _check_wrapping(lines: list[str]) -> None:
    """Raise ValueError if the marks are there once their words are put in one line."""
    whole = " ".join(" ".join(lines).split())
    is_one = all(whole.count(mark) == 1 for mark in _MARKS)
    if is_one and whole.endswith(END_SIGNATURE):
        raise ValueError(_WRAPPED)


def _frame(lines: list[str], bare: list[str]) -> list[tuple[int, str]]:
    """Return the lines that are no text, each with its number in the file.

    `bare` are the lines without the blanks at their ends.
    """
    numbered = list(enumerate(lines, start=1))
    head = _index(bare, "") + 1
    tail = _index(bare, BEGIN_SIGNATURE)
    end = _end(bare)
    last = end if any(bare[end:]) else len(lines)
    return numbered[:head] + numbered[max(head, tail) : last]


def _end(bare: list[str]) -> int:
    """Return the index behind the line that ends the first armor."""
    for index in range(_index(bare, BEGIN_SIGNATURE), len(bare)):
        if bare[index] == END_SIGNATURE:
            return index + 1
    return len(bare)


def _index(lines: list[str], marker: str) -> int:
    return lines.index(marker) if marker in lines else len(lines)


def _head(lines: list[str]) -> int:
    if lines[0] != BEGIN_TEXT:
        msg = (
            "the signed text does not begin with the block: text before it is unsigned"
        )
        raise ValueError(msg)
    _one(lines, BEGIN_TEXT)
    index = 1
    while index < len(lines) and _HASH.fullmatch(lines[index]):
        index += 1
    if index >= len(lines) or lines[index] != "":
        msg = "the signed text has a header that is not its digest's name (SHA-2)"
        raise ValueError(msg)
    return index + 1


def _one(lines: list[str], marker: str) -> int:
    if lines.count(marker) != 1:
        msg = f"the line {marker!r} is there {lines.count(marker)} times, not once"
        raise ValueError(msg)
    return lines.index(marker)


def _armor(lines: list[str]) -> bytes:
    """Return the packets of an armor, or raise ValueError."""
    if lines[-1] != END_SIGNATURE or lines.count(END_SIGNATURE) != 1:
        raise ValueError(_BEHIND)
    inner = lines[1:-1]
    body = "".join(f"{line}\n" for line in inner[1:])
    armor = _ARMOR.fullmatch(body)
    data = _decoded(armor[1]) if armor else None
    if data is None and any(len(line) > _WIDEST for line in inner):
        _check_rejoined(body)
    if not inner or inner[0] or data is None:
        msg = "the signature is no plain ASCII armor (RFC 9580, section 6.2)"
        raise ValueError(msg)
    packets.signatures(data)
    return data


def _check_rejoined(body: str) -> None:
    """Raise ValueError if it is an armor whose lines were joined."""
    base64, _, _ = "".join(body.split()).rpartition("=")
    if _decoded(base64) or _decoded("".join(body.split())):
        raise ValueError(_WRAPPED)


def _decoded(base64: str) -> bytes | None:
    """Return the bytes if those before a padding are zeros (RFC 4648, section 3.5)."""
    written = base64.replace("\n", "").encode()
    try:
        data = b64decode(written)
    except ValueError:
        return None
    return data if b64encode(data) == written else None


def _unescaped(line: str) -> str:
    if not line.startswith("-"):
        if line.startswith("From "):
            msg = "a line begins with 'From ' and is not dash-escaped"
            raise ValueError(msg)
        return line
    if not line.startswith("- ") or not line[2:].startswith(_ESCAPED):
        msg = f"the line {line[:20]!r} is not dash-escaped as GnuPG does it"
        raise ValueError(msg)
    return line[2:]
