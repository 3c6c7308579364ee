"""Servers that some tests need, which a developer's machine may not have."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

_BESIDE_THE_PATH = ("/usr/sbin", "/usr/lib/postgresql/*/bin", "/usr/lib/postfix/sbin")


def program(name: str) -> str:
    """Return where a program is; empty: nowhere."""
    found = shutil.which(name)
    if found:
        return found
    folders = (
        folder for pattern in _BESIDE_THE_PATH for folder in Path("/").glob(pattern[1:])
    )
    files = [str(folder / name) for folder in folders if (folder / name).exists()]
    return files[-1] if files else ""


def need(server: str, programs: Iterable[str], other: str = "") -> None:
    """Skip the test without these programs, or for the `other` reason that is given.

    PUBLISHER_SERVERS names the servers that may not be missing.
    """
    missing = [name for name in programs if not program(name)]
    reason = f"{', '.join(missing)} not installed" if missing else other
    if not reason:
        return
    if server in os.environ.get("PUBLISHER_SERVERS", "").split():
        pytest.fail(f"{server}: {reason}")
    pytest.skip(f"{server}: {reason}")
