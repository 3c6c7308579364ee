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
from publisher.model import ranges as model_ranges
from publisher.model.ranges import Operator

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
    (re.compile(rf"({_NUMBER})\s*(?:および|と)それ(?:以前|より前)"), r"<=\1"),
    (re.compile(rf"through\s+({_NUMBER})"), r"<=\1"),
    (re.compile(rf"({_NUMBER})\s*(?:より前|未満)"), r"<\1"),
    (re.compile(rf"({_NUMBER})\s*(?:以前|以下|まで)"), r"<=\1"),
    (re.compile(rf"({_NUMBER})\s*(?:以降|以上|から)"), r">=\1 "),
)
"""How ranges are said in words, and what that is in signs."""

_ALL = frozenset(("*", "all", "all versions", "すべてのバージョン", "全バージョン"))

_LATER = re.compile(r"\s*(?:(?:or|and) (?:later|newer|above)|以降|以上)$")

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
        is_empty = any(each.is_empty for each in ranges(product.versions))
        if is_empty or _excludes_itself(product.versions):
            at = subject.at(f"affected.{index}.versions")
            message = f"there is no version in {product.versions!r}"
            yield Problem(
                at, message, "such as '>=2.0, <2.4.1', or '||' between ranges"
            )


def own_fix(subject: Subject) -> Iterator[Problem]:
    """Find ranges that hold the version that is said to mend them."""
    for index, product in enumerate(subject.advisory.affected):
        remedy = product.remedy
        fixed = _LATER.sub("", _plain(remedy.version or "" if remedy else ""))
        if fixed and _holds(_plain(product.versions), fixed):
            at = subject.at(f"affected.{index}.versions")
            message = f"{product.versions!r} holds {product.fixed}, which is the fix"
            yield Problem(at, message, f"such as '<{product.fixed}', or another fix")


def _excludes_itself(versions: str) -> bool:
    """Tell whether a range ends before the version that it begins with.

    That holds of versions that nobody can compare here, too.
    """
    for alternative in model_ranges.parse(versions) or ():
        ends = {each.operator: each.version for each in alternative.comparators}
        first, last = ends.get(Operator.FROM), ends.get(Operator.BEFORE)
        if first is not None and first == last:
            return True
    return False


def _holds(versions: str, fixed: str) -> bool:
    if versions in _ALL or versions in (f"<={fixed}", f"<= {fixed}", f"={fixed}"):
        return True
    if not _VERSION.fullmatch(fixed):
        return False
    return any(each.holds(_version(fixed)) for each in ranges(versions))


def ranges(text: str) -> list[Range]:
    """Read a text as ranges of versions; none if any part of it is something else.

    All that a comma parts holds together, as in `>=2.0, <2.4.1`; `||` parts what does
    not, as the words for readers have it (`publisher.model.ranges`).
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
        if any(sign for sign, _ in known):
            found.append(_read(known))
        else:
            # Versions that are only named are as many alternatives.
            found += (Range(each, True, each, True) for _, each in known)
    return found


def _read(limits: list[tuple[str, Version]]) -> Range:
    """Return the versions for which all of the limits hold."""
    low: tuple[Version, bool] | None = None
    high: tuple[Version, bool] | None = None
    for sign, version in limits:
        has_end = sign in ("", "=", "==", ">=", "<=")
        if sign[:1] != "<":
            low = max(low or (version, has_end), (version, has_end), key=_as_low)
        if sign[:1] != ">":
            high = min(high or (version, has_end), (version, has_end), key=_as_high)
    return Range(
        low[0] if low else None, bool(low and low[1]),
        high[0] if high else None, bool(high and high[1]),
    )  # fmt: skip


def _as_low(end: tuple[Version, bool]) -> tuple[Version, bool]:
    return _trimmed(end[0]), not end[1]


def _as_high(end: tuple[Version, bool]) -> tuple[Version, bool]:
    return _trimmed(end[0]), end[1]


def _trimmed(version: Version) -> Version:
    """Return a version without zeros at its end, which make no difference."""
    while version and not version[-1]:
        version = version[:-1]
    return version


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
