"""Parse and lint: from files to Checked advisories and findings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from publisher import lint, parse
from publisher.errors import FindingsError
from publisher.lint.subject import Neighbour
from publisher.model.ids import AdvisoryId
from publisher.sign import accept
from publisher.source import Finding, Level, Location

if TYPE_CHECKING:
    from publisher.model.advisory import Advisory
    from publisher.model.chain import Checked
    from publisher.pipeline.tools import Tools

Snapshot = Mapping[AdvisoryId, Mapping[str, str]]
Succession = Mapping[AdvisoryId, AdvisoryId | None]
"""By which advisory each one is superseded."""
Judge = Callable[["Tools", "Loaded"], "Loaded"]
"""Adds findings to an advisory that passed so far."""
_DRAFT = re.compile(rb"^draft:[ \t]*true\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Loaded:
    """One advisory's folder: its files, and what was made of its sources."""

    id: AdvisoryId
    files: Mapping[str, bytes]
    checked: Checked | None
    findings: tuple[Finding, ...]
    is_draft: bool = False
    """Whether its author says that it is not finished, also if it cannot be read."""


def load(
    tools: Tools,
    wanted: Iterable[AdvisoryId],
    succession: Succession,
    judge: Judge | None = None,
) -> list[Loaded]:
    """Read, parse and lint the advisories of `wanted`; `judge` says more of each."""
    ids = list(wanted)
    loaded = []
    work = partial(_load, tools, succession, judge)
    for number, each in enumerate(tools.workers.map(work, ids), start=1):
        loaded.append(each)
        tools.progress("checked", number, len(ids))
    return loaded


def require(loaded: Sequence[Loaded]) -> None:
    """Raise FindingsError if there is an error, with what is found beside it."""
    wrong = [each for each in loaded if each.checked is None]
    if wrong:
        raise FindingsError([f for each in wrong for f in each.findings if is_news(f)])


def is_news(finding: Finding) -> bool:
    """Tell whether somebody has to look at `finding`: nobody has answered it yet."""
    return finding.level is not Level.ACCEPTED


def says_draft(sources: Iterable[bytes]) -> bool:
    """Tell whether one of `sources` says `draft: true`, also if it cannot be read."""
    return any(map(_DRAFT.search, sources))


def passing(loaded: Sequence[Loaded]) -> list[Loaded]:
    """Return those without an error."""
    return [each for each in loaded if each.checked is not None]


def succession(tools: Tools, snapshot: Snapshot) -> Succession:
    """Return what supersedes what, parsing only what changed since the last call."""
    known = tools.cache.get("succession")
    result: dict[AdvisoryId, AdvisoryId | None] = {}
    fresh: dict[str, str] = {}
    for advisory, files in snapshot.items():
        digest = digest_of(files)
        entry = known.get(str(advisory))
        kept = json.loads(entry) if entry else None
        if kept is None or kept[0] != digest:
            parsed = _parse(tools, advisory, tools.repository.read(advisory))[0]
            successor = parsed.superseded_by if parsed else None
            kept = [digest, str(successor) if successor else None]
            fresh[str(advisory)] = json.dumps(kept)
        result[advisory] = AdvisoryId.parse(kept[1]) if kept[1] else None
    tools.cache.put("succession", fresh)
    return result


def digest_of(files: Mapping[str, str]) -> str:
    """Return one digest of a folder's file digests."""
    return sha256(json.dumps(sorted(files.items())).encode()).hexdigest()


def _load(
    tools: Tools, succession: Succession, judge: Judge | None, advisory: AdvisoryId
) -> Loaded:
    files = tools.repository.read(advisory)
    parsed, findings = _parse(tools, advisory, files)
    if parsed is None:
        is_draft = says_draft(files.values())
        return Loaded(advisory, files, None, findings, is_draft)
    folder = tools.repository.folder(advisory)
    checked, found = lint.check(
        parsed,
        folder,
        settings=tools.settings,
        now=tools.now,
        others=succession,
        neighbours=partial(_neighbour, tools, succession),
    )
    every = tuple(sorted({*findings, *found}, key=lambda finding: finding.sort_key))
    is_refused = any(finding.level is Level.ERROR for finding in findings)
    passed = None if is_refused else checked
    loaded = Loaded(advisory, files, passed, every, parsed.draft)
    return loaded if judge is None else judge(tools, loaded)


def _neighbour(
    tools: Tools, succession: Succession, advisory: AdvisoryId
) -> Neighbour | None:
    """Return an advisory that another one links to."""
    if advisory not in succession:
        return None
    files = tools.repository.read(advisory)
    parsed = _parse(tools, advisory, files)[0]
    signed = [name for name in files if accept.file_name(advisory, name) is not None]
    return Neighbour(parsed, signed) if parsed else None


def _parse(
    tools: Tools, advisory: AdvisoryId, files: Mapping[str, bytes]
) -> tuple[Advisory | None, tuple[Finding, ...]]:
    folder = tools.repository.folder(advisory)
    sources = {name: data for name, data in files.items() if name.endswith(".md")}
    parsed, findings = parse.advisory(folder, sources)
    raw = [
        f for name, data in sources.items() for f in lint.canonical(folder / name, data)
    ]
    strangers = [
        Finding(
            Location(folder / name),
            "P014",
            "the file has no place in an advisory's folder",
            "sources such as 'en.md' and signed texts such as 'r1.en.txt.asc'",
        )
        for name in files
        if name not in sources and accept.file_name(advisory, name) is None
    ]
    return parsed, (*findings, *raw, *strangers)
