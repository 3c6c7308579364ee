"""Git: what a release left to be committed, and its commit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from publisher import programs
from publisher.errors import OperatorError, ProgramError

_PLACES = ("advisories", "record", "security.txt")
_SIGNED = ".asc"
_SECONDS = 120
_ATTENDED = 600
"""In which hooks run, and somebody types a passphrase."""


class GitCommits:
    """The work tree of a project, as far as a release changes it."""

    def __init__(self, root: Path) -> None:
        """Look at the repository that `root` is in, if there is one."""
        self._root = root

    def waiting(self) -> tuple[str, ...]:
        """Return the files and folders that a release wrote and nobody committed.

        They are relative to the project's root: of an advisory with a new signed text
        its folder, since its sources belong to it. Without git, nothing waits.
        """
        try:
            done = programs.run(
                [
                    "git", "--no-pager", "--no-optional-locks", "status", "-z",
                    "--porcelain", "--untracked-files=all", "--no-renames", "--",
                    *_PLACES,
                ],
                seconds=_SECONDS,
                folder=self._root,
                environment={**os.environ, "LC_ALL": "C"},
            )  # fmt: skip
        except (OSError, ProgramError):
            return ()
        if done.code != 0:
            return ()
        entries = done.output.decode("utf-8", "surrogateescape").split("\0")
        # Names are relative to the top of the repository, the project's may be below.
        names = [self._below(entry[3:]) for entry in entries if entry]
        return tuple(dict.fromkeys(_whole(each) for each in names if _is_ours(each)))

    def commit(self, paths: Sequence[str], message: str) -> None:
        """Commit `paths` and nothing else, then push; OperatorError if git will not."""
        self._do("add", "--", *paths)
        self._do("commit", "--quiet", f"--message={message}", "--", *paths)
        self._do("push", "--quiet")

    def _do(self, *arguments: str) -> None:
        try:
            done = programs.attended(
                ["git", *arguments],
                seconds=_ATTENDED,
                folder=self._root,
                captured=False,
            )
        except (OSError, ProgramError) as error:
            msg = f"`git {arguments[0]}` failed: {error}"
            raise OperatorError(msg) from error
        if done.code != 0:
            msg = (
                f"`git {arguments[0]}` failed, see above; what was published stays "
                "published: commit and push it by hand"
            )
            raise OperatorError(msg)

    def _below(self, name: str) -> str:
        top = self._root.resolve()
        while top != top.parent and not (top / ".git").exists():
            top = top.parent
        prefix = self._root.resolve().relative_to(top).as_posix()
        return name.removeprefix(f"{prefix}/") if prefix != "." else name


def _is_ours(name: str) -> bool:
    return (
        name.startswith("record/") or name == "security.txt" or name.endswith(_SIGNED)
    )


def _whole(name: str) -> str:
    """Return what is to be added for a file: an advisory's folder, or the file."""
    return name.rpartition("/")[0] if name.startswith("advisories/") else name
