"""What of each advisory the public has, while somebody works on its next revision.

A revision that is committed and not signed yet, a draft, a translation in the making
or one whose date is ahead must not stop an emergency of somebody else. So a release
sees each folder as it was signed last: the sources by the digests that the signed
texts name, out of git if need be. Nothing is believed by that: whether those texts
count is decided as ever. A source that changed without any new revision stays a doubt.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from publisher import parse
from publisher.errors import OperatorError, TrustError
from publisher.imprint import imprint
from publisher.model.advisory import Tlp
from publisher.model.state import HeldBack, Standing, State
from publisher.pipeline import checking
from publisher.sign import accept, cleartext

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import PurePosixPath

    from publisher.model.advisory import Advisory
    from publisher.model.chain import EditionKey, Signed
    from publisher.model.ids import AdvisoryId, Language
    from publisher.pipeline.checking import Snapshot
    from publisher.pipeline.tools import Tools
    from publisher.ports import Repository

_SOURCE = ".md"
_CALLED_BACK = (State.DRAFT, State.RESTRICTED, State.EMBARGOED)


@dataclass(frozen=True, slots=True)
class InForce:
    """A project as the public has it, and what of it is held back."""

    tools: Tools
    snapshot: Snapshot
    held: Mapping[AdvisoryId, HeldBack]


@dataclass(frozen=True, slots=True)
class _Signed:
    """The newest signed text of a language."""

    key: EditionKey
    source: str
    """The SHA-256 of the source that it covers."""


def view(tools: Tools) -> InForce:
    """Return the project with each advisory as it was signed last.

    What was never signed is seen as it is.
    """
    snapshot = dict(tools.repository.snapshot())
    covered = _Covered(tools)
    held: dict[AdvisoryId, HeldBack] = {}
    changed: dict[AdvisoryId, Mapping[str, str]] = {}
    for advisory, files in snapshot.items():
        public = _signed_files(advisory, files)
        wanted = {name: files[name] for name in public.names}
        signed = {}
        for language, (key, name) in public.newest.items():
            digest = covered.by(advisory, name, files[name])
            if digest is not None:
                signed[language] = _Signed(key, digest)
                wanted[f"{language}{_SOURCE}"] = digest
        if not signed or wanted == files:
            continue
        found = _held(tools, advisory, files, signed)
        if found is not None:
            held[advisory], changed[advisory] = found, wanted
    covered.keep()
    if not changed:
        return InForce(tools, snapshot, held)
    snapshot |= changed
    repository = _AsSigned(tools.repository, snapshot, changed)
    return InForce(replace(tools, repository=repository), snapshot, held)


def parted(public: InForce) -> tuple[InForce, dict[AdvisoryId, str]]:
    """Part what can be looked at from what cannot be served on, and say why.

    That is so if nothing here has the sources that were signed.
    """
    lost: dict[AdvisoryId, str] = {}
    for advisory in public.held:
        try:
            public.tools.repository.read(advisory)
        except OperatorError as error:
            lost[advisory] = str(error)
    if not lost:
        return public, lost
    snapshot = {i: files for i, files in public.snapshot.items() if i not in lost}
    repository = _AsSigned(public.tools.repository, snapshot, {})
    tools = replace(public.tools, repository=repository)
    return InForce(tools, snapshot, public.held), lost


@dataclass(frozen=True, slots=True)
class _Files:
    """The signed files of an advisory."""

    names: tuple[str, ...]
    newest: Mapping[Language, tuple[EditionKey, str]]
    """The newest text of each language, and the name of its first file."""


def _signed_files(advisory: AdvisoryId, files: Mapping[str, str]) -> _Files:
    names: list[str] = []
    newest: dict[Language, tuple[EditionKey, str]] = {}
    for name in files:
        found = accept.file_name(advisory, name)
        if found is None:
            continue
        names.append(name)
        language = found.key.language
        is_newer = language not in newest or newest[language][0] < found.key
        if found.signature == 1 and is_newer:
            newest[language] = (found.key, name)
    return _Files(tuple(names), newest)


class _Covered:
    """Which source each signed text covers, remembered by the digest of its file."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._known = tools.cache.get("covered")
        self._fresh: dict[str, str] = {}

    def by(self, advisory: AdvisoryId, name: str, digest: str) -> str | None:
        """Return the SHA-256 of the source; None if the file is no text of ours."""
        entry = self._known.get(digest)
        if entry is None:
            data = self._tools.repository.read(advisory)[name]
            entry = self._fresh[digest] = json.dumps(_covers(data))
        found = json.loads(entry)
        return found if isinstance(found, str) else None

    def keep(self) -> None:
        self._tools.cache.put("covered", self._fresh)


def _covers(data: bytes) -> str | None:
    try:
        return imprint(cleartext.payload(data)).sources[0][1]
    except ValueError:
        # Whoever verifies it says what is wrong with it.
        return None


