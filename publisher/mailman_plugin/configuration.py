"""The plugin's own configuration: whose keys count, and how much mail is answered.

It is read for each post and each mail command, so changes count without a restart.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mailman.config import config

from publisher import plainfile
from publisher.errors import SettingsError

CLASS = "publisher.mailman_plugin.plugin.Publisher"
DELIVERY = "publisher.mailman_plugin.delivery.deliver"
"""The function that has to deliver posts."""
COMMANDS = "publisher.mailman_plugin.runners.command.Commands"
"""The class that has to read mail commands."""
INTAKE = "publisher.mailman_plugin.runners.lmtp.Intake"
"""The class that has to take mail in."""
BOUNCES = "publisher.mailman_plugin.runners.bounces.Bounces"
"""The class that has to read what comes to `LIST-bounces`."""
_YES = frozenset({"true", "yes", "1", "on", "enabled", "enable"})
"""What Mailman takes for a yes."""
_SECTION = "publisher"
_FINGERPRINT = re.compile(r"[0-9A-F]{40}([0-9A-F]{24})?")


@dataclass(frozen=True, slots=True)
class Keys:
    """Whose signatures count."""

    public: tuple[bytes, ...]
    """The public keys themselves."""
    fingerprints: tuple[str, ...]
    """Of the pinned primary keys, in upper case."""


def load() -> Keys:
    """Return whose signatures count, or raise SettingsError."""
    return read(_file())


def values() -> Mapping[str, str]:
    """Return all that the file says, or raise SettingsError."""
    return _values(_file())


def foreign() -> tuple[str, ...]:
    """Return the settings of mailman.cfg that are not as our lists need them.

    Most name another's code in place of ours. Without probes, nobody asks an address
    once more before its subscription ends.
    """
    as_needed = {
        "[mta] outgoing": config.mta.outgoing.strip() == DELIVERY,
        "[mta] verp_probes": config.mta.verp_probes.strip().lower() in _YES,
        "[runner.bounces] class": _class("runner.bounces") == BOUNCES,
        "[runner.command] class": _class("runner.command") == COMMANDS,
        "[runner.lmtp] class": _class("runner.lmtp") == INTAKE,
    }
    return tuple(name for name, is_so in as_needed.items() if not is_so)


def _class(section: str) -> str:
    return str(getattr(config, section)["class"]).strip()


def home() -> Path:
    """Return where the plugin keeps its key ring; it is Mailman's alone."""
    return Path(config.VAR_DIR) / "publisher"


def read(file: Path) -> Keys:
    """Return the keys that `file` names, or raise SettingsError."""
    values = _values(file)
    fingerprints = tuple(values.get("fingerprints", "").upper().split())
    wrong = [text for text in fingerprints if not _FINGERPRINT.fullmatch(text)]
    if wrong or not fingerprints:
        msg = f"{file}: `fingerprints` has to name keys by 40 or 64 hexadecimal digits"
        raise SettingsError(msg)
    folder = values.get("keys", "")
    keys = _public(file, file.parent / folder) if folder else ()
    if not keys:
        msg = f"{file}: `keys` has to name a folder with public keys in files *.asc"
        raise SettingsError(msg)
    return Keys(keys, fingerprints)


def _public(file: Path, folder: Path) -> tuple[bytes, ...]:
    keys = []
    for key in sorted(folder.glob("*.asc")):
        try:
            keys.append(plainfile.read(key, plainfile.KEY, follow=True))
        except (OSError, ValueError) as error:
            msg = f"{file}: a public key cannot be read: {key}: {error}"
            raise SettingsError(msg) from error
    return tuple(keys)


def _file() -> Path:
    """Return the file that mailman.cfg names, or raise SettingsError."""
    for _, section in config.plugin_configs:
        if section["class"].strip() == CLASS:
            path = section["configuration"].strip()
            if path:
                return Path(path)
    msg = (
        "mailman.cfg names no `configuration` in [plugin.publisher]: name a file there"
    )
    raise SettingsError(msg)


def _values(file: Path) -> Mapping[str, str]:
    parser = configparser.RawConfigParser()
    try:
        with file.open(encoding="utf-8") as stream:
            parser.read_file(stream)
        return dict(parser[_SECTION])
    except (OSError, UnicodeDecodeError, configparser.Error, KeyError) as error:
        msg = f"{file}: cannot be read as a file with a section [publisher]: {error}"
        raise SettingsError(msg) from error
