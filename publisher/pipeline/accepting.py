"""Verify signed texts in batches and join them with their checked sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from publisher.errors import TrustError
from publisher.sign import accept, trust

if TYPE_CHECKING:
    from publisher.model.chain import Signed
    from publisher.model.ids import AdvisoryId
    from publisher.pipeline.checking import Loaded
    from publisher.pipeline.tools import Tools


def read_texts(
    tools: Tools, loaded: Sequence[Loaded]
) -> dict[AdvisoryId, list[accept.ReadText]]:
    """Verify all signed texts of `loaded`; TrustError names those in doubt."""
    found = [
        (key, tools.repository.folder(each.id) / name, data)
        for each in loaded
        for name, data in sorted(each.files.items())
        if (key := accept.key_of(each.id, name)) is not None
    ]
    reports = tools.verifier.reports([data for *_, data in found])
    policy = trust.Policy(
        tools.settings.team.fingerprints, tools.verifier.keys(), tools.now
    )
    texts: dict[AdvisoryId, list[accept.ReadText]] = {}
    doubts = []
    for (key, path, data), report in zip(found, reports, strict=True):
        try:
            payload = trust.decide(data, report, policy)
        except TrustError as error:
            doubts.append(f"{path}: {error}")
            continue
        texts.setdefault(key.id, []).append(accept.read(key, path, data, payload))
    if doubts:
        raise TrustError("\n".join(doubts))
    return texts


def join(
    tools: Tools, loaded: Sequence[Loaded]
) -> list[tuple[Loaded, Signed | accept.Unsigned]]:
    """Return what of `loaded` is signed and what is not yet, or raise TrustError."""
    texts = read_texts(tools, loaded)
    joined: list[tuple[Loaded, Signed | accept.Unsigned]] = []
    doubts = []
    for each in loaded:
        if each.checked is None:
            continue
        try:
            signed = accept.accept(each.checked, texts.get(each.id, []))
        except TrustError as error:
            doubts.append(str(error))
            continue
        joined.append((each, signed))
    if doubts:
        raise TrustError("\n".join(doubts))
    return joined
