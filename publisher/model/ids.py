"""Identifiers: of advisories, vulnerabilities, weaknesses and languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NewType, Self

Language = NewType("Language", str)
"""A language of the project as a BCP 47 tag, e.g. `ja`, `en` or `pt-BR`."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_ADVISORY_ID = re.compile(r"([A-Z][A-Z0-9]{0,11})-([12][0-9]{3})-([0-9]{4,7})")
_CVE = re.compile(r"CVE-(?:1999|2[0-9]{3})-(?:[0-9]{4}|[1-9][0-9]{4,18})")
_CWE = re.compile(r"CWE-[1-9][0-9]{0,4}")


def language(text: str) -> Language:
    """Return `text` as a language, or raise ValueError."""
    if not _LANGUAGE.fullmatch(text):
        msg = f"{text!r} is no language tag such as 'ja', 'en' or 'pt-BR'"
        raise ValueError(msg)
    return Language(text)


@dataclass(frozen=True, slots=True, order=True)
class AdvisoryId:
    """The id of an advisory: a prefix, the year of its first release, a number."""

    prefix: str
    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return `text` as an id, or raise ValueError.

        The number is written with at least four digits and, beyond four, without
        leading zeros, so that each id has one spelling.
        """
        match = _ADVISORY_ID.fullmatch(text)
        if match is None:
            msg = f"{text!r} is no advisory id such as 'ADV-2026-0007'"
            raise ValueError(msg)
        parsed = cls(match[1], int(match[2]), int(match[3]))
        if str(parsed) != text:
            msg = f"{text!r} is not the one spelling of {str(parsed)!r}"
            raise ValueError(msg)
        return parsed

    def __str__(self) -> str:
        """Write the id in its one spelling."""
        return f"{self.prefix}-{self.year:04d}-{self.number:04d}"


def cve(text: str) -> str:
    """Return `text` if it has the form of a CVE id, or raise ValueError.

    The form is that of the CVE record format: CVE, the year, four digits or more. Five
    and more do not begin with a zero, so that each id has one spelling.
    """
    if not _CVE.fullmatch(text):
        msg = f"{text!r} is no CVE id"
        raise ValueError(msg)
    return text


def cwe(text: str) -> str:
    """Return `text` if it has the form of a CWE id, or raise ValueError."""
    if not _CWE.fullmatch(text):
        msg = f"{text!r} is no CWE id"
        raise ValueError(msg)
    return text
