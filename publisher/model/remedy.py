"""Whether a product has been mended: in which version, not yet, or never.

The words are those of CSAF 2.1 (`/vulnerabilities[]/remediations[]/category`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Category(StrEnum):
    """What its vendor does about a product."""

    VENDOR_FIX = "vendor_fix"
    NONE_AVAILABLE = "none_available"
    NO_FIX_PLANNED = "no_fix_planned"
    FIX_PLANNED = "fix_planned"


_WORDS = (Category.NONE_AVAILABLE, Category.NO_FIX_PLANNED, Category.FIX_PLANNED)
_BETWEEN = re.compile(r"[\s_-]+")
_DAY = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Remedy:
    """What `fixed` says of a product."""

    category: Category
    version: str | None = None
    """In which it is mended; given exactly if the category is `vendor_fix`."""
    due: date | None = None
    """The day on which a planned version is to come, if its vendor named one."""


def parse(text: str) -> Remedy:
    """Return what the text of `fixed` means, or raise ValueError.

    Anything but the three words is a version; what looks like one of them and is not
    spelled like it is refused.
    """
    first, _, rest = text.partition(" ")
    if first == Category.FIX_PLANNED and rest:
        return Remedy(Category.FIX_PLANNED, due=_day(rest.strip()))
    if text in _WORDS:
        return Remedy(Category(text))
    plain = _BETWEEN.sub("", text.casefold())
    for word in _WORDS:
        if plain.startswith(word.replace("_", "")):
            example = str(word)
            if word is Category.FIX_PLANNED:
                example += " 2026-12-01"
            msg = f"{text!r} is no version and not spelled like {example!r}"
            raise ValueError(msg)
    return Remedy(Category.VENDOR_FIX, version=text)


def written(text: str) -> str:
    """Return `text` as it is if it can be the value of `fixed`, or raise ValueError."""
    parse(text)
    return text


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    msg = f"{text!r} is no day such as 2026-12-01, from which a fix is planned"
    raise ValueError(msg)
