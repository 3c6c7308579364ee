"""What somebody at a terminal does: run a command, in this process or in another."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from publisher.cli import cli
from tests.fakes import FakeLists
from tests.keys import Key

_DATE = re.compile(r"(\{date: )[^,}]+")
"""When the sample of a fresh project was made."""


def run(*arguments: str, code: int = 0, answers: str | None = None) -> Result:
    """Run a command here and expect an exit code."""
    result = CliRunner().invoke(
        cli, list(map(str, arguments)), input=answers, prog_name="publisher"
    )
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def run_json(*arguments: str, code: int = 0) -> Any:
    """Return what a command prints as JSON, each object of which has a version."""
    shown = json.loads(run(*arguments, "--json", code=code).stdout)
    for each in shown if isinstance(shown, list) else [shown]:
        assert each.pop("version") == 1
    return shown


def process(
    *arguments: str,
    folder: Path,
    code: int = 0,
    environment: Mapping[str, str] | None = None,
    remove: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own and expect an exit code, and no trace."""
    inherited = {k: v for k, v in os.environ.items() if k not in remove}
    done = subprocess.run(
        [sys.executable, "-m", "publisher", *arguments],
        cwd=folder,
        env={**inherited, "PYTHONPATH": path(), **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == code, done.stderr.decode(errors="replace")
    assert b"Traceback" not in done.stderr
    return done


def path() -> str:
    return str(Path(__file__).parents[2])


@dataclass
class Desk:
    """A project that `init` made, and its operator, who stands in it."""

    root: Path
    key: Key
    lists: FakeLists = field(default_factory=FakeLists)

    @property
    def site(self) -> Path:
        return self.root / "site"

    def folder(self, name: str | None = None) -> Path:
        """Return an advisory's folder; that of the only one without a name."""
        found = self.root.glob(f"advisories/*/{name or '*'}")
        (folder,) = (each for each in found if each.is_dir())
        return folder

    def edit(self, *changes: tuple[str, str], name: str | None = None) -> None:
        """Replace texts in all sources of an advisory."""
        for source in self.folder(name).glob("*.md"):
            text = source.read_text(encoding="utf-8")
            for old, new in changes:
                text = text.replace(old, new)
            source.write_text(text, encoding="utf-8")

    def fill_in(self, name: str, text: str = "Finished") -> None:
        """Write what `new` leaves to be written, but for the date."""
        date = ("date: FIXME", "date: -")
        self.edit(date, ("FIXME", text), date[::-1], name=name)

    def finish(self, name: str) -> None:
        """Write a draft to its end, as far as lint is concerned."""
        self.fill_in(name)
        run("ready", name, "--project", str(self.root))

    def add_revision(self, original: str) -> None:
        """Say that what is there is the second revision, an hour after the first."""
        source = self.folder() / original
        text = source.read_text(encoding="utf-8")
        entry, date = re.findall(r"^(  - \{date: (\S+), .+\})$", text, re.MULTILINE)[0]
        hour = timedelta(hours=1)
        earlier = (datetime.fromisoformat(date) - hour).isoformat()
        both = f"{entry.replace(date, earlier)}\n{entry}"
        source.write_text(text.replace(entry, both), encoding="utf-8")

    def settings(self, *changes: tuple[str, str]) -> None:
        """Replace texts in publisher.toml."""
        file = self.root / "publisher.toml"
        text = file.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")

    def without_plugin(self) -> None:
        """Let the list server be one without the plugin, as the settings say then."""
        self.settings(("[mailman]\n", "[mailman]\nplugin = false\n"))
        self.lists.plugin = False

    def signed(self) -> list[str]:
        return sorted(file.name for file in self.root.glob("advisories/*/*/*.asc"))


def work_alone(root: Path) -> None:
    """Let whoever wrote a source sign it, as somebody without colleagues has to.

    Nor are links to the pages of others asked after, which are no real ones, and a
    page that is not up is not waited for.
    """
    file = root / "publisher.toml"
    text = file.read_text(encoding="utf-8")
    alone = text.replace("other_person = true", "other_person = false")
    assert alone != text
    hasty = alone.replace("[site]\n", "[site]\npatience = 0\n")
    file.write_text(f"{hasty}\n[links]\nseconds = 0\n", encoding="utf-8")


def copy(template: Path, root: Path, key: Key) -> Desk:
    shutil.copytree(template, root)
    # What is due for ten minutes is an alert, and the template may be older.
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    for source in root.glob("advisories/*/*/*.md"):
        text = source.read_text(encoding="utf-8")
        source.write_text(_DATE.sub(rf"\g<1>{now}", text, count=1), encoding="utf-8")
    lists = FakeLists(fingerprints=(key.fingerprint,))
    return Desk(root, key, lists)
