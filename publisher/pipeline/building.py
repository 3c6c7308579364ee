"""Build the site: the work of what changed, and nothing for what did not.

An advisory is done again if any of its files, the keys, the settings, the
templates or this program changed, or if what it wrote is not in place any more.
Everything is checked and verified before the first file is written.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from publisher.errors import AuthorError, TrustError
from publisher.model.chain import Signed
from publisher.model.ids import AdvisoryId
from publisher.model.state import HeldBack, Standing, State
from publisher.model.summary import Summary
from publisher.pipeline import (
    accepting,
    checking,
    housekeeping,
    in_force,
    memory,
    planning,
    recording,
    terms,
)
from publisher.record import guard
from publisher.render import pages, redirects, search_terms
from publisher.sign import accept

if TYPE_CHECKING:
    from publisher.model.chain import Artifact
    from publisher.pipeline.checking import Loaded, Snapshot, Succession
    from publisher.pipeline.tools import Tools
    from publisher.record import Record
    from publisher.source import Finding


@dataclass(frozen=True, slots=True)
class Built:
    """What a build left in the site, and what it left out."""

    summaries: tuple[Summary, ...]
    withheld: tuple[tuple[AdvisoryId, Standing], ...]
    """Advisories that are not on the site, and why."""
    held: tuple[tuple[AdvisoryId, HeldBack], ...]
    """Work on advisories that are on the site, and stay there as they were signed."""
    warnings: tuple[Finding, ...]
    """Of the project; those of an advisory are told before it is signed."""
    files: int
    written: tuple[PurePosixPath, ...]
    removed: tuple[PurePosixPath, ...]


@dataclass(frozen=True, slots=True)
class _Unit:
    """One advisory's part of the site."""

    key: str
    outputs: Mapping[str, str]
    """The SHA-256 of each file that it wrote."""
    summary: Summary
    not_before: datetime
    """The earliest moment as of which the checks hold."""
    not_after: datetime | None
    """The moment as of which they hold no more: a signature ends; None: no end."""

    def to_json(self) -> str:
        return json.dumps(
            [
                self.key,
                self.outputs,
                self.summary.to_json(),
                self.not_before.isoformat(),
                self.not_after.isoformat() if self.not_after else None,
            ]
        )

    @classmethod
    def from_json(cls, text: str) -> _Unit:
        key, outputs, summary, begin, end = json.loads(text)
        return cls(
            key,
            outputs,
            Summary.from_json(summary),
            datetime.fromisoformat(begin),
            datetime.fromisoformat(end) if end else None,
        )


def build(tools: Tools) -> Built:
    """Bring the site up to date, or raise and leave it as it was."""
    every = recording.current(tools)
    record = every.public(tools.now)
    guard.unchanged(record, tools.repository.snapshot())
    public = in_force.view(tools)
    tools, snapshot = public.tools, public.snapshot
    succession = checking.succession(tools, snapshot)
    keys = _unit_keys(tools, snapshot, succession, record)
    with memory.growing():
        entries = tools.cache.get("unit").items()
        known = {name: _Unit.from_json(entry) for name, entry in entries}
    kept = {
        advisory: known[str(advisory)]
        for advisory in snapshot
        if str(advisory) in known
        and _in_place(tools, known[str(advisory)], keys[advisory])
    }
    changed = checking.load(tools, (i for i in snapshot if i not in kept), succession)
    # One that was never signed cannot be published anyway; a colleague's unfinished
    # draft must not stand in the way of an emergency.
    unsigned, begun = _parted(changed)
    checking.require(begun)
    withheld = [(each.id, _withheld(tools, each)) for each in unsigned]
    publishable: list[Signed] = []
    for loaded, signed in accepting.join(tools, begun, record):
        reason = _withheld(tools, loaded)
        if isinstance(signed, Signed) and reason.state is State.UNSIGNED:
            in_force.require_released(signed, public.held.get(loaded.id))
            publishable.append(signed)
        else:
            withheld.append((loaded.id, reason))
    # What was built here on another branch is no matter of this one.
    built_here = {str(each) for each in every.by_advisory} & known.keys()
    _guard({*built_here, *map(str, record.by_advisory)}, withheld, snapshot)
    there = {signed.advisory.id for signed in publishable} | set(kept)
    _require_successors(publishable, there)
    redirects.require(tools.redirects, there)
    written, made = _write_units(tools, publishable, succession, keys)
    units = {**kept, **made}
    summaries = tuple(units[advisory].summary for advisory in sorted(units))
    outputs = {path for unit in units.values() for path in unit.outputs}
    disclosure = housekeeping.served(tools)
    with memory.growing():
        planned = list(planning.planned(tools, summaries, record, disclosure.data))
        planned += planning.moved(tools, outputs, planned)
    written += planning.write(tools, planned)
    removed = tools.site.prune(outputs | {str(each.path) for each in planned})
    tools.site.flush()
    return Built(
        summaries=summaries,
        withheld=tuple(sorted(withheld, key=lambda each: each[0])),
        held=tuple(sorted(public.held.items())),
        warnings=disclosure.warnings,
        files=len(outputs) + len(planned),
        written=tuple(written),
        removed=tuple(removed),
    )


