"""A TOML table whose entries are asked for by name, with errors that say where."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from publisher.errors import SettingsError
from publisher.model import ids

T = TypeVar("T")

_LONGEST = 500
"""Characters of a reason that are shown: a value may be of any length."""


class Places:
    """Finds the line of a key, to name it in a message."""

    def __init__(self, file: str, text: str) -> None:
        """Take the file's name and its text."""
        self._file = file
        self._lines = text.split("\n")

    def at(self, path: str) -> str:
        """Return where the key of a dotted path stands: file and line."""
        wanted = path.split(".")[-1].partition("[")[0]
        table = path.rpartition(".")[0].partition("[")[0]
        inside = not table
        for number, line in enumerate(self._lines, start=1):
            header = re.match(r"\s*\[+\s*([A-Za-z0-9_.]+)", line)
            if header:
                inside = header[1] == table or header[1] == path
            if inside and re.match(rf"\s*\[*\s*{re.escape(wanted)}\s*[=\]]", line):
                return f"{self._file}:{number}"
        return self._file


class Table:
    """The entries of one TOML table; each is asked for by name, the rest refused."""

    def __init__(self, data: Mapping[str, Any], name: str, errors: Places) -> None:
        self._data = data
        self._name = name
        self._errors = errors
        self._known: set[str] = set()

    def fail(self, key: str, reason: str) -> NoReturn:
        """Raise SettingsError for `key`, saying where it stands."""
        path = f"{self._name}.{key}" if self._name else key
        if len(reason) > _LONGEST:
            reason = f"{reason[:_LONGEST]}…"
        msg = f"{self._errors.at(path)}: {path} {reason}"
        raise SettingsError(msg)

    def get(
        self, key: str, kind: type[T], expected: str, default: T | None = None
    ) -> T:
        """Return the value of `key` if it is of `kind`, else raise SettingsError."""
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

    def truth(self, key: str, *, default: bool) -> bool:
        """Return a truth value."""
        self._known.add(key)
        value = self._data.get(key, default)
        if not isinstance(value, bool):
            self.fail(key, f"is {value!r} (expected true or false)")
        return value

    def read(self, key: str, parse: Callable[[str], T], expected: str) -> T:
        """Return `parse(text)`; a ValueError of `parse` becomes a SettingsError."""
        text = self.get(key, str, expected)
        try:
            return parse(text)
        except ValueError as error:
            self.fail(key, f"is wrong: {error} (expected {expected})")

    def texts(
        self, key: str, expected: str, default: list[str] | None = None
    ) -> list[str]:
        """Return a list of texts."""
        values = self.get(key, list, expected, default)
        if not all(isinstance(value, str) for value in values):
            self.fail(key, f"holds something else than texts (expected {expected})")
        return values

    def table(self, key: str, default: Mapping[str, Any] | None = None) -> Table:
        """Return a table within this one."""
        path = f"{self._name}.{key}" if self._name else key
        data = self.get(key, dict, f"a table [{path}]", default)
        return Table(data, path, self._errors)

    def tables(self, key: str) -> list[Table]:
        """Return the tables of an array; none if it is missing."""
        entries = self.get(key, list, f"tables [[{key}]]", [])
        if not all(isinstance(entry, dict) for entry in entries):
            self.fail(key, f"is no list of tables (expected [[{key}]])")
        return [
            Table(entry, f"{key}[{index}]", self._errors)
            for index, entry in enumerate(entries)
        ]

    def has(self, key: str) -> bool:
        """Tell whether `key` is there."""
        return key in self._data

    def localized(
        self, key: str, languages: Sequence[ids.Language]
    ) -> dict[ids.Language, str]:
        """Return a text for each language."""
        entry = self.table(key)
        texts = {lang: entry.get(lang, str, "a text") for lang in languages}
        entry.close()
        return texts

    def close(self) -> None:
        """Refuse every key that was not asked for."""
        for key in self._data:
            if key not in self._known:
                known = ", ".join(sorted(self._known))
                self.fail(key, f"is an unknown key (expected one of {known})")
