"""`publisher.toml` to Settings, and the secrets that it names.

Every key is known here, unknown ones are refused, and each error names the file,
the line where it can be told, and what is expected.
"""

from __future__ import annotations

import re
import stat
import subprocess
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from publisher.errors import SettingsError
from publisher.model import ids
from publisher.model.advisory import Kind
from publisher.model.settings import (
    MailingList,
    Mailman,
    Settings,
    SiteSettings,
    Team,
)

NAME = "publisher.toml"
SAMPLE_FINGERPRINT = "E9F33637AC649067E88C863A5B50CCF0922BFFD0"
"""Of the key that signs the sample advisories. Its secret half is public."""

T = TypeVar("T")
_FINGERPRINT = re.compile(r"[0-9A-F]{40}([0-9A-F]{24})?")
_ADDRESS = re.compile(r"[a-z0-9][a-z0-9._+-]*@[a-z0-9-]+(\.[a-z0-9-]+)+")
_SECRET_COMMAND_SECONDS = 30


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
    try:
        text = file.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        msg = f"{file}: cannot be read: {error.strerror}"
        raise SettingsError(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{file}: is no valid TOML: {error}"
        raise SettingsError(msg) from error
    return _settings(_Table(data, "", _Errors(text)))


def mailman_password(root: Path, environ: Mapping[str, str]) -> str:
    """Return the password of the list server, from where the settings say it is."""
    data = tomllib.loads((root / NAME).read_text(encoding="utf-8"))
    source = data.get("mailman", {}).get(
        "password", {"env": "PUBLISHER_MAILMAN_PASSWORD"}
    )
    return secret("mailman.password", source, root, environ)


def secret(name: str, source: object, root: Path, environ: Mapping[str, str]) -> str:
    """Return a secret from a variable, a file of mode 600 or a command's output."""
    match source:
        case {"env": str(variable)}:
            if value := environ.get(variable):
                return value
            msg = f"{name}: the environment variable {variable} is not set"
        case {"file": str(path)}:
            return _secret_file(name, root / path)
        case {"command": [*argv]} if argv and all(isinstance(a, str) for a in argv):
            return _secret_command(name, argv)
        case _:
            msg = (
                f"{NAME}: {name} must be {{ env = … }}, {{ file = … }} or "
                "{ command = […] }, never the secret itself"
            )
    raise SettingsError(msg)


def _secret_file(name: str, path: Path) -> str:
    try:
        mode = path.stat().st_mode
        value = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        msg = f"{name}: {path} cannot be read: {error.strerror}"
        raise SettingsError(msg) from error
    if stat.S_IMODE(mode) & 0o077:
        msg = f"{name}: others may read {path}: run `chmod 600 {path}`"
        raise SettingsError(msg)
    return value


def _secret_command(name: str, argv: Sequence[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603  (the operator's own settings name it)
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=True,
            timeout=_SECRET_COMMAND_SECONDS,
            text=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        msg = f"{name}: the command {argv[0]!r} failed: {error}"
        raise SettingsError(msg) from error
    return done.stdout.strip()


class _Errors:
    """Finds the line of a key, to name it in a message."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")

    def at(self, path: str) -> str:
        wanted = path.split(".")[-1].partition("[")[0]
        table = path.rpartition(".")[0].partition("[")[0]
        inside = not table
        for number, line in enumerate(self._lines, start=1):
            header = re.match(r"\s*\[+\s*([A-Za-z0-9_.]+)", line)
            if header:
                inside = header[1] == table or header[1] == path
            if inside and re.match(rf"\s*\[*\s*{re.escape(wanted)}\s*[=\]]", line):
                return f"{NAME}:{number}"
        return NAME


class _Table:
    """The entries of one TOML table; each is asked for by name, the rest refused."""

    def __init__(self, data: Mapping[str, Any], name: str, errors: _Errors) -> None:
        self._data = data
        self._name = name
        self._errors = errors
        self._known: set[str] = set()

    def fail(self, key: str, reason: str) -> NoReturn:
        path = f"{self._name}.{key}" if self._name else key
        msg = f"{self._errors.at(path)}: {path} {reason}"
        raise SettingsError(msg)

    def get(
        self, key: str, kind: type[T], expected: str, default: T | None = None
    ) -> T:
        self._known.add(key)
        if key not in self._data:
            if default is None:
                self.fail(key, f"is missing (expected {expected})")
            return default
        value = self._data[key]
        # A truth value is an integer to Python, and never one to us.
        if not isinstance(value, kind) or isinstance(value, bool):
            self.fail(key, f"is {value!r} (expected {expected})")
        return value

    def read(self, key: str, parse: Callable[[str], T], expected: str) -> T:
        text = self.get(key, str, expected)
        try:
            return parse(text)
        except ValueError as error:
            self.fail(key, f"is wrong: {error} (expected {expected})")

    def texts(
        self, key: str, expected: str, default: list[str] | None = None
    ) -> list[str]:
        values = self.get(key, list, expected, default)
        if not all(isinstance(value, str) for value in values):
            self.fail(key, f"holds something else than texts (expected {expected})")
        return values

    def table(self, key: str, default: Mapping[str, Any] | None = None) -> _Table:
        path = f"{self._name}.{key}" if self._name else key
        data = self.get(key, dict, f"a table [{path}]", default)
        return _Table(data, path, self._errors)

    def tables(self, key: str) -> list[_Table]:
        entries = self.get(key, list, f"tables [[{key}]]", [])
        if not all(isinstance(entry, dict) for entry in entries):
            self.fail(key, f"is no list of tables (expected [[{key}]])")
        return [
            _Table(entry, f"{key}[{index}]", self._errors)
            for index, entry in enumerate(entries)
        ]

    def has(self, key: str) -> bool:
        return key in self._data

    def localized(
        self, key: str, languages: Sequence[ids.Language]
    ) -> dict[ids.Language, str]:
        entry = self.table(key)
        texts = {lang: entry.get(lang, str, "a text") for lang in languages}
        entry.close()
        return texts

    def close(self) -> None:
        for key in self._data:
            if key not in self._known:
                known = ", ".join(sorted(self._known))
                self.fail(key, f"is an unknown key (expected one of {known})")


def _settings(top: _Table) -> Settings:
    site = top.table("site")
    languages = tuple(map(_language(site), site.texts("languages", '["ja", "en"]')))
    if not languages:
        site.fail("languages", "is empty (expected at least one)")
    advisories = top.table("advisories")
    mailman = top.table("mailman") if top.has("mailman") else None
    settings = Settings(
        team=_team(top.table("team"), languages),
        languages=languages,
        prefix=advisories.read("prefix", _prefix, "capital letters, e.g. 'ADV'"),
        site=_site(site),
        lists=tuple(_list(entry, languages) for entry in top.tables("lists")),
        owners=tuple(mailman.texts("owners", "addresses", [])) if mailman else (),
        mailman=None if mailman is None else _mailman(mailman),
        announce_since=_moment(advisories, "announce_since"),
    )
    for table in (advisories, site, top):
        table.close()
    addresses = [each.address for each in settings.lists]
    if len(set(addresses)) != len(addresses):
        top.fail("lists", "names an address twice")
    _refuse_sample_key(top, settings)
    return settings


def _team(table: _Table, languages: Sequence[ids.Language]) -> Team:
    prints = [
        text.replace(" ", "").upper()
        for text in table.texts("fingerprints", "fingerprints of OpenPGP keys")
    ]
    for text in prints:
        if not _FINGERPRINT.fullmatch(text):
            reason = f"holds {text!r} (expected 40 or 64 hexadecimal digits)"
            table.fail("fingerprints", reason)
    team = Team(
        name=table.localized("name", languages),
        contact=table.read("contact", _address, "an address, e.g. csirt@cert.example"),
        fingerprints=tuple(prints),
        timezone=table.read("timezone", _zone, "a zone, e.g. 'Asia/Tokyo'"),
    )
    table.close()
    return team


def _site(table: _Table) -> SiteSettings:
    return SiteSettings(
        url=table.read("url", _url, "an address, e.g. https://www.cert.example"),
        deploy=tuple(table.texts("deploy", "a command and its arguments", [])),
    )


def _list(table: _Table, languages: Sequence[ids.Language]) -> MailingList:
    language = table.read("language", ids.language, "a language tag")
    if language not in languages:
        table.fail("language", f"is {language!r}, which is not in site.languages")
    kinds = table.texts("kinds", "kinds of advisories", [str(kind) for kind in Kind])
    unknown = [kind for kind in kinds if kind not in set(Kind)]
    if unknown or not kinds:
        table.fail("kinds", f"is {kinds!r} (expected some of {', '.join(Kind)})")
    title = table.get("title", str, "a text")
    declared = MailingList(
        address=table.read("address", _address, "the posting address"),
        language=language,
        kinds=tuple(kind for kind in Kind if kind in kinds),
        title=title,
        description=table.get("description", str, "a text", title),
    )
    table.close()
    return declared


def _mailman(table: _Table) -> Mailman:
    table.get("password", dict, "{ env = … }", {"env": ""})
    timeout = table.get("timeout", int, "seconds", 30)
    if not 0 < timeout <= 600:
        table.fail("timeout", f"is {timeout} (expected 1 to 600 seconds)")
    server = Mailman(
        url=table.read("url", _url, "the REST address, e.g. http://127.0.0.1:8001/3.1"),
        user=table.get("user", str, "the REST user", "restadmin"),
        timeout=float(timeout),
    )
    table.close()
    return server


def _refuse_sample_key(top: _Table, settings: Settings) -> None:
    host = urlsplit(settings.site.url).hostname or ""
    # No site of the public is below .example (RFC 6761, section 6.5).
    if SAMPLE_FINGERPRINT in settings.team.fingerprints and not host.endswith(
        ".example"
    ):
        reason = (
            "names the sample key, whose secret half everybody has: make a key of "
            "your own with `gpg --quick-gen-key` and name its fingerprint"
        )
        top.fail("team.fingerprints", reason)


def _language(table: _Table) -> Callable[[str], ids.Language]:
    def parse(text: str) -> ids.Language:
        try:
            return ids.language(text)
        except ValueError as error:
            table.fail("languages", str(error))

    return parse


def _prefix(text: str) -> str:
    return ids.AdvisoryId.parse(f"{text}-2026-0001").prefix


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        msg = f"{text!r} is no mail address in lower case"
        raise ValueError(msg)
    return text


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, OSError) as error:
        msg = f"{text!r} is not known"
        raise ValueError(msg) from error


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        msg = f"{text!r} is no address of a site"
        raise ValueError(msg)
    if parts.fragment or parts.username or not text.isascii() or " " in text:
        msg = f"{text!r} holds more than an address"
        raise ValueError(msg)
    return text.rstrip("/")


def _moment(table: _Table, key: str) -> datetime:
    value = table.get(key, datetime, "a date with time and zone, not quoted")
    if value.tzinfo is None:
        table.fail(key, f"is {value} (expected a zone, e.g. +09:00)")
    return value
