"""Secrets: from the environment, a closed file or a command, never from settings."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from publisher.errors import SettingsError

_COMMAND_SECONDS = 30


def secret(name: str, source: object, root: Path, environ: Mapping[str, str]) -> str:
    """Return a secret from a variable, a file of mode 600 or a command's output."""
    match source:
        case {"env": str(variable)}:
            if value := environ.get(variable):
                return value
            msg = (
                f"{name}: the environment variable {variable} is not set: set it, or "
                "name another place in publisher.toml"
            )
        case {"file": str(path)}:
            return _secret_file(name, root / path)
        case {"command": [*argv]} if argv and all(isinstance(a, str) for a in argv):
            return _secret_command(name, argv)
        case _:
            msg = (
                f"publisher.toml: {name} must be {{ env = … }}, {{ file = … }} or "
                "{ command = […] }, never the secret itself"
            )
    raise SettingsError(msg)


def _secret_file(name: str, path: Path) -> str:
    try:
        mode = path.stat().st_mode
        value = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        msg = f"{name}: {path} cannot be read: {error.strerror}"
        if path.parent.name == "mailhost":
            msg += "; `publisher mailhost` makes it at its first start"
        raise SettingsError(msg) from error
    if stat.S_IMODE(mode) & 0o077:
        msg = f"{name}: others may read {path}: run `chmod 600 {path}`"
        raise SettingsError(msg)
    return value


def _secret_command(name: str, argv: Sequence[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603  (the operator's own settings name it)
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=True,
            timeout=_COMMAND_SECONDS,
            text=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        msg = f"{name}: the command {argv[0]!r} failed: {error}"
        raise SettingsError(msg) from error
    return done.stdout.strip()
