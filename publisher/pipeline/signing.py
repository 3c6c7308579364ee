"""Make text editions, have them signed, and verify each before it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.edition import edition
from publisher.errors import GpgError, TrustError
from publisher.model.chain import EditionKey
from publisher.pipeline import accepting
from publisher.sign import trust

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from publisher.model.chain import Checked, Edition
    from publisher.pipeline.checking import Loaded
    from publisher.pipeline.tools import Tools
    from publisher.ports import Signer

SIGNED_ALREADY = "signed already"
"""Why most of the archive is left alone."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to sign, and what is not signed and why."""

    editions: tuple[Edition, ...]
    skipped: tuple[tuple[str, str], ...]
    """What was left alone, and the reason."""


def plan(tools: Tools, loaded: Sequence[Loaded]) -> Plan:
    """Say what `sign` would sign; a signed text in doubt is a TrustError."""
    editions: list[Edition] = []
    skipped: list[tuple[str, str]] = []
    for each in loaded:
        if each.checked is None:
            continue
        if each.checked.advisory.draft:
            skipped.append(
                (str(each.id), "draft: take `draft: true` away to release it")
            )
            continue
        for found in _editions(tools, each, each.checked):
            if isinstance(found, tuple):
                skipped.append(found)
            else:
                editions.append(found)
    accepting.read_texts(tools, loaded)
    return Plan(tuple(editions), tuple(skipped))


def sign(
    tools: Tools,
    editions: Iterable[Edition],
    signer: Signer,
    clock: Callable[[], datetime],
) -> Iterable[PurePosixPath]:
    """Sign each edition and yield where it was written.

    What gpg made is read back first: a file is kept only if it verifies against the
    pinned keys and says exactly what was to be signed.
    """
    for each in editions:
        data = signer.sign(each.text)
        report = tools.verifier.reports([data])[0]
        policy = trust.Policy(
            tools.settings.team.fingerprints, tools.verifier.keys(), clock()
        )
        try:
            payload = trust.decide(data, report, policy)
        except TrustError as error:
            msg = f"{each.key}: what gpg signed does not count: {error}"
            raise TrustError(msg) from error
        if payload.text != each.text:
            msg = (
                f"{each.key}: gpg signed another text than it was given; it is not kept"
            )
            raise GpgError(msg)
        yield tools.repository.add(each.key.id, each.key.filename, data)


def _editions(
    tools: Tools, loaded: Loaded, checked: Checked
) -> Iterable[Edition | tuple[str, str]]:
    advisory = checked.advisory
    for text in advisory.texts:
        key = EditionKey(advisory.id, text.revision, text.language)
        if key.filename in loaded.files:
            yield (str(key), SIGNED_ALREADY)
        elif advisory.is_behind(text):
            newest = advisory.revision.number
            yield (
                str(key),
                f"the original is at revision {newest}: translate that one",
            )
        else:
            yield edition(checked, text, tools.presentation)
