"""The wheel: what is in it, and that it does the main job on its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.demo import promises
from tests.systemd import units

pytestmark = [pytest.mark.package, pytest.mark.gpg, pytest.mark.mailman]

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without changing it."""
    source = tmp_path_factory.mktemp("source") / "checkout"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", ".publisher", "__pycache__", ".*_cache", ".hypothesis"
    )
    shutil.copytree(ROOT, source, ignore=ignored, symlinks=True)
    folder = tmp_path_factory.mktemp("dist")
    run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", folder],
        cwd=source,
    )
    (built,) = folder.glob("*.whl")
    return built


@dataclass(frozen=True)
class Installed:
    """A fresh environment with the wheel and what it needs, and nothing else."""

    venv: Path

    def publisher(self, *arguments: str, cwd: Path) -> str:
        return run([self.venv / "bin" / "publisher", *arguments], cwd=cwd)


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    venv = tmp_path_factory.mktemp("fresh") / "venv"
    run([sys.executable, "-m", "venv", venv], cwd=venv.parent)
    python = venv / "bin" / "python"
    pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--no-deps"]
    run([*pip, wheel], cwd=venv.parent)
    # What is locked is here already. It stands behind the wheel, and this checkout,
    # which is installed there for those who work on it, does not come along.
    (packages,) = venv.glob("lib/python*/site-packages")
    locked = sysconfig.get_path("purelib")
    (packages / "locked.pth").write_text(f"{locked}\n", encoding="utf-8")
    return Installed(venv)


def run(command: Sequence[str | Path], cwd: Path) -> str:
    environ = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    # The coverage of this run is not that of the wheel.
    environ.pop("COVERAGE_PROCESS_CONFIG", None)
    done = subprocess.run(
        command, cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize(
    "name",
    [
        "publisher/templates/text/advisory.txt",
        "publisher/templates/site/style.css",
        "publisher/templates/locale/ja/site.po",
        "publisher/templates/new/alert.ja.md",
        "publisher/templates/init/publisher.toml",
        "publisher/samples/2026/ADV-2026-0011/en.md",
        "publisher/mailman_plugin/plugin.py",
        "publisher/mailhost/master.py",
    ],
)
def test_the_wheel_carries_what_it_needs(wheel: Path, name: str) -> None:
    assert name in names(wheel)


def test_the_wheel_carries_nothing_else(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in names(wheel)}

    other = {top for top in tops if not top.endswith((".dist-info", ".data"))}
    assert other == {"publisher"}
    assert not any("worthless" in name or "/tests/" in name for name in names(wheel))


def test_the_wheel_brings_the_units_along(installed: Installed) -> None:
    folder = installed.venv / "share" / "advisory-publisher" / "systemd"
    found = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}

    assert found == {name: units.text(name) for name in units.NAMES}


def test_the_wheel_runs_the_demo(installed: Installed, tmp_path: Path) -> None:
    shown = json.loads(installed.publisher("demo", "--json", cwd=tmp_path))

    assert [fact["promise"] for fact in shown] == list(promises.ALL)
    assert all(fact["holds"] for fact in shown)


def test_the_wheel_makes_a_project_that_lints_and_builds(
    installed: Installed, tmp_path: Path
) -> None:
    installed.publisher("init", "ours", cwd=tmp_path)
    project = tmp_path / "ours"

    installed.publisher("lint", cwd=project)
    installed.publisher("build", cwd=project)

    assert (project / "site" / "index.html").is_file()
