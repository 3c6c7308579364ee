"""Secrets: from the environment, a closed file or a command, never from settings.

No message shows a secret, or anything that may be one: what stands where the name of a
variable is expected, or what a command wrote.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from publisher import programs
from publisher.errors import ProgramError, SettingsError

_COMMAND_SECONDS = 30
_MAX_BYTES = 4096
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


def secret(name: str, source: object, root: Path, environ: Mapping[str, str]) -> str:
    """Return a secret from a variable, a closed file or a command's output.

    A file is relative to `root`, where a command runs, too.
    """
    match source:
        case {"env": str(variable), **others} if not others:
            return _one_line(name, _variable(name, variable, environ))
        case {"file": str(path), **others} if not others:
            return _one_line(name, _secret_file(name, root / path))
        case {"command": [*argv], **others} if (
            not others and argv and all(isinstance(a, str) for a in argv)
        ):
            return _one_line(name, _secret_command(name, argv, root))
        case _:
            msg = (
                f"publisher.toml: {name} must be {{ env = … }}, {{ file = … }} or "
                "{ command = […] }, never the secret itself"
            )
    raise SettingsError(msg)


def _one_line(name: str, data: bytes) -> str:
    text = ""
    # What cannot be decoded is held by the error, which must not be chained.
    with contextlib.suppress(UnicodeDecodeError):
        text = data.decode().rstrip("\r\n")
    if not text or not text.isprintable() or len(data) > _MAX_BYTES:
        msg = f"{name}: what is found there is not one line of text in UTF-8"
        raise SettingsError(msg)
    return text


def _variable(name: str, variable: str, environ: Mapping[str, str]) -> bytes:
    if not _VARIABLE.fullmatch(variable):
        msg = (
            f"publisher.toml: {name} has an env that is not the name of a variable "
            "(expected one such as PUBLISHER_MAILMAN_PASSWORD)"
        )
        raise SettingsError(msg)
    value = environ.get(variable)
    if not value:
        msg = (
            f"{name}: the environment variable {variable} is not set: set it, or "
            "name another place in publisher.toml"
        )
        raise SettingsError(msg)
    return os.fsencode(value)


def _secret_file(name: str, path: Path) -> bytes:
    try:
        # Links lead to where the secret is kept, and it is there that it is judged.
        target = path.resolve(strict=True)
        for folder in {path.parent, target.parent}:
            _check_folder(name, folder)
        # A fifo would be waited for.
        descriptor = os.open(target, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            # Of the opened file: its name may mean another one by now.
            _check_file(name, target, os.fstat(descriptor))
            return file.read(_MAX_BYTES + 1)
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        msg = f"{name}: {path} cannot be read: {reason}"
        if path.parent.name == "mailhost":
            msg += "; `publisher mailhost` makes it at its first start"
        raise SettingsError(msg) from error


def _check_file(name: str, file: Path, state: os.stat_result) -> None:
    if not stat.S_ISREG(state.st_mode):
        msg = f"{name}: {file} is no plain file"
    elif state.st_uid not in (os.geteuid(), 0):
        msg = (
            f"{name}: {file} belongs to somebody else: make a file of your own with it"
        )
    elif state.st_mode & 0o077:
        msg = f"{name}: others may read {file}: run `chmod 600 {file}`"
    else:
        return
    raise SettingsError(msg)


def _check_folder(name: str, folder: Path) -> None:
    """Refuse a folder in which everybody could put another file in its place.

    That its group can is fine: so can they change what `publisher.toml` names.
    """
    mode = folder.stat().st_mode
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        msg = (
            f"{name}: everybody may replace files in {folder}: run `chmod o-w {folder}`"
        )
        raise SettingsError(msg)


def _secret_command(name: str, argv: Sequence[str], root: Path) -> bytes:
    reason = ""
    try:
        done = programs.attended(
            argv, seconds=_COMMAND_SECONDS, folder=root, captured=True
        )
    except ProgramError as error:
        reason = str(error)
    except OSError as error:
        reason = str(error.strerror)
    else:
        if done.code == 0:
            return done.output
        reason = f"it ended with {done.code}"
    # Nothing is chained: what it wrote before may be the secret.
    msg = f"{name}: the command {argv[0]!r} failed: {reason}"
    raise SettingsError(msg)