def _unit_keys(
    tools: Tools, snapshot: Snapshot, succession: Succession, record: Record
) -> dict[AdvisoryId, str]:
    common = [tools.presentation.digest, tools.verifier.digest]
    supersedes = _reversed(succession)
    recorded: dict[AdvisoryId, list[str]] = defaultdict(list)
    for digest, entry in record.entries.items():
        recorded[entry.key.id].append(digest)
    keys = {}
    for advisory, files in snapshot.items():
        before = [str(each) for each in supersedes.get(advisory, ())]
        after = succession.get(advisory)
        parts = [*common, checking.digest_of(files), before, str(after in snapshot)]
        parts.append(sorted(recorded[advisory]))
        keys[advisory] = sha256(json.dumps(parts).encode()).hexdigest()
    return keys


def _reversed(succession: Succession) -> dict[AdvisoryId, tuple[AdvisoryId, ...]]:
    reverse: dict[AdvisoryId, tuple[AdvisoryId, ...]] = {}
    for old, new in sorted(succession.items()):
        if new is not None:
            reverse[new] = (*reverse.get(new, ()), old)
    return reverse


def _in_place(tools: Tools, unit: _Unit, key: str) -> bool:
    return (
        unit.key == key
        and unit.not_before <= tools.now
        and (unit.not_after is None or tools.now < unit.not_after)
        and tools.site.intact(unit.outputs)
    )


def _parted(loaded: Sequence[Loaded]) -> tuple[list[Loaded], list[Loaded]]:
    """Part advisories without any signed text from those with one."""
    begun = [
        each
        for each in loaded
        if any(accept.file_name(each.id, name) is not None for name in each.files)
    ]
    ids = {each.id for each in begun}
    return [each for each in loaded if each.id not in ids], begun


def _withheld(tools: Tools, loaded: Loaded) -> Standing:
    """Say why an advisory is not published, as long as it is not signed."""
    if loaded.checked is None:
        return Standing(State.FAULTY)
    reason = loaded.checked.advisory.withheld(tools.now)
    return reason or Standing(State.UNSIGNED)


def _guard(
    known: Iterable[str],
    withheld: Iterable[tuple[AdvisoryId, Standing]],
    snapshot: Snapshot,
) -> None:
    """Refuse to take down what was published here before."""
    reasons = {str(advisory): reason for advisory, reason in withheld}
    present = {str(advisory) for advisory in snapshot}
    for name in sorted(known):
        if name in reasons:
            msg = (
                f"{name} was published and would vanish now: it is {reasons[name]}; "
                "withdraw or supersede it instead, and build for an earlier moment "
                "in another clone"
            )
            raise TrustError(msg)
        if name not in present:
            msg = (
                f"{name} was published and its folder is gone: restore it from git; an "
                "advisory is withdrawn, never removed"
            )
            raise TrustError(msg)


def _require_successors(publishable: Sequence[Signed], public: Set[AdvisoryId]) -> None:
    """Refuse to name an advisory that is not public: the name alone says too much."""
    for signed in publishable:
        successor = signed.advisory.superseded_by
        if successor is not None and successor not in public:
            source = signed.advisory.original.source.path
            msg = (
                f"{source}: is superseded by {successor}, which is not published: "
                "publish both at once"
            )
            raise AuthorError(msg)


def _write_units(
    tools: Tools,
    publishable: Sequence[Signed],
    succession: Succession,
    keys: Mapping[AdvisoryId, str],
) -> tuple[list[PurePosixPath], dict[AdvisoryId, _Unit]]:
    supersedes = _reversed(succession)
    written: list[PurePosixPath] = []
    made: dict[AdvisoryId, _Unit] = {}

    found = terms.Terms(tools.cache)

    def render(signed: Signed) -> tuple[Sequence[Artifact], Summary, dict[str, str]]:
        before = supersedes.get(signed.advisory.id, ())
        artifacts = pages.advisory(signed, before, tools.presentation)
        return artifacts, pages.summary(signed), search_terms.of(signed)

    rendered = tools.workers.map(render, publishable)
    for signed, (artifacts, summary, words) in zip(publishable, rendered, strict=True):
        advisory = signed.advisory.id
        outputs = {}
        for artifact in artifacts:
            if tools.site.write(artifact.path, artifact.data):
                written.append(artifact.path)
            outputs[str(artifact.path)] = sha256(artifact.data).hexdigest()
        begin, end = _holds(signed)
        made[advisory] = _Unit(keys[advisory], outputs, summary, begin, end)
        found.keep(words)
        tools.progress("rendered", len(made), len(publishable))
    found.flush()
    tools.cache.put("unit", {str(i): unit.to_json() for i, unit in made.items()})
    return written, made


def _holds(signed: Signed) -> tuple[datetime, datetime | None]:
    """Return from when and until when the checks of an advisory hold.

    The first signature to end, or to begin, is the end, though another one may stand
    beside it: then everything is looked at anew, and holds on.
    """
    texts = (*signed.current, *signed.earlier)
    files = [file for text in texts for file in text.files]
    signatures = [signature for file in files for signature in file.signatures]
    begin = max([signed.advisory.last_updated, *(each.time for each in signatures)])
    ends = [each.end for each in signatures if each.end is not None]
    ends += [file.begins for file in files if file.begins is not None]
    return begin, min(ends, default=None)
