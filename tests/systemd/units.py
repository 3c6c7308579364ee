"""The unit files, read as systemd.syntax(7) says, and where docs name them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "packaging" / "systemd"
NAMES = tuple(sorted(file.name for file in FOLDER.iterdir()))
SERVICES = tuple(name for name in NAMES if name.endswith(".service"))
TIMERS = tuple(name for name in NAMES if name.endswith(".timer"))

_COPY = re.compile(r"^# cp (?P<files>.+) /etc/systemd/system/$", re.MULTILINE)
_COMMANDS = ("ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop")
# What may stand before a program (systemd.service(5), "Command lines").
_PREFIXES = "@-:+!"


@dataclass(frozen=True)
class Unit:
    """A unit: its settings in the order of the file."""

    settings: Sequence[tuple[str, str, str]]
    """Section, name, value."""

    def all(self, section: str, name: str) -> Sequence[str]:
        """Return the values of a setting that may stand there several times.

        An empty one drops those before it.
        """
        found: list[str] = []
        for where, what, value in self.settings:
            if (where, what) == (section, name):
                found = [*found, value] if value else []
        return found

    def last(self, section: str, name: str) -> str:
        """Return the value of a setting; empty: there is none."""
        return self.all(section, name)[-1] if self.all(section, name) else ""

    def commands(self) -> Iterator[list[str]]:
        """Yield all that it runs, in order, with the variables that it sets."""
        variables: Mapping[str, str] = dict(
            each.split("=", 1) for each in self.all("Service", "Environment")
        )
        for name in _COMMANDS:
            for line in self.all("Service", name):
                filled = re.sub(r"\$\{(\w+)\}", lambda m: variables[m[1]], line)
                yield shlex.split(filled.lstrip(_PREFIXES))


def parse(text: str) -> Unit:
    """Return the unit of a text; a line that is none of a unit is an error."""
    section = ""
    settings = []
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            section = heading[1]
            continue
        name, equals, value = line.partition("=")
        assert section, line
        assert equals, line
        assert name.isalnum(), line
        settings.append((section, name, value))
    return Unit(tuple(settings))


def text(name: str) -> str:
    """Return the file of a unit."""
    return (FOLDER / name).read_text(encoding="utf-8")


def load(name: str) -> Unit:
    """Return a unit."""
    return parse(text(name))


def copied(page: str) -> Iterator[str]:
    """Yield the units that a page has one copy to where systemd looks."""
    for match in _COPY.finditer(page.replace("\n    #", "\n#")):
        for file in match["files"].split():
            folder, _, name = file.rpartition("/")
            assert folder == FOLDER.relative_to(ROOT).as_posix(), file
            yield name
