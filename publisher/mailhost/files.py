"""The mail host's own files: folders, the REST password, the configuration, logs."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from publisher.mailhost import config
from publisher.mailhost.loopback import Ports
from publisher.mailhost.settings import MailHostSettings

_TAIL_LINES = 20
_TAIL_BYTES = 8192


def configuration(directory: Path) -> Path:
    """Return where Mailman's configuration is; its place is one Mailman looks at."""
    return directory / "etc" / "mailman.cfg"


def output(directory: Path) -> Path:
    """Return where Mailman's standard output goes."""
    return directory / "logs" / "master.log"


def make_folders(directory: Path) -> None:
    """Make the folders that must be there before Mailman starts.

    Nobody but the owner can look into them: they hold the subscribers' addresses.
    """
    for folder in (directory, directory / "etc", directory / "logs"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)


def password(directory: Path) -> str:
    """Return the REST password, made at the first start and kept."""
    file = directory / "rest-password"
    if not file.exists():
        _write(file, secrets.token_urlsafe(32))
    return file.read_text(encoding="ascii").strip()


def write_configuration(settings: MailHostSettings, ports: Ports, secret: str) -> None:
    """Write all that Mailman reads at its start."""
    directory = settings.directory
    _write(configuration(directory), config.mailman(settings, ports, secret))
    _write(config.gunicorn_path(directory), config.GUNICORN)
    _write(config.plugin_path(directory), config.plugin(settings))


def tail_of_logs(directory: Path) -> str:
    """Return the last lines of Mailman's output and log, for an error message."""
    tails = (
        _tail(file) for file in (output(directory), directory / "logs/mailman.log")
    )
    return "\n".join(line for tail in tails for line in tail)


def _tail(file: Path) -> list[str]:
    if not file.exists():
        return []
    text = file.read_bytes()[-_TAIL_BYTES:].decode("utf-8", "replace")
    return text.splitlines()[-_TAIL_LINES:]


def _write(file: Path, text: str) -> None:
    """Replace `file` in one step; nobody but the owner can read it at any moment."""
    temporary = file.with_name(f"{file.name}.tmp")
    temporary.unlink(missing_ok=True)
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as stream:
        stream.write(text)
    temporary.replace(file)
