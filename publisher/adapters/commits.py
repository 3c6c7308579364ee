"""Git: what a release left to be committed, and its commit."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from publisher import programs
from publisher.errors import OperatorError, ProgramError

_PLACES = ("advisories", "record", "security.txt")
_SIGNED = re.compile(r"(.*/)r[0-9]+\.([A-Za-z-]+)\.txt(\.[0-9]+)?\.asc")
"""A signed text: its folder, and its language, which names its source."""
_SECONDS = 120
_ATTENDED = 600
"""In which hooks run, and somebody types a passphrase."""


class GitCommits:
    """The work tree of a project, as far as a release changes it."""

    def __init__(self, root: Path) -> None:
        """Look at the repository that `root` is in, if there is one."""
        self._root = root

    def require(self) -> None:
        """Raise OperatorError unless there is a repository to commit to."""
        if reason := self._no_repository():
            msg = f"there is nothing to commit to: {reason}: leave --commit out"
            raise OperatorError(msg)

    def waiting(self) -> tuple[str, ...]:
        """Return the files that a release wrote, or signed, and nobody committed.

        They are relative to the project's root. Of an advisory they are its signed
        texts and their sources; whatever else somebody works on there is left alone.
        Outside of any repository, nothing waits. OperatorError if git cannot tell.
        """
        if self._no_repository():
            return ()
        # Names are relative to the top of the repository, which may be above.
        prefix = self._told("rev-parse", "--show-prefix").removesuffix("\n")
        changed = self._told(
            "status", "-z", "--porcelain", "--untracked-files=all", "--no-renames",
            "--", *_PLACES,
        )  # fmt: skip
        names = [each[3:].removeprefix(prefix) for each in changed.split("\0") if each]
        return tuple(_of_the_release(names))

    def commit(self, paths: Sequence[str], message: str) -> str:
        """Commit `paths` and nothing else; OperatorError if git will not.

        Return the commit's id.
        """
        self._do("add", "--", *paths)
        self._do("commit", "--quiet", f"--message={message}", "--", *paths)
        return self._told("rev-parse", "HEAD").strip()

    def push(self) -> None:
        """Push what was committed; OperatorError if git will not."""
        self._do("push", "--quiet")

    def _no_repository(self) -> str:
        """Say why this is in no work tree, as git does; empty if it is in one."""
        done = self._asked("rev-parse", "--is-inside-work-tree")
        if done.code == 0:
            return ""
        told = done.errors.decode(errors="replace").strip().splitlines()
        return told[0] if told else "git says nothing"

    def _told(self, *arguments: str) -> str:
        done = self._asked(*arguments)
        if done.code != 0:
            reason = done.errors.decode(errors="replace").strip()
            msg = f"git did not say what is to be committed: {reason}"
            raise OperatorError(msg)
        return done.output.decode("utf-8", "surrogateescape")

    def _asked(self, *arguments: str) -> programs.Done:
        try:
            return programs.run(
                ["git", "--no-pager", "--no-optional-locks", *arguments],
                seconds=_SECONDS,
                folder=self._root,
                environment={**os.environ, "LC_ALL": "C"},
            )
        except FileNotFoundError:
            # Without git there is nothing to commit to.
            return programs.Done(1, b"", b"git is not installed")
        except (OSError, ProgramError) as error:
            msg = f"git did not say what is to be committed: {error}"
            raise OperatorError(msg) from error

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


def _of_the_release(names: Sequence[str]) -> Iterator[str]:
    """Yield those of the changed files that a release made, or that it signed."""
    sources = set(_sources(names))
    for name in names:
        is_record = name == "security.txt" or name.startswith("record/")
        if is_record or _SIGNED.fullmatch(name) or name in sources:
            yield name


def _sources(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if match := _SIGNED.fullmatch(name):
            yield f"{match[1]}{match[2]}.md"
