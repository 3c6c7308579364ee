"""The publication record as a site serves it: read, and every doubt about it named."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from publisher.errors import TrustError, WebError
from publisher.record import Entry, Record

if TYPE_CHECKING:
    from publisher.ports import Crawler

INDEX = "record/index.json"
_FILE = re.compile(r"record/[12][0-9]{3}\.jsonl")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class YearFile:
    """A file of the record, as the index names it."""

    path: str
    sha256: str
    entries: int


@dataclass(frozen=True, slots=True)
class Index:
    """What `record/index.json` says."""

    state: str
    heads: tuple[str, ...]
    files: tuple[YearFile, ...]

    @classmethod
    def parse(cls, data: bytes) -> Index:
        """Return the index that `data` is, or raise ValueError."""
        try:
            return cls._read(json.loads(data))
        except (KeyError, TypeError, RecursionError, ValueError) as error:
            msg = "is no index of a publication record"
            raise ValueError(msg) from error

    @classmethod
    def _read(cls, data: Any) -> Index:
        heads = tuple(data["heads"])
        files = tuple(
            YearFile(each["path"], each["sha256"], each["entries"])
            for each in data["files"]
        )
        digests = [data["state"], *heads, *(file.sha256 for file in files)]
        if not all(map(_DIGEST.fullmatch, digests)):
            raise ValueError
        if not all(_FILE.fullmatch(file.path) for file in files):
            raise ValueError
        return cls(data["state"], heads, files)


@dataclass(slots=True)
class Doubts:
    """What is wrong with a site, and what could not be asked."""

    wrong: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """What the network or the server kept from being checked."""

    def unanswered(self, what: str, error: WebError) -> None:
        """Take that the site did not answer: there is nothing, or it failed."""
        if error.missing:
            self.wrong.append(f"{what} is missing: {error}")
        else:
            self.failed.append(f"{what} was not checked: {error}")


def record(web: Crawler, site: str, doubts: Doubts) -> Record:
    """Return the entries that the site serves.

    What does not hang together is told to `doubts`; what can be read of it is
    returned all the same.
    """
    try:
        index = Index.parse(web.fetch(f"{site}/{INDEX}"))
    except WebError as error:
        doubts.unanswered("the publication record", error)
        return Record({})
    except ValueError as error:
        doubts.wrong.append(f"{site}/{INDEX}: {error}")
        return Record({})
    files = _files(web, site, index, doubts)
    found = _parsed(files, site, doubts)
    if (found.state, found.heads) != (index.state, tuple(sorted(index.heads))):
        doubts.wrong.append(
            f"{site}/{INDEX}: says that the state of the record is {index.state}, and "
            f"that of its entries is {found.state}"
        )
    return found


def _files(web: Crawler, site: str, index: Index, doubts: Doubts) -> dict[str, bytes]:
    found = {}
    urls = [f"{site}/{file.path}" for file in index.files]
    for file, url, answer in zip(index.files, urls, web.fetch_all(urls), strict=True):
        if isinstance(answer, WebError):
            doubts.unanswered(f"a part of the publication record, {file.path},", answer)
            continue
        found[file.path] = answer
        if sha256(answer).hexdigest() != file.sha256:
            doubts.wrong.append(f"{url}: its SHA-256 is not the one in {INDEX}")
        if (number := answer.count(b"\n")) != file.entries:
            doubts.wrong.append(
                f"{url}: has {number} entries, and {file.entries} in {INDEX}"
            )
    return found


def _parsed(files: dict[str, bytes], site: str, doubts: Doubts) -> Record:
    try:
        return Record.parse(files)
    except TrustError as error:
        doubts.wrong += [f"{site}/{line}" for line in str(error).split("\n")]
    entries = {}
    for line in b"\n".join(files.values()).decode("ascii", "replace").split("\n"):
        try:
            entry = Entry.parse(line)
        except ValueError:
            continue
        entries[entry.digest] = entry
    return Record(entries)
