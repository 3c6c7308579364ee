"""ISO-2022-JP as it is sent: with the characters of NEC and IBM that it does not have.

Outlook, iPhones and most mail programs in Japan write ①, ㈱ or the 髙 of a surname into
it, and Python's codecs then refuse the whole text. Microsoft's code page has them at
the place that the rows of JIS X 0208 lead to.
"""

from __future__ import annotations

import re

BEGINS = b"\x1b$"
"""How two-byte characters begin; nothing in any other charset of Japanese."""
_STANDARD = "iso2022_jp_ext"
_ESCAPE = re.compile(rb"(\x1b\$\(?[@BD]|\x1b\([A-Z])")
_PAIRS = frozenset({b"\x1b$@", b"\x1b$B", b"\x1b$(@", b"\x1b$(B"})
_KANA = b"\x1b(I"
_SUPPLEMENT = b"\x1b$(D"
_ASCII = b"\x1b(B"
_PAIR = re.compile(rb"[\x21-\x7e]{2}")
_UPPER = bytes(each | 0x80 for each in range(256))


def text(data: bytes) -> str:
    """Decode `data`; what is no character is replaced, and nothing else with it."""
    try:
        return data.decode(_STANDARD)
    except UnicodeError:
        first, *others = _ESCAPE.split(data)
    pieces = [_piece(_ASCII, first)]
    pieces += map(_piece, others[::2], others[1::2])
    return "".join(pieces)


def _piece(escape: bytes, data: bytes) -> str:
    if escape in _PAIRS:
        return _PAIR.sub(_shifted, data).decode("cp932", "replace")
    if escape == _KANA:
        return data.translate(_UPPER).decode("cp932", "replace")
    if escape == _SUPPLEMENT:
        return (escape + data + _ASCII).decode(_STANDARD, "replace")
    return data.decode("ascii", "replace")


def _shifted(match: re.Match[bytes]) -> bytes:
    """Return a character of JIS X 0208 as Shift_JIS writes it."""
    row, cell = (each - 0x21 for each in match[0])
    lead = (row >> 1) + (0x81 if row < 62 else 0xC1)
    if row % 2:
        return bytes((lead, cell + 0x9F))
    return bytes((lead, cell + (0x40 if cell < 63 else 0x41)))
