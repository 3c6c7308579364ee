"""A folder that is carried from one machine to another: written new, read warily."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from publisher import plainfile
from publisher.errors import OperatorError, WorldError

_LARGEST = 4 << 20
"""Bytes. A signed text has some tens of thousands."""
_MOST = 100_000
"""Files: more than any archive has texts to sign."""
_DEEPEST = 4
"""Folders within one another."""


def write(folder: Path, files: Mapping[PurePosixPath, bytes]) -> None:
    """Write `files` into a new or empty folder; anything in it is an OperatorError."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        msg = f"{folder}: is no folder: name one that is new or empty"
        raise OperatorError(msg)
    if folder.exists() and any(folder.iterdir()):
        msg = f"{folder}: is not empty: name a folder that is new or empty"
        raise OperatorError(msg)
    for path, data in files.items():
        target = folder / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as stream:
                stream.write(data)
        except OSError as error:
            msg = f"{target}: cannot be written: {error.strerror}"
            raise WorldError(msg) from error


def read(folder: Path, part: str) -> Mapping[PurePosixPath, bytes]:
    """Return the files below `folder / part` by their paths in there.

    Links, files that are no plain ones, and more or larger ones than can be meant are
    OperatorErrors, all of them at once.
    """
    top = folder / part
    if top.is_symlink() or not top.is_dir():
        msg = (
            f"{folder}: holds no folder {part}/: name the folder that was carried back"
        )
        raise OperatorError(msg)
    found: dict[PurePosixPath, bytes] = {}
    wrong: list[str] = []
    for path in _below(top, PurePosixPath(), wrong):
        if len(found) == _MOST:
            wrong.append(f"{top}: holds more than {_MOST} files")
            break
        try:
            found[path] = plainfile.read(top / path, _LARGEST)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            wrong.append(f"{plainfile.named(path)}: {reason}: take it away")
    if wrong:
        raise OperatorError("\n".join(wrong))
    return found


def _below(
    top: Path, inside: PurePosixPath, wrong: list[str]
) -> Iterator[PurePosixPath]:
    """Yield the paths of all that is no folder, and of links to folders."""
    if len(inside.parts) > _DEEPEST:
        wrong.append(f"{plainfile.named(inside)}: lies too deep: take it away")
        return
    with os.scandir(top / inside) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(top, inside / entry.name, wrong)
        else:
            yield inside / entry.name
