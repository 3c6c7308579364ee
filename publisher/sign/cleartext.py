"""The cleartext signature framework (RFC 9580, section 7), one spelling of it.

OpenPGP programs forgive: they skip what stands around the block, headers that they
do not know, blanks at line ends. Whoever reads the file sees all of that and takes
it for signed. So only the form that GnuPG itself writes is read here: the block is
the whole file, and a text has exactly one signed form.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode

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
_LONGEST = 10_000
"""Bytes in a line; what is longer could hold something that was not signed.

GnuPG 2.2 reads 19,995 bytes of a line and drops the rest without a word. Since blanks
at its end are not signed either, a line that somebody pads with enough of them may say
anything behind them, and the signature is still called good.
"""


def payload(data: bytes) -> str:
    """Return the text that a cleartext-signed file shows, or raise ValueError."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        msg = f"byte {error.start} of the signed text is not UTF-8"
        raise ValueError(msg) from error
    if not text.endswith("\n"):
        msg = "the signed text does not end with a line end"
        raise ValueError(msg)
    lines = text[:-1].split("\n")
    head = _head(lines)
    signature = _one(lines, BEGIN_SIGNATURE)
    _check_armor(lines[signature:])
    shown = [_unescaped(line) for line in lines[head:signature]]
    joined = "\n".join(shown) + "\n"
    check_canonical(joined)
    return joined


def check_canonical(text: str) -> None:
    """Raise ValueError unless a cleartext signature covers each character of `text`.

    A signature does not cover blanks at line ends, and line ends themselves are
    normalised (RFC 9580, section 7.2); so neither may carry anything.
    """
    if not text.endswith("\n") or text.endswith("\n\n") or text == "\n":
        msg = "the text does not end with exactly one line end"
        raise ValueError(msg)
    for number, line in enumerate(text[:-1].split("\n"), start=1):
        if line != line.rstrip():
            msg = f"line {number} of the text ends with a blank"
            raise ValueError(msg)
        if len(line.encode()) > _LONGEST:
            msg = f"line {number} of the text is longer than {_LONGEST} bytes"
            raise ValueError(msg)
        # The ideographic space is a blank like any other in Japanese text.
        shown = line.replace("\t", "").replace("\u3000", "")
        if not shown.isprintable():
            strange = next(c for c in shown if not c.isprintable())
            msg = f"line {number} of the text holds U+{ord(strange):04X}"
            raise ValueError(msg)


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


def _check_armor(lines: list[str]) -> None:
    if lines[-1] != END_SIGNATURE or lines.count(END_SIGNATURE) != 1:
        msg = "the signed text goes on behind its signature: that part is unsigned"
        raise ValueError(msg)
    inner = lines[1:-1]
    body = "".join(f"{line}\n" for line in inner[1:])
    armor = _ARMOR.fullmatch(body)
    if not inner or inner[0] or armor is None or not _is_canonical(armor[1]):
        msg = "the signature is no plain ASCII armor (RFC 9580, section 6.2)"
        raise ValueError(msg)


def _is_canonical(base64: str) -> bool:
    """Tell whether the bits before a padding are zeros (RFC 4648, section 3.5)."""
    written = base64.replace("\n", "").encode()
    try:
        return b64encode(b64decode(written)) == written
    except ValueError:
        return False


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
