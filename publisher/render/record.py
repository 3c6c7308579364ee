"""The publication record as the site serves it: what is public of it, and no more."""

from __future__ import annotations

import functools
import hashlib
import json
from collections import defaultdict
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher.model.chain import Planned
from publisher.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INDEX = "record/index.json"


def files(record: Record) -> Iterator[Planned]:
    """Plan a file for each year, and one that names them and the state of the whole.

    Their lines are sorted, so that the same entries make the same bytes.
    """
    years: dict[str, list[str]] = defaultdict(list)
    for digest, entry in record.entries.items():
        years[f"record/{entry.key.id.year:04d}.jsonl"].append(digest)
    parts = {path: record.only(years[path]) for path in sorted(years)}
    for path, part in parts.items():
        yield Planned(PurePosixPath(path), _key(part), functools.partial(_lines, part))
    make = functools.partial(_index, record, parts)
    yield Planned(PurePosixPath(INDEX), _key(record), make)


def _key(record: Record) -> str:
    return hashlib.sha256("".join(sorted(record.entries)).encode()).hexdigest()


def _lines(record: Record) -> bytes:
    return "".join(sorted(f"{e}\n" for e in record.entries.values())).encode()


def _index(record: Record, parts: Mapping[str, Record]) -> bytes:
    listed = [
        {
            "entries": len(part.entries),
            "path": path,
            "sha256": hashlib.sha256(_lines(part)).hexdigest(),
        }
        for path, part in parts.items()
    ]
    index = {"files": listed, "heads": record.heads, "state": record.state}
    return f"{json.dumps(index, indent=1)}\n".encode()
