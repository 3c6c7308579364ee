"""CVSS scores: a vector, and the score and severity that follow from it.

The score is that of the whole vector, in every version alike: an author who writes
`E:P` means that to count, and whoever computes the vector anew gets the same number. A
score that is more than the base score is named so.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Self

import cvss
from cvss import constants2, constants3, constants4
from cvss.exceptions import CVSSError


class Severity(IntEnum):
    """The qualitative rating of a score (CVSS v4.0, section 6), least first."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def slug(self) -> str:
        """Return the name as it stands in addresses and style sheets."""
        return self.name.lower()


class Part(StrEnum):
    """The last group of metrics that a score takes into account."""

    BASE = "base"
    TEMPORAL = "temporal"
    """Of versions 2 and 3."""
    THREAT = "threat"
    """Of version 4, where it stands for the temporal one."""
    ENVIRONMENTAL = "environmental"


_UNDEFINED = frozenset(("X", "ND"))
_BASE = frozenset(constants4.METRICS_MANDATORY)
_ORDER = tuple(constants4.METRICS_ABBREVIATIONS)
"""Of version 4, as its section 7 gives it."""
_THREAT = frozenset(("E", "RL", "RC"))
_SUPPLEMENTAL = frozenset(("S", "AU", "R", "V", "RE", "U"))
"""What version 4 can say beside the score."""


@dataclass(frozen=True, slots=True)
class Score:
    """One CVSS vector with what it amounts to.

    The severity of a v2 vector is the one that the NVD gives it: low, medium or
    high, since v2 itself knows no ratings.
    """

    version: str
    """`2.0`, `3.0`, `3.1` or `4.0`."""
    vector: str
    base: float
    """0.0 to 10.0, of the base metrics alone."""
    value: float
    """0.0 to 10.0, of all metrics that the vector defines; this one is shown."""
    severity: Severity
    """Of `value`."""
    part: Part

    @property
    def name(self) -> str:
        """Return what the score is called (CVSS v4.0, section 1.3), with its version.

        Version 4 names the groups of metrics that are in it, as in `CVSS-BT v4.0`.
        """
        if self.version != "4.0":
            return f"CVSS v{self.version}"
        defined = _defined(self.vector).keys() - _BASE - _SUPPLEMENTAL
        threat = "T" if "E" in defined else ""
        environment = "E" if defined - _THREAT else ""
        return f"CVSS-B{threat}{environment} v4.0"

    @classmethod
    def parse(cls, vector: str) -> Self:
        """Compute score and severity of `vector`, or raise ValueError."""
        try:
            if vector.startswith("CVSS:4.0/"):
                return cls._four(vector)
            if vector.startswith(("CVSS:3.0/", "CVSS:3.1/")):
                three = cvss.CVSS3(vector)
                return cls._older(vector[5:8], vector, three, _THREE)
            if not vector.startswith("CVSS:"):
                return cls._older("2.0", vector, cvss.CVSS2(vector), _TWO)
        except CVSSError as error:
            msg = f"{vector!r} is no valid CVSS vector: {error}"
            raise ValueError(msg) from error
        msg = f"{vector!r} is of no CVSS version that is known (2.0, 3.0, 3.1, 4.0)"
        raise ValueError(msg)

    @classmethod
    def _four(cls, vector: str) -> Self:
        whole = cvss.CVSS4(vector)
        prefix, *metrics = vector.split("/")
        ordered = sorted(metrics, key=lambda each: _ORDER.index(_metric(each)))
        if metrics != ordered:
            right = "/".join((prefix, *ordered))
            msg = f"the metrics of CVSS 4.0 have one order (expected {right})"
            raise ValueError(msg)
        base = cvss.CVSS4("/".join((prefix, *metrics[: len(_BASE)])))
        part = _part(vector, _BASE | _SUPPLEMENTAL, Part.THREAT)
        score, severity = float(whole.base_score), whole.severities()[0]
        rating = Severity[severity.upper()]
        return cls("4.0", vector, float(base.base_score), score, rating, part)

    @classmethod
    def _older(
        cls, version: str, vector: str, scores: cvss.CVSS2 | cvss.CVSS3, base: Set[str]
    ) -> Self:
        part = _part(vector, base, Part.TEMPORAL)
        index = _INDEXES[part]
        score = float(str(scores.scores()[index]))
        rating = Severity[scores.severities()[index].upper()]
        return cls(version, vector, float(str(scores.scores()[0])), score, rating, part)


_TWO = frozenset(constants2.METRICS_MANDATORY)
_THREE = frozenset(constants3.METRICS_MANDATORY)
_INDEXES: Mapping[Part, int] = {Part.BASE: 0, Part.TEMPORAL: 1, Part.ENVIRONMENTAL: 2}
"""Where the library gives the score of a part."""


def _part(vector: str, base: Set[str], threat: Part) -> Part:
    defined = _defined(vector).keys() - base
    if defined - _THREAT:
        return Part.ENVIRONMENTAL
    return threat if defined else Part.BASE


def _defined(vector: str) -> dict[str, str]:
    """Return the values of the metrics that a vector defines."""
    pairs = (pair.partition(":") for pair in vector.split("/"))
    return {
        metric: value
        for metric, _, value in pairs
        if metric != "CVSS" and value not in _UNDEFINED
    }


def _metric(pair: str) -> str:
    return pair.partition(":")[0]
