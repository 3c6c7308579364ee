"""The files that docs/mail-server.md tells one to write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tests.systemd import units

PAGE = Path(__file__).parents[2] / "docs" / "mail-server.md"
_BLOCK = re.compile(
    r"^```ini\n# (?P<path>/\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


def files() -> Mapping[str, str]:
    """Return the text of each file by its path, units that it has copied, too."""
    page = PAGE.read_text()
    written = {match["path"]: match["text"] for match in _BLOCK.finditer(page)}
    return written | {
        f"/etc/systemd/system/{name}": units.text(name) for name in units.copied(page)
    }


def adapted(path: str, changes: Mapping[str, str]) -> str:
    """Return a file with what is different here: its places, ports and passwords.

    A change of something that the page does not say is an error.
    """
    text = files()[path]
    for old in changes:
        assert old in text, f"{PAGE.name} has no {old!r} in {path}"
    some = re.compile("|".join(map(re.escape, changes)))
    return some.sub(lambda match: changes[match[0]], text)


def command(start: str) -> str:
    """Return the command on the page that begins so."""
    found = re.findall(
        rf"^[$#] ({re.escape(start)}.*)$", PAGE.read_text(), re.MULTILINE
    )
    assert len(found) == 1, f"{PAGE.name} has {len(found)} commands {start!r}"
    return str(found[0])
