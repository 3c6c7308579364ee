"""Fields of a mail's header on the wire: ASCII, folded, first word first.

The email package puts a line end right after a field's name when the first word and
the rest do not fit on one line, and its own parser then gives a leading blank
(https://github.com/python/cpython/issues/124452): filters that look at the beginning
miss such a subject. Here the first word is on the first line, always.

- No line is longer than 76 columns (RFC 2047, section 2), but for an address or a
  Message-ID that is longer by itself.
- A word is encoded if it is not ASCII, does not fit on the first line, or would be
  taken for an encoded word by some reader. Neighbours that are encoded stand in one
  encoded word with the blank between them, which readers would drop otherwise
  (RFC 2047, section 6.2).
- What is returned is the value, with LF and one blank where it is folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.charset import BASE64, QP, Charset
from itertools import groupby

_WIDEST = 76
_FRAME = len("=?utf-8?b??=")
_LEAST = _FRAME + len("=F0=9F=94=92")
"""An encoded word of this length holds any one character."""
_BREAKS = re.compile(r"[\0\r\n]")
_WORD = re.compile(r"[!-~]+")
_ATOM = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+", re.ASCII)
"""A word that needs no quotes in a display name (RFC 5322, section 3.2.3)."""
_FREE = frozenset(
    b"-!*+/ 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)
"""Bytes that are one letter in the Q encoding, in phrases too (RFC 2047, section 5)."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Words that are encoded, with the blanks between them."""

    text: str

    @property
    def charset(self) -> Charset:
        """Return the encoding that is shorter for the whole of it."""
        charset = Charset("utf-8")
        data = self.text.encode()
        quoted = sum(1 if byte in _FREE else 3 for byte in data)
        charset.header_encoding = QP if quoted <= -(-len(data) // 3) * 4 else BASE64
        return charset

    def words(self, first: int) -> Iterator[str]:
        """Yield encoded words: the first one in `first` columns, others in a line."""
        charset, room, begin, size = self.charset, first - _FRAME, 0, 0
        for at, char in enumerate(self.text):
            grown = size + _bytes(char, charset)
            if _columns(grown, charset) > room:
                yield charset.header_encode(self.text[begin:at])
                room, begin, grown = _WIDEST - 1 - _FRAME, at, grown - size
            size = grown
        yield charset.header_encode(self.text[begin:])


def text(name: str, value: str) -> str:
    """Return the value of an unstructured field, or raise ValueError.

    Decoding it gives `value` again, letter for letter. A line end would begin another
    header.
    """
    _refuse_breaks(name, value)
    return _folded(name, _units(name, value, _WORD)) if value else ""


def mailbox(name: str, display: str, address: str) -> str:
    """Return the value of a field that names one person, or raise ValueError.

    Without a `display` name, it is the address alone.
    """
    _refuse_breaks(name, display + address)
    if not display.strip():
        return address
    return _folded(name, [*_phrase(name, " ".join(display.split())), f"<{address}>"])


def words(name: str, values: Iterable[str]) -> str:
    """Return the value of a field whose words are never encoded, or raise ValueError.

    Such are addresses and Message-IDs.
    """
    units = list(values)
    _refuse_breaks(name, "".join(units))
    return _folded(name, units)


def _refuse_breaks(name: str, value: str) -> None:
    if _BREAKS.search(value):
        msg = f"the header {name} cannot hold a line end"
        raise ValueError(msg)


def _phrase(name: str, display: str) -> list[str | _Run]:
    if not display.isascii() or "=?" in display or not display.isprintable():
        return _units(name, display, _ATOM)
    quoted = display
    if not all(map(_ATOM.fullmatch, display.split(" "))):
        quoted = '"' + re.sub(r'(["\\])', r"\\\1", display) + '"'
    found = quoted.split(" ")
    if all(_fits(name, word) for word in found):
        return [*found]
    return [_Run(display)]


def _units(name: str, value: str, plain: re.Pattern[str]) -> list[str | _Run]:
    """Return `plain` words as they are, and runs of words that are encoded."""
    found = value.split(" ")
    coded = [
        not plain.fullmatch(word) or "=?" in word or not _fits(name, word)
        for word in found
    ]
    for at, word in enumerate(found):
        if not word:
            # A second blank is kept inside an encoded word, beside a letter.
            coded[at + 1 if at + 1 < len(found) else at - 1] = True
    units: list[str | _Run] = []
    pairs = zip(coded, found, strict=True)
    for is_coded, group in groupby(pairs, key=lambda pair: pair[0]):
        own = [word for _, word in group]
        units += [_Run(" ".join(own))] if is_coded else own
    return units


def _fits(name: str, word: str) -> bool:
    return len(f"{name}: {word}") <= _WIDEST


def _folded(name: str, units: Sequence[str | _Run]) -> str:
    lines = [f"{name}:"]
    for at, unit in enumerate(units):
        if isinstance(unit, str):
            if at and len(lines[-1]) + 1 + len(unit) > _WIDEST:
                lines.append("")
            lines[-1] += f" {unit}"
            continue
        first = _room(unit, _WIDEST - len(lines[-1]) - 1) if at else 0
        if at and not first:
            lines.append("")
        found = list(unit.words(first or _WIDEST - len(lines[-1]) - 1))
        lines[-1] += f" {found[0]}"
        lines += [f" {word}" for word in found[1:]]
    return "\n".join(lines)[len(name) + 2 :]


def _room(run: _Run, left: int) -> int:
    """Return how much of a line `run` may use; 0: it begins on a line of its own.

    One encoded word is better than two, where a new line makes the difference.
    """
    charset = run.charset
    size = sum(_bytes(char, charset) for char in run.text)
    length = _FRAME + _columns(size, charset)
    if left < _LEAST or left < length <= _WIDEST - 1:
        return 0
    return left


def _bytes(char: str, charset: Charset) -> int:
    data = char.encode()
    if charset.header_encoding == BASE64:
        return len(data)
    return sum(1 if byte in _FREE else 3 for byte in data)


def _columns(size: int, charset: Charset) -> int:
    return -(-size // 3) * 4 if charset.header_encoding == BASE64 else size
