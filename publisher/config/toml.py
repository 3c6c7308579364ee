"""A TOML file of the project, read warily: its values are ones that can be meant."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from publisher import plainfile
from publisher.errors import SettingsError

_DEEPEST = 32
"""Tables and lists within one another."""
_LARGEST = 1 << 63
_DOTTED = re.compile(
    r"""(?:\.[ \t]*+(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+){32}""", re.ASCII
)
"""A key of more than 32 parts: for each of them, tomllib goes through all before it."""


def read(file: Path) -> str:
    """Return the text of a file, which a link may lead to, or raise SettingsError."""
    data = plainfile.wanted(file, file, plainfile.SETTINGS, SettingsError, follow=True)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        msg = f"{file}: is no valid TOML: {error}"
        raise SettingsError(msg) from error


def parse(text: str, name: str) -> dict[str, Any]:
    """Return what `text` says, or raise SettingsError."""
    if found := _DOTTED.search(text):
        line = text.count("\n", 0, found.start()) + 1
        msg = f"{name}:{line}: a key has more than {_DEEPEST} parts"
        raise SettingsError(msg)
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "it nests too deeply" if isinstance(error, RecursionError) else error
        msg = f"{name}: is no valid TOML: {reason}"
        raise SettingsError(msg) from error
    for path, reason in _unfit(data):
        msg = f"{name}: {path}: {reason}"
        raise SettingsError(msg)
    return data


def _unfit(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what no setting can be, and where it stands."""
    todo: list[tuple[str, Any, int]] = [("", data, 0)]
    while todo:
        path, value, depth = todo.pop()
        if depth > _DEEPEST:
            yield path, f"nests more than {_DEEPEST} tables or lists"
        elif isinstance(value, dict):
            if odd := [key for key in value if not key.isprintable()]:
                yield path or "the file", f"has the unprintable key {odd[0]!r}"
            within = f"{path}." if path else ""
            todo += [(f"{within}{key}", each, depth + 1) for key, each in value.items()]
        elif isinstance(value, list):
            todo += [(f"{path}[{n}]", each, depth + 1) for n, each in enumerate(value)]
        elif reason := _oddness(value):
            yield path, reason


def _oddness(value: object) -> str:
    """Say what is wrong with a value that is neither table nor list; else nothing."""
    if isinstance(value, int) and abs(value) >= _LARGEST:
        return "is a number of more than 64 bits"
    if isinstance(value, str) and "\0" in value:
        return "holds the character NUL, which nothing can be named with"
    return ""
