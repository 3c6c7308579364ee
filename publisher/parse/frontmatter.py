"""Front matter: a file's YAML head as values that know where they stand.

YAML is taken as a syntax only. Every scalar is read as the text that was written,
so `2.10` stays a version and `no` a word; aliases, anchors, tags and repeated keys
are refused, since none of them has a meaning in an advisory.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

import yaml

from publisher.parse import comments
from publisher.source import Finding, Location

if TYPE_CHECKING:
    from pathlib import PurePosixPath

T = TypeVar("T")

MAX_BYTES = 1 << 20
"""A source larger than this is refused before it is parsed."""
_MAX_DEPTH = 12
_MAX_EVENTS = 40_000
_MAX_MESSAGE = 300
_LONG = 40
_SHOWN = 80
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Findings:
    """Collects what is wrong with one file, and where each value of it stands."""

    path: PurePosixPath
    found: list[Finding] = field(default_factory=list)
    places: dict[str, Location] = field(default_factory=dict)

    def add(
        self, code: str, message: str, expected: str = "", at: Location | None = None
    ) -> None:
        """Note that something is wrong at `at`, or with the whole file."""
        line = " ".join(message.split())
        if len(line) > _MAX_MESSAGE:
            line = f"{line[:_MAX_MESSAGE]}…"
        self.found.append(Finding(at or Location(self.path), code, line, expected))


@dataclass(frozen=True, slots=True)
class Head:
    """The three parts of a source: YAML, body, and the line the body begins on."""

    yaml: str
    body: str
    body_line: int


def split(text: str) -> Head | None:
    """Split `text` at its two `---` lines; None if it has no front matter."""
    lines = text.split("\n")
    if lines[0] != "---" or "---" not in lines[1:]:
        return None
    end = lines.index("---", 1)
    first = end + 1
    while first < len(lines) - 1 and not lines[first].strip():
        first += 1
    return Head("\n".join(lines[1:end]), "\n".join(lines[first:]), first + 1)


def fields(head: Head, findings: Findings) -> Fields | None:
    """Read the YAML of `head`; None, with a finding, if it is no usable mapping."""
    try:
        if not _is_plain(head.yaml, findings):
            return None
        node = compose(head)
    except yaml.MarkedYAMLError as error:
        at = _location(findings, error.problem_mark or error.context_mark)
        message = f"the front matter is no valid YAML: {error.problem}"
        findings.add("P003", message, at=at)
        return None
    except yaml.YAMLError as error:
        findings.add("P003", f"the front matter is no valid YAML: {error}")
        return None
    if not isinstance(node, yaml.MappingNode):
        findings.add("P003", "the front matter is no mapping", "lines such as 'id: …'")
        return None
    _note_lost_words(head.yaml, findings)
    return Fields(node, findings, "")


def compose(head: Head) -> yaml.Node | None:
    """Return the tree of `head`, or raise YAMLError; its marks count characters.

    One loader reads all: what one takes, say a tab behind a colon, another refuses.
    """
    return yaml.compose(head.yaml, _Loader)


def _is_plain(text: str, findings: Findings) -> bool:
    """Note what an advisory's YAML has no need of, before a tree is made of it."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, _Loader)):
        at = _location(findings, event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            findings.add("P004", "anchors, aliases and tags are not used here", at=at)
        elif depth > _MAX_DEPTH:
            findings.add("P012", "the front matter is nested too deeply", at=at)
        elif count > _MAX_EVENTS:
            findings.add("P012", "the front matter has too many entries", at=at)
        else:
            continue
        return False
    return True


def _note_lost_words(text: str, findings: Findings) -> None:
    """Note the comments that stand behind values: they may be meant as words."""
    if "#" not in text:
        return
    for each in comments.lost(text, yaml.parse(text, _Loader)):
        words = each.words if len(each.words) <= _SHOWN else f"{each.words[:_SHOWN]}…"
        message = f"the words {words!r} are lost: YAML takes them for a comment"
        expected = "quotes around the whole value, or a comment on a line of its own"
        at = Location(findings.path, each.line + 2, each.column + 1)
        findings.add("P015", message, expected, at)


class _Mark(Protocol):
    """What the marks of the two loaders have in common."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


def _location(findings: Findings, mark: _Mark | None) -> Location:
    # The YAML begins on the second line of the file; marks count from 0.
    place = (mark.line + 2, mark.column + 1) if mark else (0, 0)
    return Location(findings.path, *place)


class Fields:
    """The entries of one mapping; each is asked for by name, the rest is refused."""

    def __init__(self, node: yaml.MappingNode, findings: Findings, name: str) -> None:
        self._findings = findings
        self._name = name
        self.at = _location(findings, node.start_mark)
        self._known: set[str] = set()
        self._entries: dict[str, tuple[yaml.Node, Location]] = {}
        for key, value in node.value:
            at = _location(findings, key.start_mark)
            text = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if text in self._entries:
                findings.add("P005", f"{self._path(text)!r} is given twice", at=at)
            self._entries[text] = (value, at)
            findings.places[self._path(text)] = _location(findings, value.start_mark)

    def __iter__(self) -> Iterator[str]:
        """Yield the keys, in the order of the file."""
        return iter(self._entries)

    def has(self, key: str) -> bool:
        """Tell whether there is an entry `key`, and take note that it is known."""
        self._known.add(key)
        return key in self._entries

    def text(self, key: str, *, required: bool = True) -> str | None:
        """Return the text of `key`; None, with a finding, if it is not usable."""
        node = self._node(key, required=required)
        return None if node is None else self._scalar(node, self._path(key))

    def value(
        self, key: str, read: Callable[[str], T], *, required: bool = True
    ) -> T | None:
        """Return `read(text)`; a ValueError of `read` becomes a finding."""
        node = self._node(key, required=required)
        return None if node is None else self._value(node, self._path(key), read)

    def values(self, key: str, read: Callable[[str], T]) -> tuple[T, ...]:
        """Return the values of a list of texts, or of one text that stands alone."""
        node = self._node(key, required=False)
        if node is None:
            return ()
        path = self._path(key)
        if isinstance(node, yaml.ScalarNode):
            one = self._value(node, path, read)
            return () if one is None else (one,)
        entries = [
            self._value(item, f"{path}.{index}", read)
            for index, item in enumerate(self._items(node, path))
        ]
        return tuple(entry for entry in entries if entry is not None)

    def mapping(self, key: str, *, required: bool = False) -> Fields | None:
        """Return the entries of the mapping at `key`."""
        node = self._node(key, required=required)
        return None if node is None else self._mapping(node, self._path(key))

    def mappings(self, key: str, *, required: bool = False) -> Iterator[Fields]:
        """Yield the mappings of the list at `key`."""
        node = self._node(key, required=required)
        if node is None:
            return
        path = self._path(key)
        for index, item in enumerate(self._items(node, path)):
            entry = self._mapping(item, f"{path}.{index}")
            if entry is not None:
                yield entry

    def texts(self, key: str) -> dict[str, str]:
        """Return the texts of the mapping at `key`, whose keys are texts as well.

        Each has its place under the key in quotes, which no other name can be.
        """
        entry = self.mapping(key)
        if entry is None:
            return {}
        found = {}
        for name in entry:
            text = entry.text(name)
            at = self._findings.places[f"{self._path(key)}.{name}"]
            self._findings.places[f"{self._path(key)}.{name!r}"] = at
            if text is not None:
                found[name] = text
        return found

    def refuse(self, key: str, message: str, expected: str = "") -> None:
        """Note that the value of `key` is wrong, though it could be read."""
        at = self._findings.places.get(self._path(key), self.at)
        self._findings.add("P009", message, expected, at)

    def close(self) -> None:
        """Refuse every entry that was not asked for."""
        for key, (_, at) in self._entries.items():
            if key in self._known:
                continue
            near = difflib.get_close_matches(key[:_LONG], self._known, n=1)
            expected = (
                f"{near[0]!r}" if near else "one of " + ", ".join(sorted(self._known))
            )
            self._findings.add("P006", f"unknown key {self._path(key)!r}", expected, at)

    def _path(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key

    def _node(self, key: str, *, required: bool) -> yaml.Node | None:
        if self.has(key):
            return self._entries[key][0]
        if required:
            message = f"{self._path(key)!r} is missing"
            self._findings.add("P007", message, at=self.at)
        return None

    def _scalar(self, node: yaml.Node, path: str) -> str | None:
        at = _location(self._findings, node.start_mark)
        self._findings.places[path] = at
        if not isinstance(node, yaml.ScalarNode):
            self._findings.add("P008", f"{path!r} is no text", "a text", at)
            return None
        text = str(node.value).strip()
        if not text or (not node.style and text in ("null", "~")):
            self._findings.add("P008", f"{path!r} is empty", "a text", at)
            return None
        return text

    def _value(self, node: yaml.Node, path: str, read: Callable[[str], T]) -> T | None:
        text = self._scalar(node, path)
        if text is None:
            return None
        try:
            return read(text)
        except ValueError as error:
            at = _location(self._findings, node.start_mark)
            self._findings.add("P009", f"{path!r}: {error}", at=at)
            return None

    def _items(self, node: yaml.Node, path: str) -> list[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        at = _location(self._findings, node.start_mark)
        self._findings.add("P008", f"{path!r} is no list", "lines such as '- …'", at)
        return []

    def _mapping(self, node: yaml.Node, path: str) -> Fields | None:
        if isinstance(node, yaml.MappingNode):
            return Fields(node, self._findings, path)
        at = _location(self._findings, node.start_mark)
        self._findings.add("P008", f"{path!r} is no mapping", "'key: value' pairs", at)
        return None
