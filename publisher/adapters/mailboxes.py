"""Files, folders and mailboxes as somebody keeps them: what there is to check in them.

- A folder with `cur` and `new` is a Maildir: all of its files are mails.
- Any other folder is walked for `*.asc`, `*.eml` and `*.mbox`, and for files that begin
  as a signed text or as an mbox does, whatever they are called.
- A file that begins with `From ` is an mbox (RFC 4155): one mail after the other.

Links are followed only if they were named themselves: one in a folder may lead
anywhere.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from publisher.model.found import Found

LIMIT = 32 * 2**20
"""Bytes of one file or mail that are read."""
_TOO_LARGE = f"is larger than {LIMIT // 2**20} MiB and was not read"
_ENDINGS = (".asc", ".eml", ".mbox")
_MBOX = b"From "
_BEGINNINGS = (b"-----BEGIN PGP SIGNED MESSAGE-----", _MBOX)
_UNIT = 2**16
"""Progress is told in pieces of so many bytes."""


class _File(NamedTuple):
    path: Path
    within: str
    size: int


def found(
    paths: Sequence[Path], progress: Callable[[str, int, int], None]
) -> Iterator[Found]:
    """Yield what `paths` name or hold, in order; what cannot be read is in doubt."""
    files: list[_File] = []
    for path in paths:
        if path.is_dir():
            name = shown(str(path))
            unreadable: list[Found] = []
            inside = list(_folder(path, name, unreadable))
            files += inside
            yield from unreadable
            if not inside and not unreadable:
                yield Found(name, doubt="holds nothing that could be a text of ours")
        else:
            files.append(_File(path, "", _size(path)))
    total, done = sum(file.size for file in files), 0
    for file in files:
        yield from _contents(file)
        done += file.size
        progress("looked into", done // _UNIT, total // _UNIT)


def shown(name: str) -> str:
    """Return a name as it can be printed: file names may hold anything but NUL."""
    text = os.fsencode(name).decode(errors="backslashreplace")
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _folder(top: Path, within: str, unreadable: list[Found]) -> Iterator[_File]:
    def tell(error: OSError) -> None:
        name = shown(str(error.filename or top))
        unreadable.append(Found(name, b"", within, _reason(error)))

    for name, folders, files in os.walk(top, onerror=tell):
        folders.sort()
        folder = Path(name)
        # A mail in `tmp` is not delivered yet.
        is_maildir = folder.name in ("cur", "new") and _is_maildir(folder.parent)
        if folder.name == "tmp" and _is_maildir(folder.parent):
            continue
        for path in (folder / file for file in sorted(files)):
            size = _plain(path)
            if size is not None and (is_maildir or _may_be_ours(path)):
                yield _File(path, within, size)


def _is_maildir(folder: Path) -> bool:
    return (folder / "cur").is_dir() and (folder / "new").is_dir()


def _plain(path: Path) -> int | None:
    """Return the size of a plain file; None if it is a link, a pipe, a device."""
    try:
        state = path.lstat()
    except OSError:
        return None
    return state.st_size if stat.S_ISREG(state.st_mode) else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _may_be_ours(path: Path) -> bool:
    if path.suffix.lower() in _ENDINGS:
        return True
    try:
        with path.open("rb") as stream:
            return stream.read(40).startswith(_BEGINNINGS)
    except OSError:
        return False


def _contents(file: _File) -> Iterator[Found]:
    name = shown(str(file.path))
    try:
        with file.path.open("rb") as stream:
            start = stream.read(len(_MBOX))
            if start == _MBOX:
                yield from _mbox(name, start, stream, file.within)
                return
            data = start + stream.read(LIMIT + 1 - len(start))
    except (OSError, ValueError) as error:
        yield Found(name, b"", file.within, _reason(error))
        return
    if len(data) > LIMIT:
        yield Found(name, b"", file.within, _TOO_LARGE)
    else:
        yield Found(name, data, file.within)


def _mbox(name: str, start: bytes, stream: BinaryIO, within: str) -> Iterator[Found]:
    """Yield each mail of an mbox, without its `From ` line and the blank line after."""
    # Not its lines, of which there may be millions.
    mail = bytearray()
    number = size = 0
    blank = False
    line = start + stream.readline(LIMIT)
    while line:
        if line.startswith(_MBOX) and (blank or not number):
            if number:
                yield _mail(name, number, mail, size, within)
            mail, size, number = bytearray(), 0, number + 1
        else:
            size += len(line)
            if size <= LIMIT:
                mail += line
        blank = line in (b"\n", b"\r\n")
        line = stream.readline(LIMIT)
    yield _mail(name, number, mail, size, within)


def _mail(name: str, number: int, mail: bytearray, size: int, within: str) -> Found:
    called = f"{name}, mail {number}"
    if size > LIMIT:
        return Found(called, b"", within or name, _TOO_LARGE)
    return Found(called, _without_blank_line(bytes(mail)), within or name)


def _without_blank_line(mail: bytes) -> bytes:
    """Return a mail without the blank line that an mbox has behind it."""
    for end in (b"\r\n", b"\n"):
        rest = mail.removesuffix(end)
        if rest != mail and (not rest or rest.endswith(b"\n")):
            return rest
    return mail


def _reason(error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) else None
    return f"cannot be read: {said or error}"
