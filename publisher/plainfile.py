"""Plain files, read warily: a link, a pipe, a device or a huge file is named, not read.

What lies in a project may have come with a commit, and whoever made that may have put
anything in the place of a file. A pipe would be waited for, a device never ends, and a
link leads out of the project.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from publisher.errors import OperatorError, PublisherError

SOURCE = 16 << 20
"""Bytes of one file that people or this program write; lint wants far less."""
KEY = 8 << 20
"""Bytes of a public key; those with thousands of signatures have some hundred
thousand."""
RECORD = 256 << 20
"""Bytes of one year of the publication record: some five hundred for a text."""
SETTINGS = 1 << 20
"""Bytes of publisher.toml and of redirects.toml."""
TEMPLATE = 4 << 20
"""Bytes of a template or a catalogue."""
BUILT = 256 << 20
"""Bytes of one file of the site."""
_KINDS = (
    (stat.S_ISLNK, "a link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
)


def read(file: Path, most: int, *, follow: bool = False) -> bytes:
    """Return what a plain file holds, or raise OSError or ValueError with the reason.

    A link is refused unless it is to be followed, and so is a file of more than `most`
    bytes, before it is read.
    """
    # A pipe would keep this waiting, and a link may have been put there just now.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
    if not follow:
        require(file.lstat())
        flags |= os.O_NOFOLLOW
    descriptor = os.open(file, flags)
    with os.fdopen(descriptor, "rb") as stream:
        state = os.fstat(descriptor)
        require(state)
        # Some files say that they are empty, and never end.
        data = stream.read(most + 1) if state.st_size <= most else b""
    if state.st_size > most or len(data) > most:
        msg = f"has {max(state.st_size, len(data))} bytes (expected at most {most})"
        raise ValueError(msg)
    return data


def require(state: os.stat_result) -> None:
    """Raise ValueError unless it is the state of a plain file."""
    if not stat.S_ISREG(state.st_mode):
        kinds = (name for is_kind, name in _KINDS if is_kind(state.st_mode))
        msg = f"is {next(kinds, 'a device')} (expected a plain file)"
        raise ValueError(msg)


def wanted(
    file: Path,
    shown: object,
    most: int,
    error: type[PublisherError] = OperatorError,
    *,
    follow: bool = False,
) -> bytes:
    """Return what a plain file holds, or raise `error` that names it as `shown`."""
    try:
        return read(file, most, follow=follow)
    except (OSError, ValueError) as problem:
        raise error(refusal(shown, problem)) from problem


def refusal(shown: object, problem: Exception) -> str:
    """Say of a file that it cannot be read, and what to do."""
    if isinstance(problem, OSError):
        reason = f"cannot be read: {problem.strerror}: see whether it is meant"
    else:
        reason = f"{problem}: take it away"
    return f"{named(shown)}: {reason}"


def named(path: object) -> str:
    """Write a path for a terminal: a name may hold anything."""
    text = str(path)
    return text if text.isprintable() else repr(text)


def folder(path: Path, shown: object) -> bool:
    """Tell whether a folder is there; OperatorError if something else is, or a link."""
    try:
        state = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    if not stat.S_ISDIR(state.st_mode):
        kinds = (name for is_kind, name in _KINDS if is_kind(state.st_mode))
        what = (
            "a plain file" if stat.S_ISREG(state.st_mode) else next(kinds, "a device")
        )
        msg = (
            f"{named(shown)}: is {what} (expected a folder of the project): take it "
            "away, and make the folder"
        )
        raise OperatorError(msg)
    return True


def within(root: Path, path: PurePosixPath) -> None:
    """Raise OperatorError if a folder of `path` below `root` is a link, or no folder.

    What is written there would go elsewhere.
    """
    if path.is_absolute() or ".." in path.parts:
        msg = f"{named(path)}: lies outside the project"
        raise OperatorError(msg)
    for parent in path.parents:
        place = root / parent
        folder(place, place)


def below(top: Path, shown: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the files below a folder by their paths in it, in order.

    Whatever is neither folder nor plain file is an OperatorError, and so is a link.
    """
    if not folder(top, shown):
        return
    todo = [""]
    found: list[tuple[str, os.stat_result]] = []
    while todo:
        inside = todo.pop()
        with os.scandir(top / inside) as entries:
            for entry in entries:
                path = f"{inside}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    todo.append(f"{path}/")
                    continue
                state = entry.stat(follow_symlinks=False)
                try:
                    require(state)
                except ValueError as problem:
                    msg = refusal(f"{shown}/{path}", problem)
                    raise OperatorError(msg) from problem
                found.append((path, state))
    yield from sorted(found)
