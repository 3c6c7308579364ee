"""Verify signed texts in batches and join them with their checked sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from publisher.errors import SetAsideError, TrustError
from publisher.model.chain import Signed
from publisher.record import guard
from publisher.sign import accept, cleartext, renewal, trust

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.model.chain import EditionKey
    from publisher.model.ids import AdvisoryId
    from publisher.pipeline.checking import Loaded
    from publisher.pipeline.tools import Tools
    from publisher.ports import SignatureReport
    from publisher.record import Record

Files = dict["EditionKey", list[accept.Verified]]
"""The signed files of each text."""


def policy(tools: Tools, now: datetime | None = None) -> trust.Policy:
    """Return whose signatures count, as of now."""
    pinned = tools.settings.team.pinned
    return trust.Policy(pinned, tools.verifier.keys(), now or tools.now)


def look(tools: Tools, loaded: Sequence[Loaded]) -> tuple[Files, dict[str, str]]:
    """Verify all signed files of `loaded`, or raise TrustError for those in doubt.

    Files whose signatures were set aside (of keys that were revoked since, or over by
    now) are among them, without a signature that counts; the second value says why,
    by their paths.
    """
    found = [
        (file, tools.repository.folder(each.id) / name, data)
        for each in loaded
        for name, data in sorted(each.files.items())
        if (file := accept.file_name(each.id, name)) is not None
    ]
    reports = tools.verifier.reports([data for *_, data in found])
    whose = policy(tools)
    files: Files = defaultdict(list)
    aside: dict[str, str] = {}
    doubts = []
    for (name, path, data), report in zip(found, reports, strict=True):
        try:
            payload = trust.decide(data, report, whose)
            text, signatures = payload.text, payload.signatures
        except SetAsideError as error:
            aside[str(path)] = str(error)
            text, signatures = cleartext.payload(data), ()
        except TrustError as error:
            doubts.append(f"{path}: {error}{unknown_subkey(report)}")
            continue
        files[name.key].append(accept.Verified(name, path, data, text, signatures))
    if doubts:
        raise TrustError("\n".join(doubts))
    return files, aside


def unknown_subkey(report: SignatureReport) -> str:
    """Say what to do if an unknown key that signed is a new subkey of the team's."""
    part = trust.stranger(report)
    if not part:
        return ""
    export = renewal.export(part)
    return f": if {part} is a new subkey of one, bring it with `{export}` and commit"


def read_texts(
    tools: Tools, loaded: Sequence[Loaded]
) -> dict[AdvisoryId, list[accept.ReadText]]:
    """Verify all signed texts of `loaded`; TrustError names those in doubt."""
    files, aside = look(tools, loaded)
    doubts = [
        f"{file.path}: {aside[str(file.path)]}"
        for group in files.values()
        if not any(each.signatures for each in group)
        for file in group
    ]
    if doubts:
        raise TrustError("\n".join(doubts))
    return _by_advisory(files)


def read_standing(
    tools: Tools, loaded: Sequence[Loaded]
) -> dict[AdvisoryId, list[accept.ReadText]]:
    """Verify signed texts as `read_texts`, but leave out those that were set aside."""
    files, _ = look(tools, loaded)
    standing = {
        key: group
        for key, group in files.items()
        if any(each.signatures for each in group)
    }
    return _by_advisory(standing)


def _by_advisory(files: Files) -> dict[AdvisoryId, list[accept.ReadText]]:
    texts: dict[AdvisoryId, list[accept.ReadText]] = {}
    for key, group in files.items():
        texts.setdefault(key.id, []).append(accept.read(group))
    return texts


def join(
    tools: Tools, loaded: Sequence[Loaded], record: Record
) -> list[tuple[Loaded, Signed | accept.Unsigned]]:
    """Return what of `loaded` is signed and what is not yet, or raise TrustError.

    Of what may be published, each text has to be in the publication record.
    """
    texts = read_texts(tools, loaded)
    joined: list[tuple[Loaded, Signed | accept.Unsigned]] = []
    doubts = []
    for each in loaded:
        if each.checked is None:
            continue
        try:
            signed = accept.accept(each.checked, texts.get(each.id, []))
            if isinstance(signed, Signed) and not signed.advisory.withheld(tools.now):
                signed = guard.published(signed, record.by_advisory.get(each.id, ()))
        except TrustError as error:
            doubts.append(str(error))
            continue
        joined.append((each, signed))
    if doubts:
        raise TrustError("\n".join(doubts))
    return joined