def _held(
    tools: Tools,
    advisory: AdvisoryId,
    files: Mapping[str, str],
    signed: Mapping[Language, _Signed],
) -> HeldBack | None:
    """Say what is held back; None if it is no work in progress but a doubt."""
    serving = max(each.key.revision for each in signed.values())
    folder = tools.repository.folder(advisory)
    data = tools.repository.read(advisory)
    sources = {name: data[name] for name in files if name.endswith(_SOURCE)}
    read, _ = parse.advisory(folder, sources)
    if read is None:
        is_draft = checking.says_draft(sources.values())
        state = State.DRAFT if is_draft else State.FAULTY
        return HeldBack(Standing(state), None, serving)
    reasons = list(_reasons(read, files, signed, tools.now))
    if None in reasons:
        return None
    found = next((each for each in reasons if each), Standing(State.FAULTY))
    standing = read.withheld(tools.now) or found
    return HeldBack(standing, read.revision.number, serving)


def _reasons(
    advisory: Advisory,
    files: Mapping[str, str],
    signed: Mapping[Language, _Signed],
    now: datetime,
) -> Iterator[Standing | None]:
    """Yield why each source differs from what is signed; None: it must not."""
    last_signed = max(each.key.revision for each in signed.values())
    is_newer = last_signed < advisory.revision.number
    gone = [each for each in signed if advisory.text(each) is None]
    lacks_original = advisory.original.language not in signed
    # Who says that it must not be out yet need not say of which revision.
    is_kept = advisory.draft or advisory.tlp is not Tlp.CLEAR
    if (gone or lacks_original) and not (is_newer or is_kept):
        yield None
    for text in advisory.texts:
        last = signed.get(text.language)
        if last is None:
            yield Standing(State.UNSIGNED)
        elif files[f"{text.language}{_SOURCE}"] != last.source:
            if is_kept:
                yield advisory.withheld(now)
            elif text.revision <= last.key.revision:
                yield None
            elif (date := advisory.history[text.revision - 1].date) > now:
                yield Standing.embargoed(date)
            else:
                yield Standing(State.UNSIGNED)


def require_released(signed: Signed, held: HeldBack | None) -> None:
    """Raise TrustError if what waited under embargo was called back meanwhile.

    What was signed ahead of its date becomes public by itself. If its source says since
    then that it is not to be, and no newer revision says that it is out, nobody can
    tell whether anybody has seen it: what is out by mistake stays out.
    """
    if held is None or held.serving > 1 or held.standing.state not in _CALLED_BACK:
        return
    is_update = held.standing.state is State.DRAFT and (held.revision or 0) > 1
    first = signed.advisory.first_published
    made = [file.signatures for text in signed.current for file in text.files]
    is_early = any(one.time < first for each in made for one in each)
    if is_early and not is_update:
        source = signed.advisory.original.source.path
        msg = (
            f"{source}: was signed ahead of its date, {first.isoformat()}, and is "
            f"{held.standing} since: if nobody is to see it, take back (`git revert`) "
            "its signed texts together with their lines in record/; if it is out, "
            "undo that change, or add a revision to the history"
        )
        raise TrustError(msg)


@dataclass(frozen=True, slots=True)
class _AsSigned:
    """A work tree in which some folders are as they were signed."""

    _tree: Repository
    _snapshot: Snapshot
    _changed: Mapping[AdvisoryId, Mapping[str, str]]
    _found: dict[str, bytes] = field(default_factory=dict)
    """What was found in git, by its SHA-256."""

    def folder(self, advisory: AdvisoryId) -> PurePosixPath:
        return self._tree.folder(advisory)

    def snapshot(self) -> Snapshot:
        return self._snapshot

    def read(self, advisory: AdvisoryId) -> Mapping[str, bytes]:
        there = self._tree.read(advisory)
        wanted = self._changed.get(advisory)
        if wanted is None:
            return there
        now = {name: sha256(data).hexdigest() for name, data in there.items()}
        return {
            name: there[name]
            if now.get(name) == digest
            else self.committed(self.folder(advisory) / name, digest)
            for name, digest in wanted.items()
        }

    def committed(self, path: PurePosixPath, digest: str) -> bytes:
        # An advisory is read by several stages, and git takes its time.
        if digest not in self._found:
            self._found[digest] = self._tree.committed(path, digest)
        return self._found[digest]

    def add(self, path: PurePosixPath, data: bytes) -> None:
        self._tree.add(path, data)

    def replace(self, path: PurePosixPath, data: bytes) -> None:
        self._tree.replace(path, data)

    def find(self, path: PurePosixPath) -> bytes | None:
        return self._tree.find(path)

    def record(self) -> Mapping[str, bytes]:
        return self._tree.record()
