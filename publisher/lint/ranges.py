"""Rules of version ranges that contradict themselves (L323 and L324).

Only versions that are numbers and dots are compared. Of everything else nobody knows
here which of two is the later one, so that nothing is said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from publisher.lint.rule import Problem

if TYPE_CHECKING:
    from publisher.lint.subject import Subject

_MAX = 300
"""Characters of a range that is still read."""
_NUMBER = r"v?[0-9]{1,15}(?:\.[0-9]{1,15}){0,9}"
_VERSION = re.compile(_NUMBER)
_LIMIT = re.compile(rf"(>=|<=|>|<|==|=|)({_NUMBER})")
_BETWEEN = re.compile(
    rf"(?:from\s+)?({_NUMBER})\s+(?:-|to|through|up to)\s+({_NUMBER})"
)
_ALTERNATIVE = re.compile(r"\|\||;|\bor\b")
_NOISE = re.compile(r"\b(?:versions?|ver\.|releases?)|の?バージョン")
_WORDS = (
    (re.compile(rf"(?:before|prior to|earlier than)\s+({_NUMBER})"), r"<\1"),
    (re.compile(rf"(?:up to and including|up to)\s+({_NUMBER})"), r"<=\1"),
    (re.compile(rf"(?:from|since)\s+({_NUMBER})"), r">=\1"),
    (re.compile(rf"({_NUMBER})\s+(?:and|or)\s+(?:earlier|prior|older)"), r"<=\1"),
    (re.compile(rf"({_NUMBER})\s+(?:and|or)\s+(?:later|newer)"), r">=\1"),
    (re.compile(rf"({_NUMBER})\s*(?:より前|未満)"), r"<\1"),
    (re.compile(rf"({_NUMBER})\s*(?:以前|以下|まで)"), r"<=\1"),
    (re.compile(rf"({_NUMBER})\s*(?:以降|以上|から)"), r">=\1 "),
)
"""How ranges are said in words, and what that is in signs."""

Version = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The versions between two, either of which may be open."""

    lowest: Version | None
    has_lowest: bool
    highest: Version | None
    has_highest: bool

    @property
    def is_empty(self) -> bool:
        """Tell whether no version is in it."""
        if self.lowest is None or self.highest is None:
            return False
        order = _order(self.lowest, self.highest)
        return order > 0 or (order == 0 and not (self.has_lowest and self.has_highest))

    def holds(self, version: Version) -> bool:
        """Tell whether `version` is in it."""
        above = 1 if self.lowest is None else _order(version, self.lowest)
        below = -1 if self.highest is None else _order(version, self.highest)
        is_above = above > 0 or (above == 0 and self.has_lowest)
        return is_above and (below < 0 or (below == 0 and self.has_highest))


def empty(subject: Subject) -> Iterator[Problem]:
    """Find ranges in which there is no version."""
    for index, product in enumerate(subject.advisory.affected):
        if any(each.is_empty for each in ranges(product.versions)):
            at = subject.at(f"affected.{index}.versions")
            message = f"there is no version in {product.versions!r}"
            yield Problem(at, message, "the lower end first, such as '>=2.0, <2.4.1'")


def own_fix(subject: Subject) -> Iterator[Problem]:
    """Find ranges that hold the version that is said to mend them."""
    for index, product in enumerate(subject.advisory.affected):
        fixed = _plain(product.fixed or "")
        if not _VERSION.fullmatch(fixed):
            continue
        version = _version(fixed)
        if any(each.holds(version) for each in ranges(product.versions)):
            at = subject.at(f"affected.{index}.versions")
            message = f"{product.versions!r} holds {product.fixed}, which is the fix"
            yield Problem(at, message, f"such as '<{product.fixed}', or another fix")


def ranges(text: str) -> list[Range]:
    """Read a text as ranges of versions; none if any part of it is something else.

    Signs that a comma parts belong together, as in `>=2.0, <2.4.1`; an upper end closes
    a range, so that `<1.5, >=2.0, <2.3` is two of them.
    """
    if len(text) > _MAX:
        return []
    found: list[Range] = []
    # Two ends with a word between them are as good as two limits.
    plain = _BETWEEN.sub(r">=\1 <=\2", _NOISE.sub(" ", _plain(text)))
    for part in _ALTERNATIVE.split(_signs(plain)):
        limits = [_LIMIT.fullmatch(each) for each in re.split(r"[,\s]+", part.strip())]
        known = [(limit[1], _version(limit[2])) for limit in limits if limit]
        if len(known) != len(limits):
            return []
        found += _read(known)
    return found


def _read(limits: list[tuple[str, Version]]) -> Iterator[Range]:
    low: tuple[str, Version] | None = None
    for sign, version in limits:
        if sign in ("", "=", "=="):
            yield Range(version, True, version, True)
        elif sign[0] == ">":
            if low is not None:
                yield Range(low[1], low[0] == ">=", None, False)
            low = (sign, version)
        else:
            lowest = None if low is None else low[1]
            has_lowest = low is not None and low[0] == ">="
            yield Range(lowest, has_lowest, version, sign == "<=")
            low = None
    if low is not None:
        yield Range(low[1], low[0] == ">=", None, False)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    folded = folded.replace("≧", "≥").replace("≦", "≤").replace("、", ",")
    folded = re.sub("[~〜–—]", " - ", folded)
    return folded.replace("≥", ">=").replace("≤", "<=")


def _signs(text: str) -> str:
    for words, sign in _WORDS:
        text = words.sub(sign, text)
    return re.sub(r"([<>=])\s+", r"\1", re.sub(r"\band\b", " ", text))


def _version(text: str) -> Version:
    return tuple(map(int, text.removeprefix("v").split(".")))


def _order(one: Version, other: Version) -> int:
    """Return which of two is later: positive if it is `one`."""
    for first, second in zip_longest(one, other, fillvalue=0):
        if first != second:
            return 1 if first > second else -1
    return 0
