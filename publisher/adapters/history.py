"""Git: who wrote what, asked of plumbing commands that no configuration bends."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path, PurePosixPath

from publisher import programs
from publisher.adapters import advice, blame, trailers
from publisher.errors import OperatorError
from publisher.ports import Change, Person

logger = logging.getLogger(__name__)

_FORMAT = "%an%x00%ae%x00%aN%x00%aE%x00%B"
_IDENTITIES = ("GIT_COMMITTER_IDENT", "GIT_AUTHOR_IDENT")
_KEPT = re.compile(
    r"GIT_(CONFIG_.*|EXEC_PATH|CEILING_DIRECTORIES|(AUTHOR|COMMITTER)_.*)"
)
"""What git's variables may say here. All others are those of a hook that this may run
in, and point to another repository, index or work tree than the project's."""
_LIMIT = 8
"""Merges of merges are looked into as deep as this."""
_SECONDS = 120
"""In which git says one thing; a partial clone may have to fetch for it."""


class GitHistory:
    """The history of the git repository that a project is in."""

    def __init__(self, root: Path) -> None:
        """Ask the repository around `root`; git is not run before it is needed."""
        self._root = root

    def changes(self, path: PurePosixPath) -> Iterator[Change]:
        """Yield the committed changes of a file, the newest first.

        A rename and a change of mode are none: whoever wrote the lines, wrote them.
        """
        whole = f"{self._place[1]}{path}"
        if not self._has_commits or not self._blob("HEAD", whole):
            return
        for commit, name in self._walk("HEAD", whole):
            # A deletion, before the file was made once more, is nobody's text.
            if blob := self._blob(commit, name):
                data = self._git("cat-file", "blob", blob)
                authors = dict.fromkeys(self._authors(commit, name, _LIMIT))
                _, readers = self._named_in(commit, name)
                yield Change(
                    commit, name, tuple(authors), readers, sha256(data).hexdigest()
                )

    def wrote(
        self, change: Change, since: Change | None
    ) -> Iterator[tuple[str, tuple[Person, ...]]]:
        """Yield who wrote the lines of a file after a change, by commits.

        Lines that it had after `since` already are left out; None: no lines are.
        """
        start = since.commit if since else ""
        shown = self._git(*blame.arguments(change.path, change.commit, start))
        for commit in blame.commits(shown):
            self._require_whole(commit, change.path)
            yield commit, self._named_in(commit, change.path)[0]

    def content(self, path: PurePosixPath, digest: str) -> bytes:
        """Return what a file held in some commit, by its SHA-256.

        OperatorError: no commit of a branch that is here had it.
        """
        way = (
            "fetch the branch that was squashed or rebased, or have its newest "
            "revision signed, or taken back"
        )
        if self._run("rev-parse", "--git-dir").code != 0:
            way = f"work in a clone of the repository, or {way}"
        else:
            for data in self._contents(f"{self._place[1]}{path}"):
                if sha256(data).hexdigest() == digest:
                    return data
            if self._cut_off:
                way = f"bring all of it with `git fetch --unshallow`, or {way}"
        msg = (
            f"{path}: changed since it was signed, and what was signed is not in the "
            f"history of git here: {way}"
        )
        raise OperatorError(msg)

    def _contents(self, name: str) -> Iterator[bytes]:
        """Yield what a file held, each once, newest first, then in other branches.

        What was signed in a branch that was squashed or rebased is in that branch only.
        """
        seen = {""}
        others = ((commit, name) for commit in self._commits("--all", name))
        for commit, old in chain(self._walk("HEAD", name), others):
            blob = self._blob(commit, old)
            if blob not in seen:
                seen.add(blob)
                yield self._git("cat-file", "blob", blob)

    def operator(self) -> Person | None:
        """Return whoever runs this program, if git was told who that is."""
        names, addresses = [], []
        for variable in _IDENTITIES:
            # Without a guess from the names of user and machine.
            done = self._run("-c", "user.useConfigOnly=true", "var", variable)
            told = trailers.ident(_text(done.output))
            if done.code == 0 and told:
                names.append(told[0])
                addresses.append(told[1])
        return self.person(names[0], addresses, names) if names else None

    def committed(self) -> datetime | None:
        """Return when the last commit was made; None if nobody can tell."""
        try:
            done = self._run(
                "log", "--max-count=1", "--no-show-signature", "--format=%ct"
            )
        except OperatorError:
            return None
        told = done.output.strip()
        if done.code != 0 or not told.isdigit():
            return None
        try:
            return datetime.fromtimestamp(int(told), UTC)
        except (OverflowError, OSError, ValueError):
            # Git keeps years that no calendar has.
            return None

    def person(
        self, name: str, addresses: Iterable[str], names: Iterable[str] = ()
    ) -> Person:
        """Return a person together with the addresses that `.mailmap` knows."""
        told = {address.strip() for address in addresses} - {""}
        return _person(name, {*told, *map(self._mapped, told)}, names)

    def _mapped(self, address: str) -> str:
        # What is no address at all ends git; it is nobody's alias either.
        done = self._run("check-mailmap", f"<{address}>")
        found = trailers.ident(_text(done.output))
        return found[1] if done.code == 0 and found else address

    def _walk(self, revision: str, name: str) -> Iterator[tuple[str, str]]:
        """Yield the commits that changed a file's bytes, and what it was named then."""
        start: tuple[str, str] | None = (revision, name)
        while start is not None:
            revision, name = start
            start = None
            for commit in self._commits(revision, name):
                start = self._origin(commit, name)
                if start is not None:
                    break
                yield commit, name

    def _authors(self, commit: str, name: str, depth: int) -> Iterator[Person]:
        """Yield who wrote what a commit made of a file, its merged sides included."""
        self._require_whole(commit, name)
        yield from self._named_in(commit, name)[0]
        parents = self._parents(commit)
        if len(parents) < 2:
            return
        if depth == 0:
            msg = (
                f"{name}: its last author is not known: commit {commit[:10]} merges "
                "merges of merges: let somebody commit one more change of it"
            )
            raise OperatorError(msg)
        for parent in parents:
            for earlier, old in islice(self._walk(parent, name), 1):
                yield from self._authors(earlier, old, depth - 1)

    def _named_in(
        self, commit: str, name: str
    ) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
        """Return who wrote what a commit made of a file, and who reviewed that."""
        shown = self._git(
            "rev-list", "--max-count=1", "--no-walk", "--encoding=UTF-8",
            f"--format={_FORMAT}", commit,
        )  # fmt: skip
        _, _, rest = _text(shown).partition("\n")
        raw_name, raw, mapped_name, mapped, message = rest.split("\0", 4)
        said = trailers.named(message)
        author = _person(mapped_name or raw_name, (raw, mapped), (raw_name,))
        if not author.addresses or None in said.writers:
            msg = (
                f"{name}: its last author is not known: commit {commit[:10]} names an "
                "author without a mail address: let somebody commit one more change"
            )
            raise OperatorError(msg)
        writers, readers = (
            tuple(self.person(each[0], [each[1]], [each[0]]) for each in part if each)
            for part in (said.writers, said.readers)
        )
        if said.tip and self._is_same(said.tip, commit, name):
            return writers, readers
        return (author, *writers), readers

    def _is_same(self, one: str, other: str, name: str) -> bool:
        """Tell whether a file is the same in two commits, as far as both are here."""
        if self._run("cat-file", "-e", f"{one}^{{commit}}").code != 0:
            return False
        found = self._blob(one, name)
        return bool(found) and found == self._blob(other, name)

    def _require_whole(self, commit: str, name: str) -> None:
        """Raise OperatorError if a commit is where a shallow clone ends."""
        if commit in self._cut_off:
            msg = (
                f"{name}: its last author is not known: history is cut off at commit "
                f"{commit[:10]}: bring all of it with `git fetch --unshallow`"
            )
            raise OperatorError(msg)

    def _commits(self, revision: str, name: str) -> Iterator[str]:
        """Yield the commits that changed a file, the newest first."""
        # More than the newest one is seldom asked for, and far more work.
        for part in ("--max-count=1", "--skip=1"):
            yield from _text(self._git("rev-list", part, revision, "--", name)).split()

    def _origin(self, commit: str, name: str) -> tuple[str, str] | None:
        """Return where a file was before a commit that left its bytes as they were."""
        parents = self._parents(commit)
        if len(parents) != 1 or commit in self._cut_off:
            return None
        raw = self._git(
            "diff-tree", "-r", "-z", "-M100%", "--raw", "--no-abbrev",
            "--no-ext-diff", *parents, commit,
        )  # fmt: skip
        for old, new, before, after in _entries(_text(raw)):
            if after == name and old == new:
                return parents[0], before
        return None

    def _parents(self, commit: str) -> tuple[str, ...]:
        shown = self._git("rev-list", "--parents", "--no-walk", "--max-count=1", commit)
        return tuple(_text(shown).split()[1:])

    def _blob(self, revision: str, name: str) -> str:
        """Return the name of a file's bytes in a commit; empty if it is not there."""
        # Unlike `rev-parse`, it tells a tree that is missing from a file that is.
        found = self._git("ls-tree", "-z", "--full-tree", revision, "--", name)
        kind, _, blob = _text(found).partition("\t")[0].partition(" ")[2].partition(" ")
        return blob if kind == "blob" else ""

    @cached_property
    def _has_commits(self) -> bool:
        return self._run("rev-parse", "--verify", "--quiet", "HEAD").code == 0

    @cached_property
    def _place(self) -> tuple[Path, str]:
        """The repository's top folder; the project's within it, a slash at its end."""
        inside = self._run("rev-parse", "--is-inside-work-tree")
        if inside.code != 0 or inside.output.strip() != b"true":
            reason = _reason(inside) or "it is in no work tree"
            helps = self._advice(inside) or (
                "make a repository with `git init` and commit the sources, or set "
                "`review.other_person = false` in publisher.toml, so that anybody may "
                "sign their own text"
            )
            msg = (
                f"who wrote a source is not known: git says of {self._root}: {reason}: "
                f"{helps}"
            )
            raise OperatorError(msg)
        asked = (
            self._run("rev-parse", f"--show-{what}") for what in ("cdup", "prefix")
        )
        up, prefix = (_text(done.output).removesuffix("\n") for done in asked)
        return self._root / up, prefix

    @cached_property
    def _cut_off(self) -> frozenset[str]:
        """The commits of a shallow clone whose parents were left out."""
        place = _text(self._git("rev-parse", "--git-path", "shallow")).removesuffix(
            "\n"
        )
        file = self._place[0] / place
        return frozenset(file.read_text().split()) if file.is_file() else frozenset()

    def _git(self, *arguments: str) -> bytes:
        """Run a command in the repository's top folder, which names are relative to."""
        done = self._run(*arguments, folder=self._place[0])
        if done.code != 0:
            helps = self._advice(done)
            reason = f"{_reason(done)}: {helps}" if helps else _reason(done)
            msg = f"git could not say who wrote a source: {reason}"
            raise OperatorError(msg)
        return done.output

    def _advice(self, done: programs.Done) -> str:
        return advice.for_git(_text(done.errors), str(self._root))

    def _run(self, *arguments: str, folder: Path | None = None) -> programs.Done:
        logger.debug("git %s", arguments[0])
        command = [
            "git", "--no-pager", "--literal-pathspecs", "--no-replace-objects",
            "--no-optional-locks", *arguments,
        ]  # fmt: skip
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GIT_") or _KEPT.fullmatch(name)
        }
        # What a partial clone has to fetch is fetched without questions, or not at all.
        told = {
            "LC_ALL": "C", "GIT_GRAFT_FILE": os.devnull, "GIT_TERMINAL_PROMPT": "0"
        }  # fmt: skip
        try:
            return programs.run(
                command,
                seconds=_SECONDS,
                folder=folder or self._root,
                environment=kept | told,
            )
        except OSError as error:
            msg = (
                f"git cannot be run, so who wrote a source is not known: {error}: "
                "install git, or set `review.other_person = false` in publisher.toml"
            )
            raise OperatorError(msg) from error


def _entries(raw: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield what each file held before and after, and its names, of `--raw -z`."""
    parts = iter(raw.split("\0"))
    for head in parts:
        if not head.startswith(":"):
            return
        _, _, old, new, status = head.split(" ")
        before = next(parts)
        after = next(parts) if status.startswith(("R", "C")) else before
        yield old, new, before, after


def _person(name: str, addresses: Iterable[str], names: Iterable[str] = ()) -> Person:
    told = (_printable(address).casefold() for address in addresses)
    called = frozenset(map(_printable, (name, *names) if names else ()))
    return Person(_printable(name), frozenset(told) - {""}, called)


def _printable(text: str) -> str:
    # It is shown on a terminal, and anybody can write anything into a commit.
    return "".join(
        c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text
    ).strip()


def _reason(done: programs.Done) -> str:
    lines = _text(done.errors).strip().splitlines()
    fatal = [line for line in lines if line.startswith("fatal: ")]
    told = [*fatal, *lines, ""][0].removeprefix("fatal: ")
    return _printable(told)


def _text(data: bytes) -> str:
    # As file names come in, so that they go out again.
    return data.decode("utf-8", "surrogateescape")
