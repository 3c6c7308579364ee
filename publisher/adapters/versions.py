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
_FILE = re.compile(rb"100(?:644|755) blob ([0-9a-f]+)\t(record/[0-9]{4}\.jsonl)")
_NAME = re.compile(rb"[0-9a-f]{40,64}")
_MOST = 50
"""Commits that are looked into: damage is found soon, since nothing goes on with it."""
_SECONDS = 120
_SETTINGS = ("GIT_CONFIG", "GIT_CEILING_")
"""What git's variables may say; what a hook's git says is of another repository."""
_UNDER_WAY = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD")
"""What is being joined with HEAD while somebody settles conflicts."""


def versions(root: Path) -> Iterator[Version]:
    """Yield the record in each commit that changed it, or could have, newest first.

    Before them comes a merge that is not finished. Nothing is yielded outside of a
    repository, or once git fails: it is asked for advice, and not for more.
    """
    try:
        yield from _Asked(root).versions()
    except (OSError, ProgramError, _SilentError):
        return


class _SilentError(Exception):
    """Git did not say what it was asked for."""


class _Asked:
    """The repository that a project is in."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[bytes, bytes] = {}

    def versions(self) -> Iterator[Version]:
        if joined := [*self._joined()]:
            yield Version("", {}, {each: self._files(each) for each in joined})
        # Also merges that took one side as it was, and none after its parents.
        told = self._git(
            "rev-list", "--full-history", "--topo-order", "--parents",
            f"--max-count={_MOST}", "HEAD", "--", _FOLDER,
        )  # fmt: skip
        for line in told.decode("ascii").splitlines():
            commit, *parents = line.split()
            # By their names: those that did not change the record are left out, and
            # the others' numbers are not those that `^1` and `^2` count.
            sides = {each: self._files(each) for each in parents if parents[1:]}
            yield Version(commit, self._files(commit), sides)

    def _joined(self) -> Iterator[str]:
        """Yield the commits that are being joined, if any are."""
        for name in _UNDER_WAY:
            path = os.fsdecode(self._git("rev-parse", "--git-path", name)[:-1])
            file = self._root / path
            found = _NAME.findall(file.read_bytes()) if file.is_file() else []
            if found:
                head = self._git("rev-parse", "HEAD").strip()
                yield from (each.decode("ascii") for each in (head, *found))
                return

    def _files(self, commit: str) -> Mapping[str, bytes]:
        """Return its files in a commit, by names that begin with the folder."""
        shown = self._git("ls-tree", "-z", commit, "--", f"{_FOLDER}/")
        found = map(_FILE.fullmatch, shown.split(b"\0"))
        return {each[2].decode(): self._blob(each[1]) for each in found if each}

    def _blob(self, name: bytes) -> bytes:
        if name not in self._known:
            self._known[name] = self._git("cat-file", "blob", name.decode("ascii"))
        return self._known[name]

    def _git(self, *arguments: str) -> bytes:
        kept = {
            name: text
            for name, text in os.environ.items()
            if not name.startswith("GIT_") or name.startswith(_SETTINGS)
        }
        told = {"LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
        done = programs.run(
            [
                "git", "--no-pager", "--literal-pathspecs", "--no-replace-objects",
                "--no-optional-locks", *arguments,
            ],
            seconds=_SECONDS,
            folder=self._root,
            environment=kept | told,
        )  # fmt: skip
        if done.code != 0:
            raise _SilentError
        return done.output
