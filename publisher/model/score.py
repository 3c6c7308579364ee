"""CVSS scores: a vector, and the base score and severity that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import cvss
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
    """0.0 to 10.0; for v4.0 the score of the metrics that the vector holds."""
    severity: Severity

    @classmethod
    def parse(cls, vector: str) -> Self:
        """Compute score and severity of `vector`, or raise ValueError."""
        try:
            if vector.startswith("CVSS:4.0/"):
                four = cvss.CVSS4(vector)
                return cls._of("4.0", vector, four.base_score, four.severities()[0])
            if vector.startswith(("CVSS:3.0/", "CVSS:3.1/")):
                three = cvss.CVSS3(vector)
                version = vector[5:8]
                return cls._of(version, vector, three.base_score, three.severities()[0])
            if not vector.startswith("CVSS:"):
                two = cvss.CVSS2(vector)
                return cls._of("2.0", vector, two.base_score, two.severities()[0])
        except CVSSError as error:
            msg = f"{vector!r} is no valid CVSS vector: {error}"
            raise ValueError(msg) from error
        msg = f"{vector!r} is of no CVSS version that is known (2.0, 3.0, 3.1, 4.0)"
        raise ValueError(msg)

    @classmethod
    def _of(cls, version: str, vector: str, base: object, severity: str) -> Self:
        return cls(version, vector, float(str(base)), Severity[severity.upper()])
