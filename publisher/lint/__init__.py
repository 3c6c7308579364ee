"""Lint: what parses, and still must not be signed.

Parsing says what cannot be understood; these rules say what would be understood and
be wrong, harmful or not what its author meant. Whatever passes is Checked, which is
all that can be signed. docs/lint.md explains every code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from publisher.lint import acceptance, links, rules
from publisher.lint.body import Body
from publisher.lint.source_text import SourceText
from publisher.lint.subject import Subject
from publisher.model.chain import Checked
from publisher.source import Finding, Level, Location

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import PurePosixPath

    from publisher.lint.asked import Asked
    from publisher.lint.disclosure import Disclosure
    from publisher.lint.naming import Naming
    from publisher.lint.own_templates import OwnTemplates
    from publisher.lint.rule import Rule
    from publisher.lint.subject import Neighbours
    from publisher.model.advisory import Advisory
    from publisher.model.ids import AdvisoryId
    from publisher.model.settings import Settings


def check(
    advisory: Advisory,
    folder: PurePosixPath,
    *,
    settings: Settings,
    now: datetime,
    others: Mapping[AdvisoryId, AdvisoryId | None] | None = None,
    neighbours: Neighbours | None = None,
) -> tuple[Checked | None, tuple[Finding, ...]]:
    """Judge an advisory that was read from `folder`, and return all findings.

    `others` has every id of the project and by which one it is superseded; without
    it, succession is not judged, nor are links to other advisories without
    `neighbours`. There is a Checked unless one finding is an error. What a source
    accepts is among the findings, and is none.
    """
    bodies = tuple(map(Body.read, advisory.texts))
    subject = Subject(advisory, folder, settings, now, others, bodies, neighbours)
    found = [finding for rule in rules.RULES for finding in rule.findings(subject)]
    for text in advisory.texts:
        source = SourceText(text.source.path, text.body, text.body_line)
        found += _of(source, rules.CHARACTERS)
    claims = acceptance.claims(advisory.texts, _sorted(found), rules.CODES)
    found = [
        *acceptance.accepted(found, claims),
        *(
            f
            for each in claims
            for rule in rules.ACCEPTANCE
            for f in rule.findings(each)
        ),
    ]
    findings = _sorted(found)
    if any(finding.level is Level.ERROR for finding in findings):
        return None, findings
    return Checked(advisory, findings), findings


def links_of(
    advisory: Advisory, settings: Settings, now: datetime
) -> Iterator[tuple[Location, str]]:
    """Yield each address that readers of an advisory can follow, and where it is."""
    bodies = tuple(map(Body.read, advisory.texts))
    folder = advisory.original.source.path.parent
    yield from links.addresses_of(
        Subject(advisory, folder, settings, now, None, bodies)
    )


def canonical(path: PurePosixPath, data: bytes) -> tuple[Finding, ...]:
    """Return what keeps the bytes of a source file from being canonical text.

    What stands in a body and is found by `check` too is the same finding.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        at = Location(path, data.count(b"\n", 0, error.start) + 1)
        message = f"byte {data[error.start]:#04x} is not UTF-8"
        # Parsing finds the same, and nobody needs to hear of it twice.
        return (Finding(at, "P001", message, "UTF-8"),)
    return _sorted(_of(SourceText(path, text), rules.CANONICAL))


def project(found: Disclosure) -> tuple[Finding, ...]:
    """Judge what the project has besides advisories; all of it are warnings."""
    return _sorted(each for rule in rules.PROJECT for each in rule.findings(found))


def named(found: Naming) -> tuple[Finding, ...]:
    """Judge the settings that give advisories their names; all of it are warnings."""
    return _sorted(each for rule in rules.NAMING for each in rule.findings(found))


def templates(own: OwnTemplates) -> tuple[Finding, ...]:
    """Judge a project's own templates and words."""
    return _sorted(each for rule in rules.TEMPLATES for each in rule.findings(own))


def linked(asked: Iterable[Asked]) -> tuple[Finding, ...]:
    """Judge what servers said of links; none of it keeps a text from being signed."""
    return _sorted(
        f for one in asked for rule in rules.LINKS for f in rule.findings(one)
    )


def _of(source: SourceText, wanted: Iterable[Rule[SourceText]]) -> list[Finding]:
    return [finding for rule in wanted for finding in rule.findings(source)]


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda finding: (finding.sort_key, str(finding))))
