"""`publisher.toml` to Settings, and the secrets that it names.

Each error names the file, the line where it can be told, and what is expected.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from publisher.config import toml
from publisher.config.moved import redirects
from publisher.config.reading import SAMPLE_FINGERPRINT, settings
from publisher.config.secrets import secret
from publisher.config.signers import signing_keys
from publisher.config.table import Places, Table
from publisher.errors import SettingsError
from publisher.model.settings import Settings

__all__ = [
    "NAME",
    "SAMPLE_FINGERPRINT",
    "append",
    "bucket_secret",
    "find_root",
    "imap_password",
    "load",
    "mailman_password",
    "parse",
    "redirects",
    "secret",
    "signing_keys",
]

NAME = "publisher.toml"


def find_root(start: Path) -> Path:
    """Return the folder that holds `publisher.toml`, from `start` upwards."""
    for folder in (start, *start.parents):
        if (folder / NAME).is_file():
            return folder
    msg = (
        f"there is no {NAME} here or in a folder above: go to a project, "
        "or make one with `publisher init DIR`"
    )
    raise SettingsError(msg)


def load(root: Path) -> Settings:
    """Read the settings of the project at `root`, or raise SettingsError."""
    file = root / NAME
    return parse(toml.read(file), str(file))


def append(root: Path, tables: str, *, dry_run: bool = False) -> Settings:
    """Add `tables` at the end of the settings, and return what they say then.

    What is there stays byte for byte. The file is left alone in a `dry_run`, and if it
    could not be read afterwards.
    """
    file = root / NAME
    before = toml.read(file).encode()
    parse(before.decode(), str(file))
    end = b"\r\n" if before.endswith(b"\r\n") else b"\n"
    gap = end if before.endswith(b"\n") else end * 2
    text = before + gap + tables.encode().replace(b"\n", end)
    settings = parse(text.decode("utf-8"), str(file))
    if not dry_run:
        _replace(file.resolve(), text)
    return settings


def _replace(file: Path, data: bytes) -> None:
    """Write a file at once and whole, with the rights that it has."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        with temporary.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        shutil.copymode(file, temporary)
        temporary.replace(file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        msg = f"{file}: cannot be written: {error.strerror}"
        raise SettingsError(msg) from error


def parse(text: str, name: str = NAME) -> Settings:
    """Return the settings that `text` says, or raise SettingsError."""
    return settings(Table(toml.parse(text, name), "", Places(NAME, text)))


def mailman_password(root: Path, environ: Mapping[str, str]) -> str:
    """Return the password of the list server, from where the settings say it is."""
    default = {"env": "PUBLISHER_MAILMAN_PASSWORD"}
    return _named(root, environ, "mailman.password", default)


def imap_password(root: Path, environ: Mapping[str, str]) -> str:
    """Return the password of the canary's mailbox, from where the settings say."""
    return _named(root, environ, "canary.password", None)


def bucket_secret(root: Path, environ: Mapping[str, str]) -> str:
    """Return the secret key of the store, from where the settings say it is."""
    return _named(root, environ, "deploy.secret", None)


def _named(root: Path, environ: Mapping[str, str], name: str, default: object) -> str:
    data = toml.parse(toml.read(root / NAME), NAME)
    table, _, key = name.partition(".")
    source = data.get(table, {}).get(key, default)
    return secret(name, source, root, environ)
