"""Findings that a source says are right as they are, read from its front matter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from publisher.model.advisory import Acceptance

if TYPE_CHECKING:
    from publisher.parse.frontmatter import Fields

_MOST = 100
"""Whoever accepts more than this does not look at what is found."""
_CODE = re.compile(r"[LP][0-9]{3}")


def accepted(fields: Fields) -> tuple[Acceptance, ...]:
    """Read `accepted`; each file of an advisory has its own."""
    found = []
    for entry in fields.mappings("accepted"):
        finding = entry.value("finding", _code)
        reason = entry.text("reason")
        at = entry.text("at", required=False)
        entry.close()
        if finding is not None and reason is not None:
            found.append(Acceptance(finding, reason, at))
    if len(found) > _MOST:
        fields.refuse("accepted", f"{len(found)} entries", f"at most {_MOST}")
    return tuple(found)


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        msg = f"{text!r} is no code of a finding such as 'L309'"
        raise ValueError(msg)
    return text
