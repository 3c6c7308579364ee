"""This clone: the secret that no commit carries, and what bears a mark made with it.

What an earlier run left is believed only if it bears this clone's mark. The secret lies
in the work tree's own git folder, where nothing that is committed, pulled or cloned
ever goes; a project without git has the user's instead. So whoever can have a commit
merged, or an archive unpacked here, can leave files below `.publisher/`, and none that
counts. A copy of the whole clone is the clone.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from publisher import plainfile, programs
from publisher.errors import OperatorError, ProgramError, WorldError

_SECRET = re.compile(rb"[0-9a-f]{64}\n")
_PLACE = "site/.gitkeep"
_EMPTY = frozenset(
    f"100644 {name} 0"
    for name in (
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
    )
)
"""How `git ls-files --stage` writes an empty file, by SHA-1 and by SHA-256."""
_NAMED = 3
"""Files that a message names."""
_SECONDS = 60
"""How long git may take to read its index."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What this clone writes into one of its files, and knows it by."""

    own: str
    earlier: tuple[str, ...] = ()
    """What it wrote before it had a git folder."""

    def know(self, mark: object) -> bool:
        """Tell whether a mark is one that was made here."""
        return any(mark == each for each in (self.own, *self.earlier))


class Clone:
    """A project's work tree, as one of many."""

    def __init__(self, root: Path) -> None:
        """Look at the work tree that `root` is in; nothing is made before a mark."""
        self._root = root.resolve()

    def marks(self, name: str) -> Marks:
        """Return the marks of the file or folder of local state that `name` names.

        OperatorError if there is no place to keep a secret in.
        """
        made = (
            hmac.new(key, name.encode(), "sha256").hexdigest() for key in self._secrets
        )
        own, *earlier = made
        return Marks(own, tuple(earlier))

    def require_untracked(self, names: Sequence[str]) -> None:
        """Raise OperatorError if git tracks anything that is, or is below, `names`.

        They are relative to the project's root. On a disk that takes capitals and
        small letters for the same, so does this.
        """
        found = self._tracked(names)
        if not found:
            return
        shown = ", ".join(map(plainfile.named, found[:_NAMED]))
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        tops = dict.fromkeys(path.partition("/")[0] for path in found)
        mended = " and ".join(f"`{_untracking(top)}`" for top in tops)
        msg = (
            f"{shown}{more}: tracked by git, and what a commit carries of a clone's "
            f"own state is not believed: run {mended}, name the folder in .gitignore, "
            "commit that, and run this again"
        )
        raise OperatorError(msg)

    @cached_property
    def _git(self) -> tuple[Path, Path] | None:
        """The top of the work tree, and its own git folder; None if there is none."""
        for top in (self._root, *self._root.parents):
            folder = _git_folder(top / ".git")
            if folder is not None:
                return top, folder
        return None

    @cached_property
    def _secrets(self) -> tuple[bytes, ...]:
        """The secret that marks are made with, then that of the time before git."""
        problem = ""
        found: list[bytes] = []
        for place in self._places():
            try:
                # Once there is one, the other is only looked for.
                secret = _found(place) or (b"" if found else _made(place))
            except OSError as error:
                problem = problem or f"{error.filename}: {error.strerror}"
                continue
            if secret:
                found.append(secret)
        if not found:
            msg = (
                "there is no place for what this clone is known by: "
                f"{problem or 'no git folder, no home'}: make that writable, or set "
                "XDG_STATE_HOME to a folder that is"
            )
            raise OperatorError(msg)
        return tuple(found)

    def _places(self) -> Iterator[Path]:
        if self._git is not None:
            yield self._git[1] / "publisher" / "clone"
        if home := _state_home():
            yield home / "publisher" / "user"

    def _tracked(self, names: Sequence[str]) -> list[str]:
        # Without git, the marks alone decide.
        if self._git is None or shutil.which("git") is None:
            return []
        top, folder = self._git
        command = [
            # By name: a folder of the project could pass itself off as a repository,
            # with settings of its own.
            "git", "--no-pager", "--no-optional-locks", f"--git-dir={folder}",
            f"--work-tree={top}", "-c", "core.fsmonitor=false", "ls-files", "-z",
            "--stage", "--", *(f":(icase,literal){name}" for name in names),
        ]  # fmt: skip
        try:
            done = programs.run(
                command, seconds=_SECONDS, folder=self._root, environment=_environment()
            )
        except (OSError, ProgramError) as error:
            msg = f"git did not say what it tracks of {', '.join(names)}: {error}"
            raise WorldError(msg) from error
        if done.code:
            told = done.errors.decode(errors="replace").strip().splitlines()
            reason = plainfile.named(told[-1] if told else "no reason given")
            msg = (
                f"git did not say what it tracks of {', '.join(names)}: {reason}: see "
                "what `git status` says here, and mend that"
            )
            raise WorldError(msg)
        entries = done.output.decode("utf-8", "surrogateescape").split("\0")
        found = (entry.partition("\t") for entry in entries if entry)
        return [path for kind, _, path in found if not _is_place(kind, path)]


def _is_place(kind: str, path: str) -> bool:
    """Tell whether git only keeps the place of a folder: an empty file says nothing."""
    return kind in _EMPTY and path == _PLACE


def _git_folder(entry: Path) -> Path | None:
    """Return the git folder that a `.git` is or names (gitrepository-layout(5))."""
    if entry.is_dir():
        return entry if (entry / "HEAD").exists() else None
    try:
        text = plainfile.read(entry, 1 << 16).decode("utf-8", "surrogateescape")
    except (OSError, ValueError):
        return None
    named, _, path = text.partition("gitdir: ")
    folder = entry.parent / path.rstrip("\r\n")
    return folder if not named and path and folder.is_dir() else None


def _state_home() -> Path | None:
    """Return where programs keep what they remember (XDG Base Directory, 0.8)."""
    named = Path(os.environ.get("XDG_STATE_HOME", ""))
    if named.is_absolute():
        return named
    # Without a home, it is left as it is.
    home = Path("~").expanduser()
    return home / ".local" / "state" if home.is_absolute() else None


def _found(file: Path) -> bytes:
    """Return the secret in `file`; none if there is no such file."""
    try:
        owner = file.lstat().st_uid
        data = plainfile.read(file, len(_SECRET.pattern) * 8)
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except ValueError as error:
        raise OperatorError(plainfile.refusal(file, error)) from error
    if not _SECRET.fullmatch(data) or owner not in (os.geteuid(), 0):
        msg = (
            f"{file}: is not what this program wrote there: take it away; caches are "
            "made again then, and `publisher adopt` takes the journal"
        )
        raise OperatorError(msg)
    return data


def _made(file: Path) -> bytes:
    """Make a secret, whole and durably, unless another process is faster."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(half, flags, 0o600), "wb") as stream:
            stream.write(secrets.token_hex(32).encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(half, file)
        except FileExistsError:
            pass
        except OSError:
            # There are no such links here.
            half.rename(file)
    finally:
        half.unlink(missing_ok=True)
    return _found(file)


def _environment() -> dict[str, str]:
    """Return the environment without what a hook's git says of other repositories."""
    kept = {name: text for name, text in os.environ.items() if name[:4] != "GIT_"}
    return kept | {"LC_ALL": "C"}


def _untracking(top: str) -> str:
    # A site is made again. Of the state, the journal may be the only one.
    kept = "--cached " if top.startswith(".") else ""
    return f"git rm -r --quiet {kept}-- {plainfile.named(top)}"
