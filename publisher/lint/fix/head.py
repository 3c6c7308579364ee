"""Mends of the front matter: ids and labels in their one spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from publisher.lint.fix.part import Part
from publisher.model import ids
from publisher.model.advisory import Tlp

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 12
"""What is nested deeper is refused when it is parsed, and left alone here."""
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63"), "-")
_CVE = re.compile(r"(?:CVE[- ]?)?([0-9]{4}-[0-9]+)")
_CWE = re.compile(r"(?:CWE[- ]?)?0*([0-9]+)")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value of the front matter, and where it is written."""

    path: str
    """By names and places: `vulnerabilities.0.cve`."""
    value: str
    line: int
    """Counted from 0 within the YAML."""
    columns: tuple[int, int] | None
    """From where to where it goes; None if it goes over several lines."""


def spelled(part: Part) -> Part:
    """Write ids of vulnerabilities and weaknesses, and the label, as they are known."""
    lines = [line.text for line in part]
    found = scalars("\n".join(lines[1:-1])) or ()
    # From the end, so that what is before it stays where it was found.
    for scalar in reversed(found):
        canonical = spelling(scalar.path, scalar.value)
        if canonical == scalar.value or scalar.columns is None:
            continue
        start, end = scalar.columns
        line = lines[scalar.line + 1]
        written = line[start:end]
        for quote in ("", '"', "'"):
            if written == f"{quote}{scalar.value}{quote}":
                lines[scalar.line + 1] = (
                    f"{line[:start]}{quote}{canonical}{quote}{line[end:]}"
                )
    return tuple(line.but(new) for line, new in zip(part, lines, strict=True))


def spelling(path: str, value: str) -> str:
    """Return the one spelling of `value` if it is an id or a label, else itself."""
    for pattern, canonical in _SPELLINGS:
        if pattern.fullmatch(path):
            plain = unicodedata.normalize("NFKC", value).translate(_HYPHENS)
            return canonical(plain.strip().upper()) or value
    return value


def values(part: Part) -> tuple[tuple[str, str], ...] | None:
    """Return what the front matter says, whatever its spelling; None: no YAML."""
    found = scalars("\n".join(line.text for line in part[1:-1]))
    if found is None:
        return None
    return tuple((each.path, spelling(each.path, _plain(each.value))) for each in found)


def scalars(text: str) -> Sequence[Scalar] | None:
    """Return keys and values that stand in `text`; None if it is no usable YAML."""
    try:
        return tuple(_scalars(yaml.parse(text, _Loader)))
    except yaml.YAMLError:
        return None


@dataclass(slots=True)
class _Level:
    """A list or a mapping that is being read."""

    is_mapping: bool
    key: str | None = None
    count: int = 0

    @property
    def name(self) -> str:
        return (self.key or "") if self.is_mapping else str(self.count)

    def pass_by(self, value: str) -> None:
        """Take note of a key or a value that was read."""
        if not self.is_mapping:
            self.count += 1
        else:
            self.key = value if self.key is None else None


def _scalars(events: Iterator[Any]) -> Iterator[Scalar]:
    levels: list[_Level] = []
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            if len(levels) == _DEEPEST:
                msg = "the front matter is nested too deeply"
                raise yaml.YAMLError(msg)
            levels.append(_Level(isinstance(event, yaml.MappingStartEvent)))
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            levels.pop()
        elif isinstance(event, yaml.ScalarEvent):
            # Keys are values, too: of the mapping that they stand in.
            yield _scalar(event, ".".join(level.name for level in levels))
        elif not isinstance(event, yaml.AliasEvent):
            continue
        if levels:
            levels[-1].pass_by(getattr(event, "value", "?"))


def _scalar(event: Any, path: str) -> Scalar:
    start, end = event.start_mark, event.end_mark
    columns = (start.column, end.column) if start.line == end.line else None
    return Scalar(path, event.value, start.line, columns)


def _plain(value: str) -> str:
    return " ".join(unicodedata.normalize("NFC", value).split())


def _cve(text: str) -> str:
    match = _CVE.fullmatch(text)
    return _known(ids.cve, f"CVE-{match[1]}") if match else ""


def _cwe(text: str) -> str:
    match = _CWE.fullmatch(text)
    return _known(ids.cwe, f"CWE-{match[1]}") if match else ""


def _label(text: str) -> str:
    label = text.removeprefix("TLP:").strip()
    return label if label in set(Tlp) else ""


def _known(parse: Callable[[str], str], text: str) -> str:
    try:
        return parse(text)
    except ValueError:
        return ""


_SPELLINGS: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (re.compile(r"vulnerabilities\.[0-9]+\.cve"), _cve),
    (re.compile(r"vulnerabilities\.[0-9]+\.cwe(?:\.[0-9]+)?"), _cwe),
    (re.compile(r"tlp"), _label),
)
