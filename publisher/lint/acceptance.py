"""Findings that a source says are right as they are, and rules of saying so (L9xx).

An entry of `accepted` speaks for one finding; the words of `at`, which stand in its
line or message, tell which. So one that is accepted never hides the next. Only rules
that say that they are `waivable` can be answered like this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from publisher.lint import characters
from publisher.lint.rule import Problem
from publisher.lint.subject import place
from publisher.source import Finding, Level

if TYPE_CHECKING:
    from publisher.model.advisory import Acceptance, Text
    from publisher.source import Location

_SHORTEST = 12
"""Columns of a reason: what is shorter tells a reviewer nothing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An entry of `accepted`, and the findings that it speaks for."""

    entry: Acceptance
    at: Location
    is_waivable: bool | None
    """Whether its code can be accepted; None: there is no such code."""
    found: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Tell whether its findings are accepted."""
        is_meant = len(self.found) == 1
        return bool(self.is_waivable) and is_meant and _is_reason(self.entry.reason)


def claims(
    texts: Iterable[Text], findings: Iterable[Finding], codes: Mapping[str, bool]
) -> tuple[Claim, ...]:
    """Return what the sources accept; `codes` says which codes can be."""
    by_place: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        key = (str(finding.location.path), finding.code)
        by_place.setdefault(key, []).append(finding)
    made = []
    for text in texts:
        lines = text.body.split("\n")
        for index, entry in enumerate(text.accepted):
            at = place(text, f"accepted.{index}.finding")
            left = by_place.get((str(text.source.path), entry.finding), [])
            found = [f for f in left if _speaks_of(entry, f, text.body_line, lines)]
            claim = Claim(entry, at, _is_waivable(entry, codes), tuple(found))
            if claim.holds:
                taken = set(found)
                left[:] = [finding for finding in left if finding not in taken]
            made.append(claim)
    return tuple(made)


def accepted(findings: Iterable[Finding], made: Sequence[Claim]) -> Iterator[Finding]:
    """Yield `findings`; those that are accepted say so, and why."""
    reasons = {
        finding: claim.entry.reason
        for claim in made
        if claim.holds
        for finding in claim.found
    }
    for finding in findings:
        reason = reasons.get(finding)
        if reason is None:
            yield finding
        else:
            yield replace(finding, level=Level.ACCEPTED, reason=reason)


def unknown(claim: Claim) -> Iterator[Problem]:
    """Find codes that there are not."""
    if claim.is_waivable is None:
        message = f"there is no finding {claim.entry.finding}"
        yield Problem(claim.at, message, "a code of docs/lint.md")


def firm(claim: Claim) -> Iterator[Problem]:
    """Find codes that nobody can accept."""
    if claim.is_waivable is False:
        message = f"{claim.entry.finding} cannot be accepted"
        yield Problem(claim.at, message, "what it finds to be mended")


def hollow(claim: Claim) -> Iterator[Problem]:
    """Find reasons that tell a reviewer nothing."""
    if not _is_reason(claim.entry.reason):
        message = f"the reason {claim.entry.reason[:40]!r} says too little"
        expected = "a sentence that tells a reviewer why it is right as it is"
        yield Problem(claim.at, message, expected)


def several(claim: Claim) -> Iterator[Problem]:
    """Find entries that would speak for several findings: each one has its own."""
    if len(claim.found) > 1:
        message = f"{claim.entry.finding} is found {len(claim.found)} times here"
        expected = "'at' with words of the line or of the message that is meant"
        yield Problem(claim.at, message, expected)


def idle(claim: Claim) -> Iterator[Problem]:
    """Find entries that speak for nothing."""
    if claim.is_waivable and not claim.found:
        where = f" at {claim.entry.at[:40]!r}" if claim.entry.at is not None else ""
        message = f"{claim.entry.finding} is not found{where}"
        yield Problem(claim.at, message, "no such entry")


def _speaks_of(
    entry: Acceptance, finding: Finding, first_line: int, lines: Sequence[str]
) -> bool:
    if entry.at is None:
        return True
    index = finding.location.line - first_line
    line = lines[index] if 0 <= index < len(lines) else ""
    return entry.at in finding.message or entry.at in line


def _is_waivable(entry: Acceptance, codes: Mapping[str, bool]) -> bool | None:
    # What cannot be read is not there to be accepted.
    return False if entry.finding.startswith("P") else codes.get(entry.finding)


def _is_reason(reason: str) -> bool:
    searches = (
        characters.controls,
        characters.bidirectional,
        characters.invisible,
        characters.nameless,
    )
    is_plain = "\n" not in reason and not any(search(reason) for search in searches)
    letters = "".join(filter(str.isalpha, reason))
    is_said = len(set(letters)) > 3 and characters.columns(reason, "en") >= _SHORTEST
    return is_plain and is_said and "FIXME" not in reason
