"""All entries together: whether they hang together, and what is newest of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from publisher.errors import RecordError
from publisher.record.entry import Entry

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.model.ids import AdvisoryId

_SHOWN = 100
"""Doubts that are told; who has more of them has another file there."""


def state(heads: Iterable[str]) -> str:
    """Return the SHA-256 that stands for the record whose newest entries are these."""
    lines = "".join(f"{digest}\n" for digest in sorted(heads))
    return sha256(lines.encode()).hexdigest()


@dataclass(frozen=True)
class Record:
    """Entries by their digests. Each one's predecessors are among them."""

    entries: Mapping[str, Entry]

    @classmethod
    def parse(cls, files: Mapping[str, bytes]) -> Record:
        """Return the record that lies in `files`, or raise RecordError with all doubts.

        The same line twice, as a merge of two branches may leave it, counts once.
        """
        entries: dict[str, Entry] = {}
        doubts: list[str] = []
        places: dict[str, str] = {}
        for name, data in sorted(files.items()):
            for number, line in enumerate(_lines(name, data, doubts), start=1):
                place = f"{name}:{number}"
                try:
                    entry = Entry.parse(line)
                except ValueError as error:
                    doubts.append(f"{place}: {error}{_advice(line)}")
                    continue
                digest = sha256(line.encode()).hexdigest()
                entries[digest] = entry
                places.setdefault(digest, place)
                if f"{entry.key.id.year:04d}" not in name:
                    doubts.append(f"{place}: {entry.key.id} belongs to another year")
        doubts += _twice(entries, places)
        doubts += _loose(entries, places)
        if doubts:
            more = len(doubts) - _SHOWN
            rest = [f"… and {more} doubts more"] if more > 0 else []
            raise RecordError("\n".join([*doubts[:_SHOWN], *rest]))
        return cls(entries)

    def public(self, now: datetime) -> Record:
        """Return the part of the record that may be known at `now`."""
        return self.only(d for d, entry in self.entries.items() if entry.date <= now)

    def only(self, digests: Iterable[str]) -> Record:
        """Return some of the entries."""
        return Record({digest: self.entries[digest] for digest in digests})

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """Return the digests of the entries that no other one names, sorted."""
        named = {digest for entry in self.entries.values() for digest in entry.after}
        return tuple(sorted(self.entries.keys() - named))

    @property
    def state(self) -> str:
        """Return the SHA-256 that stands for the whole of it."""
        return state(self.heads)

    @cached_property
    def states(self) -> Mapping[str, tuple[str, ...]]:
        """Return the newest entries of each state that is known of, by its digest."""
        known = {state(e.after): e.after for e in self.entries.values()}
        return {**known, self.state: self.heads, state(()): ()}

    @cached_property
    def by_advisory(self) -> Mapping[AdvisoryId, tuple[Entry, ...]]:
        """Return the entries of each advisory, by revision, language and signature."""
        found: dict[AdvisoryId, list[Entry]] = {}
        for entry in self.entries.values():
            found.setdefault(entry.key.id, []).append(entry)
        return {
            advisory: tuple(sorted(entries, key=lambda e: (e.key, e.signature)))
            for advisory, entries in sorted(found.items())
        }


def _lines(name: str, data: bytes, doubts: list[str]) -> list[str]:
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        doubts.append(f"{name}:{line}: holds something else than ASCII")
        return []
    if text and not text.endswith("\n"):
        number = text.count("\n") + 1
        doubts.append(
            f"{name}:{number}: the last line is cut off: if it ends in '}}', only a "
            "line end is missing"
        )
    return text.split("\n")[:-1]


def _advice(line: str) -> str:
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>")):
        return (
            ": a merge left it; keep the lines of both sides and take the marks away "
            "(`record/*.jsonl merge=union` in .gitattributes does it for you)"
        )
    if line.endswith("\r"):
        return ": an editor wrote CR LF at its end; lines end in LF here"
    if not line.strip():
        return ": take the empty line away"
    if "}{" in line:
        return ": two entries stand in one line; put each on a line of its own"
    return ""


def _twice(entries: Mapping[str, Entry], places: Mapping[str, str]) -> list[str]:
    """Name signed files of which there are two entries."""
    seen: dict[tuple[object, int], str] = {}
    doubts = []
    for digest, entry in entries.items():
        other = seen.setdefault((entry.key, entry.signature), digest)
        if other != digest:
            doubts.append(
                f"{places[digest]}: {entry.key.id}/{entry.filename} is recorded "
                f"otherwise in {places[other]}: two signatures were made of one text; "
                "keep the entry whose SHA-256 is the file's"
            )
    return doubts


def _loose(entries: Mapping[str, Entry], places: Mapping[str, str]) -> list[str]:
    """Name entries whose predecessors are missing."""
    return [
        f"{places[digest]}: the entry before it, {before}, is missing: an entry was "
        "changed or taken away; restore the file from git"
        for digest, entry in entries.items()
        for before in entry.after
        if before not in entries
    ]
