"""What keeps an advisory from being published (L6xx)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher.lint.rule import Problem
from publisher.model.advisory import Tlp

if TYPE_CHECKING:
    from publisher.lint.subject import Subject


def label(subject: Subject) -> Iterator[Problem]:
    """Find advisories whose label forbids to publish them."""
    if subject.advisory.tlp is not Tlp.CLEAR:
        message = f"TLP:{subject.advisory.tlp} will never be published"
        yield Problem(subject.at("tlp"), message, "CLEAR")


def draft(subject: Subject) -> Iterator[Problem]:
    """Find drafts."""
    if subject.advisory.draft:
        message = "a draft is not published"
        yield Problem(subject.at("draft"), message, "no 'draft' when it is done")
