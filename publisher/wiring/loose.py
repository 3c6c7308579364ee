"""What works on files and keys without a project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from publisher.pipeline.tools import Progress, silent

if TYPE_CHECKING:
    from publisher.model.found import Found


def skeleton(name: str, /, **values: object) -> str:
    """Return a packaged skeleton of what a new project holds."""
    from publisher.adapters import templates

    return templates.skeleton(name, **values)


def public_key(key: str) -> tuple[str, str]:
    """Return a key of the user's own gpg: its fingerprint, and its public half."""
    from publisher.adapters import own

    return own.public_key(key)


def write_folder(folder: Path, files: Mapping[PurePosixPath, bytes]) -> None:
    """Write a new folder, or into an empty one; OperatorError if it holds something."""
    from publisher.adapters import carried

    carried.write(folder, files)


def read_folder(folder: Path, part: str) -> Mapping[PurePosixPath, bytes]:
    """Return the files below a folder's `part`, by their paths within it.

    What comes from elsewhere may be anything: links and whatever is not a small plain
    file are an OperatorError.
    """
    from publisher.adapters import carried

    return carried.read(folder, part)


def found(paths: Sequence[Path], progress: Progress = silent) -> Iterator[Found]:
    """Yield what there is to check in files, folders and mailboxes."""
    from publisher.adapters import mailboxes

    return mailboxes.found(paths, progress)
