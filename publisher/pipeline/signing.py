"""Say what there is to sign, have it signed, and verify each text before it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from publisher.edition import edition
from publisher.errors import GpgError, OperatorError, TrustError
from publisher.model.chain import EditionKey, ToSign
from publisher.model.unsigned import Reason, Unsigned
from publisher.pipeline import accepting, checking, recording
from publisher.push import due
from publisher.record import guard
from publisher.sign import accept, cleartext, fitness, fresh, trust

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from publisher.model.advisory import Advisory, Text
    from publisher.model.chain import Checked
    from publisher.model.ids import AdvisoryId, Language
    from publisher.pipeline.checking import Loaded
    from publisher.pipeline.tools import Tools
    from publisher.ports import Signer
    from publisher.record import Record
    from publisher.sign.accept import Verified

_FRESH = timedelta(hours=1)
"""So much later than it says, a text may be released."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to sign, and what is not signed and why."""

    texts: tuple[ToSign, ...]
    skipped: tuple[Unsigned, ...]
    """What was left alone, most of it since it is signed already."""
    doubts: tuple[Unsigned, ...] = ()
    """What is wrong with advisories that cannot be signed as they are."""


def plan(tools: Tools, loaded: Sequence[Loaded]) -> Plan:
    """Say what `sign` would sign; a signed text in doubt is a TrustError."""
    signed = accepting.read_texts(tools, loaded)
    record = recording.current(tools).public(tools.now)
    found: list[ToSign | Unsigned] = []
    doubts: list[Unsigned] = []
    for each in loaded:
        if each.checked is None:
            continue
        if each.checked.advisory.draft:
            what = f"draft: `publisher ready {each.id}` ends it"
            found.append(Unsigned(Reason.DRAFT, what, each.id))
            continue
        recorded = record.by_advisory.get(each.id, ())
        try:
            guard.first_date(each.checked.advisory, recorded)
        except TrustError as error:
            doubts.append(Unsigned(Reason.REDATED, str(error), each.id))
            continue
        last = {
            text.imprint.key.language: text.imprint.sources[0][1]
            for text in sorted(signed.get(each.id, ()), key=lambda one: one.imprint.key)
        }
        found += _editions(tools, each, each.checked, record.state, last)
    return replace(_plan(found), doubts=tuple(doubts))


def plan_again(
    tools: Tools, loaded: Sequence[Loaded], keys: Sequence[str], *, named: bool
) -> Plan:
    """Say which signed texts would be signed once more, by `keys`.

    If the advisories were `named`, each of their texts that one of `keys` has not
    signed; else each text without a signature that counts.
    """
    files, _ = accepting.look(tools, loaded)
    record = recording.current(tools)
    found: list[ToSign | Unsigned] = []
    for group in files.values():
        signed_by = {s.fingerprint for file in group for s in file.signatures}
        wanted = not set(keys) <= signed_by if named else not signed_by
        if wanted:
            found.append(_again(group, record))
        else:
            found.append(_signed_already(group[0].name.key))
    return _plan(found)


@dataclass(frozen=True, slots=True)
class Kept:
    """A signed file that says what was to be signed, by a key that may sign."""

    to_sign: ToSign
    data: bytes
    signers: tuple[str, ...]
    """The fingerprints of the keys that signed."""

    @property
    def path(self) -> PurePosixPath:
        """Where it is kept, relative to the project's root."""
        return self.to_sign.path


def check(tools: Tools, to_sign: ToSign, data: bytes, now: datetime) -> Kept:
    """Verify what was made of `to_sign`, or raise TrustError.

    It is good only if it verifies against the pinned keys, says exactly what was to be
    signed, and was signed by keys that may sign something new, who say nothing else in
    their signatures.
    """
    report = tools.verifier.reports([data])[0]
    whose = accepting.policy(tools, now)
    try:
        payload = trust.decide(data, report, whose)
        fresh.require(data)
    except TrustError as error:
        more = accepting.unknown_subkey(report)
        msg = f"{to_sign.title}: the signature does not count: {error}{more}"
        raise TrustError(msg) from error
    if payload.text != to_sign.text:
        msg = (
            f"{to_sign.title}: another text was signed than was to be signed; "
            "it is not kept"
        )
        raise GpgError(msg)
    _require_later(to_sign, payload)
    signers = tuple(signature.fingerprint for signature in payload.signatures)
    for fingerprint in signers:
        fitness.require(whose.keys[fingerprint], tools.settings.team, now)
    return Kept(to_sign, data, signers)


def _require_later(to_sign: ToSign, payload: trust.SignedPayload) -> None:
    """Raise TrustError for a signature that is dated before the one that stands."""
    made = payload.signature.time
    if to_sign.after is not None and made < to_sign.after:
        msg = (
            f"{to_sign.title}: the signature is dated {made.isoformat()}, before the "
            f"one that stands, of {to_sign.after.isoformat()}: set the clock of the "
            "machine that signs, and sign again"
        )
        raise TrustError(msg)


