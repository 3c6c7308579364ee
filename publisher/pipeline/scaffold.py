"""The beginnings of things: an advisory's sources, and its id."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.errors import AuthorError
from publisher.model.ids import AdvisoryId
from publisher.model.moment import UNWRITTEN

if TYPE_CHECKING:
    from publisher.model.advisory import Kind
    from publisher.model.ids import Language

GUARD = "advisories/.last-id"
"""Holds the id that was given last. Two branches that give the same one conflict in
git; and an id whose draft was thrown away is not given again."""
SUMMARIES = {"en": "Initial release", "ja": "初版公開"}
"""What the first entry of a history says."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What an author says of an advisory that is yet to be written."""

    kind: Kind
    titles: Sequence[tuple[Language, str]]
    """A title for each language; the first is that of the original."""
    date: datetime | None
    """When it is to be released; None: that is still to be written."""
    draft: bool = True


def taken(present: Iterable[AdvisoryId], guard: str) -> set[AdvisoryId]:
    """Return the ids that were given: those `present`, and what GUARD holds, if it is.

    What cannot be read there, say after a conflict, is an AuthorError.
    """
    ids = set(present)
    if guard.strip():
        try:
            ids.add(AdvisoryId.parse(guard.strip()))
        except ValueError as error:
            msg = (
                f"{GUARD}: holds no id: if git found a conflict there, two branches "
                "took the same id: give one of the advisories another id, and leave "
                "the highest one in this file"
            )
            raise AuthorError(msg) from error
    return ids


def next_id(taken: Iterable[AdvisoryId], prefix: str, year: int) -> AdvisoryId:
    """Return the id after the highest one of `year`."""
    numbers = [
        each.number for each in taken if (each.prefix, each.year) == (prefix, year)
    ]
    return AdvisoryId(prefix, year, max(numbers, default=0) + 1)


def sources(
    advisory: AdvisoryId, beginning: Beginning, bodies: Sequence[str]
) -> dict[str, str]:
    """Return the sources of a new advisory by file name, each body under its head."""
    (language, title), *others = beginning.titles
    date = UNWRITTEN if beginning.date is None else beginning.date.isoformat()
    head = [
        f"id: {advisory}",
        f"kind: {beginning.kind}",
        f"title: {_quoted(title)}",
        "tlp: CLEAR",
        *(["draft: true"] if beginning.draft else []),
        "history:",
        f"  - {{date: {date}, summary: {_summary(language)}}}",
        *(_extra(beginning.kind) if beginning.draft else []),
    ]
    made = {f"{language}.md": _file(head, bodies[0])}
    for (other, its_title), body in zip(others, bodies[1:], strict=True):
        lines = [
            "translates: 1",
            f"title: {_quoted(its_title)}",
            "summaries:",
            f"  - {_summary(other)}",
        ]
        made[f"{other}.md"] = _file(lines, body)
    return made


def _file(head: Sequence[str], body: str) -> str:
    return "\n".join(["---", *head, "---", "", body.strip("\n"), ""])


def _summary(language: Language) -> str:
    return SUMMARIES.get(language, SUMMARIES["en"])


def _quoted(text: str) -> str:
    # A string of JSON is one of YAML (YAML 1.2.2, section 7.3.1).
    return json.dumps(text, ensure_ascii=False)


def _extra(kind: Kind) -> list[str]:
    """Return commented examples of what the kind usually has."""
    examples = [
        "# references:",
        '#   - {title: Vendor bulletin, url: "https://vendor.example/sb-1"}',
    ]
    if kind in ("alert", "emergency", "advisory"):
        examples = [
            "# vulnerabilities:",
            "#   - cve: CVE-2026-90001",
            '#     cvss: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"',
            "#     cwe: CWE-787",
            "# affected:",
            "#   - vendor: Example",
            "#     product: Example Server",
            '#     versions: ">=2.0, <2.4.1"',
            '#     fixed: "2.4.1"  # or no_fix_planned, fix_planned 2026-12-01',
            *examples,
        ]
    if kind == "translation":
        examples = [
            "source:",
            f"  title: {UNWRITTEN}",
            f"  publisher: {UNWRITTEN}",
            f'  url: "https://{UNWRITTEN}.example/"',
            f"  license: {UNWRITTEN}",
            *examples,
        ]
    return examples
