"""What reads the site in tests: a browser, and checkers that others wrote."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.pipeline import building
from publisher.wiring import Project

ROOT = Path(__file__).parent.parent
NODE = Path(os.environ.get("PUBLISHER_NODE_MODULES") or ROOT / ".readers/node_modules")
"""Where npm installed what is not in a distribution."""
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def need(reader: str, *files: Path | str | None) -> None:
    """Skip the test unless all these files are there; None: one is not.

    PUBLISHER_READERS names the readers that may not be missing.
    """
    if all(each is not None and Path(each).exists() for each in files):
        return
    if reader in os.environ.get("PUBLISHER_READERS", "").split():
        pytest.fail(f"{reader} is not installed")
    pytest.skip(f"{reader} is not installed")


def chromium() -> str:
    """Return where the browser is, or skip the test."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    need("chromium", found)
    return found or ""


def axe() -> str:
    """Return the script of axe-core, or skip the test."""
    file = NODE / "axe-core" / "axe.min.js"
    need("axe", file)
    return file.read_text(encoding="utf-8")


def vnu() -> list[str]:
    """Return the command of the Nu Html Checker, or skip the test."""
    java, jar = shutil.which("java"), NODE / "vnu-jar/build/dist/vnu.jar"
    need("vnu", java, jar)
    # The second compiler would work longer on the checker than the checker works.
    return [java or "", "-Xss4m", "-XX:TieredStopAtLevel=1", "-jar", str(jar)]


def linkinator() -> list[str]:
    """Return the command of linkinator, or skip the test."""
    node, script = shutil.which("node"), NODE / "linkinator/build/src/cli.js"
    need("linkinator", node, script)
    command = [node or "", str(script)]
    if subprocess.run(
        [*command, "--version"], capture_output=True, check=False
    ).returncode:
        need("linkinator", None)
    return command


@contextlib.contextmanager
def samples(folder: Path) -> Iterator[Path]:
    """Build the site of this repository's samples below `folder`."""
    for name in ("publisher.toml", "security.txt"):
        shutil.copy(ROOT / name, folder)
    for name in ("advisories", "keys", "record"):
        shutil.copytree(ROOT / name, folder / name)
    project = Project(folder)
    try:
        building.build(replace(project.tools(), now=NOW))
        yield folder / "site"
    finally:
        project.close()
