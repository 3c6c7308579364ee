"""Git: what the publication record was in earlier commits."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from publisher import programs
from publisher.errors import ProgramError
from publisher.record.mended import Version

_FOLDER = "record"
_FILE = re.compile(rb"record/[0-9]{4}\.jsonl")
_MOST = 50
"""Commits that are looked into: damage is found soon, since nothing goes on with it."""
_SECONDS = 120


def versions(root: Path) -> Iterator[Version]:
    """Yield the record in each commit that changed it, or could have, newest first.

    Nothing is yielded outside of a repository, or once git fails: it is asked for
    advice, and not for more.
    """
    try:
        # Also merges that took one side as it was.
        told = _git(
            root, "rev-list", "--full-history", "--parents", f"--max-count={_MOST}",
            "HEAD", "--", _FOLDER,
        )  # fmt: skip
        for line in told.decode("ascii").splitlines():
            commit, *parents = line.split()
            sides = [_files(root, each) for each in parents] if parents[1:] else []
            yield Version(commit, _files(root, commit), sides)
    except (OSError, ProgramError, _SilentError):
        return


class _SilentError(Exception):
    """Git did not say what it was asked for."""


def _files(root: Path, commit: str) -> Mapping[str, bytes]:
    """Return the record's files in a commit, by names that begin with its folder."""
    shown = _git(root, "ls-tree", "-z", "--name-only", commit, "--", f"{_FOLDER}/")
    names = [each.decode() for each in shown.split(b"\0") if _FILE.fullmatch(each)]
    return {name: _git(root, "show", f"{commit}:./{name}") for name in names}


def _git(root: Path, *arguments: str) -> bytes:
    done = programs.run(
        ["git", "--no-pager", "--no-optional-locks", *arguments],
        seconds=_SECONDS,
        folder=root,
        environment={**os.environ, "LC_ALL": "C"},
    )
    if done.code != 0:
        raise _SilentError
    return done.output
