"""Linting of the sample advisory with one change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath

from publisher import lint
from publisher.model.advisory import Advisory
from publisher.model.ids import AdvisoryId
from publisher.source import Finding
from tests import builders

NOW = datetime(2026, 12, 1, tzinfo=UTC)
BODY_LINE = 21
"""The line of the sample's English source on which a test's body begins."""


def check(
    advisory: Advisory,
    folder: PurePosixPath = builders.FOLDER,
    *,
    now: datetime = NOW,
    others: Mapping[AdvisoryId, AdvisoryId | None] | None = None,
) -> tuple[Finding, ...]:
    """Return what lint finds in `advisory`."""
    settings = builders.settings()
    checked, found = lint.check(
        advisory, folder, settings=settings, now=now, others=others
    )
    has_error = any(finding.level == "error" for finding in found)
    assert (checked is None) == has_error
    assert checked is None or checked.warnings == found
    return found


def changed(*changes: tuple[str, str]) -> tuple[Finding, ...]:
    """Return what lint finds in the sample with `changes` made in both languages."""
    return check(builders.advisory(*changes))


def original(*changes: tuple[str, str]) -> tuple[Finding, ...]:
    """Return what lint finds in the sample without its translation."""
    return check(builders.advisory(*changes, japanese=None))


def body(text: str) -> tuple[Finding, ...]:
    """Return what lint finds if the sample has `text` as its only body."""
    return check(with_body(text))


def with_body(text: str) -> Advisory:
    """Return the sample with `text` as its only body.

    It is no alert, which would have to say what to do (L416).
    """
    head = builders.ENGLISH.partition("---\n\n")[0]
    head = head.replace("kind: alert", "kind: advisory")
    return builders.advisory(english=f"{head}---\n\n{text}", japanese=None)


def codes(found: tuple[Finding, ...]) -> list[str]:
    """Return the codes of findings, in their order."""
    return [finding.code for finding in found]


def places(found: tuple[Finding, ...]) -> list[tuple[str, int, int]]:
    """Return code, line and column of findings; lines count from the body's first."""
    return [(f.code, f.location.line - BODY_LINE + 1, f.location.column) for f in found]