def keep(
    tools: Tools, kept: Iterable[Kept], clock: Callable[[], datetime]
) -> Iterator[Kept]:
    """Write signed files to their places, record them, and yield each when it is there.

    A signed file of an advisory is never overwritten.
    """
    advisories: set[AdvisoryId] = set()
    try:
        for each in kept:
            repository = tools.repository
            write = repository.replace if each.to_sign.replaces else repository.add
            write(each.path, each.data)
            if each.to_sign.key is not None:
                advisories.add(each.to_sign.key.id)
            yield each
    finally:
        later = replace(tools, now=clock())
        succession = checking.succession(later, later.repository.snapshot())
        recording.complete(later, checking.load(later, sorted(advisories), succession))


def sign(
    tools: Tools,
    texts: Sequence[ToSign],
    signer: Signer,
    clock: Callable[[], datetime],
) -> Iterator[Kept]:
    """Sign and keep each text, and yield it when it was written.

    A key that may sign nothing new is an OperatorError, before gpg is asked, and so
    is a text that could not be read back.
    """
    require_signable(texts)
    keys = tools.verifier.keys()
    for fingerprint in signer.fingerprints:
        fitness.require(keys[fingerprint], tools.settings.team, clock())
    signed = (
        check(tools, each, signer.sign(each.text), clock())
        for each in _reported(tools, texts)
    )
    yield from keep(tools, signed, clock)


def require_signable(texts: Iterable[ToSign]) -> None:
    """Raise OperatorError for a text that no signature would cover as it is.

    Lint has seen to that for advisories; settings are the operator's own.
    """
    for each in texts:
        try:
            cleartext.check_canonical(each.text)
        except ValueError as error:
            msg = f"{each.title} cannot be signed: {error}: look at publisher.toml"
            raise OperatorError(msg) from error


def _reported(tools: Tools, texts: Sequence[ToSign]) -> Iterator[ToSign]:
    for number, each in enumerate(texts):
        tools.progress("signed", number, len(texts))
        yield each


def _signed_already(key: EditionKey) -> Unsigned:
    return Unsigned.of(key, Reason.SIGNED, "signed already")


def _plan(found: Iterable[ToSign | Unsigned]) -> Plan:
    texts: list[ToSign] = []
    skipped: list[Unsigned] = []
    for each in found:
        if isinstance(each, ToSign):
            texts.append(each)
        else:
            skipped.append(each)
    return Plan(tuple(texts), tuple(skipped))


def _last(loaded: Loaded, text: Text) -> int:
    """Return the newest revision that is signed in a text's language; 0: none is."""
    names = (accept.file_name(loaded.id, name) for name in loaded.files)
    return max(
        (n.key.revision for n in names if n and n.key.language == text.language),
        default=0,
    )


def _stale(tools: Tools, loaded: Loaded, advisory: Advisory) -> str:
    """Say since when the newest revision is released, if it says so and is not.

    Of one that is signed in any language, that is settled.
    """
    newest = advisory.revision
    names = [accept.file_name(loaded.id, name) for name in loaded.files]
    is_settled = any(n and n.key.revision == newest.number for n in names)
    if is_settled or tools.now - newest.date <= _FRESH:
        return ""
    zone = tools.settings.team.timezone
    return newest.date.astimezone(zone).isoformat(timespec="minutes")


def _editions(
    tools: Tools,
    loaded: Loaded,
    checked: Checked,
    state: str,
    last: Mapping[Language, str],
) -> Iterator[ToSign | Unsigned]:
    """Yield the texts to sign; `last` has the digests of what was signed last."""
    advisory = checked.advisory
    folder = tools.repository.folder(advisory.id)
    for text in advisory.texts:
        key = EditionKey(advisory.id, text.revision, text.language)
        if key.filename in loaded.files:
            yield _signed_already(key)
        elif advisory.is_behind(text):
            newest = advisory.revision.number
            what = f"the original is at revision {newest}: translate that one"
            yield Unsigned.of(key, Reason.BEHIND, what, original=newest)
        else:
            made = edition(checked, text, tools.presentation, state)
            yield ToSign(
                folder / key.filename,
                made.text,
                str(key),
                key,
                since=last.get(text.language, ""),
                unannounced=due.unannounced(
                    advisory, text, _last(loaded, text), tools.settings
                ),
                stale=_stale(tools, loaded, advisory),
            )


def _again(group: Sequence[Verified], record: Record) -> ToSign | Unsigned:
    """Return one more signature on a text, if it is known to be the team's."""
    first = group[0]
    key = first.name.key
    recorded = {e.filename: e.sha256 for e in record.by_advisory.get(key.id, ())}
    if not any(file.signatures or file.begins for file in group):
        # Whoever has a revoked key can sign anything, and what was to hold for a time
        # may have been withdrawn since: only what was published is the team's.
        known = recorded.get(first.path.name)
        if known != first.sha256:
            mend = "take it away" if known is None else "restore it from git"
            what = (
                "its key was revoked, or its signature has ended, and the publication "
                "record does not have it as it is, so nothing tells it from a "
                f"forgery: {mend}"
            )
            return Unsigned.of(key, Reason.UNPROVEN, what, path=str(first.path))
    number = max(file.name.signature for file in group) + 1
    path = first.path.with_name(key.signed_name(number))
    times = [each.time for file in group for each in file.signatures]
    newest = max(times, default=None)
    title = f"{key}, signature {number}"
    return ToSign(path, first.text, title, key, after=newest)
