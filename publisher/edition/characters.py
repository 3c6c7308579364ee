"""Characters of plain text: how wide they are, and where lines may break at them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from publisher import markup
from publisher.columns import NARROW

if TYPE_CHECKING:
    from publisher.columns import Measure

# Closing brackets, hyphens, dividing punctuation, middle dots, full stops, commas,
# iteration marks, prolonged sound marks, small kana, and signs that follow their
# number: classes 02 to 07, 09 to 11 and 13 of JLREQ, section 3.9.
NO_START = frozenset(
    """
    ’”）〕］｝〉》」』】｠〙〗»〟
    ‐〜～゠–！？‼⁇⁈⁉・：；。．、，／
    ヽヾゝゞ々〻ーぁぃぅぇぉァィゥェォっゃゅょゎゕゖッャュョヮヵヶ
    ㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ｡｣､･ｧｨｩｪｫｬｭｮｯｰﾞﾟ
    …‥°′″℃￠％‰
    """  # noqa: RUF001 (full-width on purpose: these are what the rules are about)
) - {"\n", " "}
"""What no line begins with."""
NO_END = frozenset(
    "‘“（〔［｛〈《「『【｟〘〖«〝｢￥＄￡＃№"  # noqa: RUF001 (as above)
)
"""What no line ends with: opening brackets and signs that precede a number."""

_CLOSING = frozenset(")]},.:;!?%")
_OPENING = frozenset("([{")
_PAIRED = frozenset("—―…‥")
_COUNTERS = frozenset("年月日時分秒週件個版台名人回点円本章項番頁歳倍割度行桁種社組か")
_UNIT = re.compile(
    r"(?:%|[KMGT]?i?B|bits?|bytes?|[kMG]?bps|[kMG]?Hz|ms|s|min|h|JST|UTC|January|February"
    r"|March|April|May|June|July|August|September|October|November|December)[.,;:)]*"
)


def width(text: str, measure: Measure = NARROW) -> int:
    """Return the columns that `text` takes to readers who measure so."""
    return measure.width(text)


def edge(text: str) -> str:
    """Return the last character of `text` that is seen."""
    return next((c for c in reversed(text) if _is_seen(c)), text[-1])


def continues(before: str, character: str) -> bool:
    """Tell whether `character` and the end of `before` are seen as one (UAX #29)."""
    if not _is_seen(character) or before.endswith("\N{ZERO WIDTH JOINER}"):
        return True
    if _is_flag(character):
        return len(before) == 1 and _is_flag(before)
    return "\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}" <= character <= "\U0001f3ff"


def is_japanese(character: str) -> bool:
    """Tell whether lines break beside `character`, rather than at blanks only."""
    return markup.is_wide(character) or "｡" <= character <= "ﾟ"


def is_bound(before: str, after: str) -> bool:
    """Tell whether no line ends with `before`, or none begins with `after`."""
    return before in NO_END or after in NO_START or before == after in _PAIRED


def is_bracketed(before: str, after: str) -> bool:
    """Tell the same of the punctuation of ASCII, with no blank in between."""
    return before in _OPENING or after in _CLOSING


def is_counted(before: str, after: str) -> bool:
    """Tell whether the two are a number with what it counts, as in 第2版 or 3件."""
    return before == "第" or (before.isdecimal() and after in _COUNTERS)


def is_unit(word: str) -> bool:
    """Tell whether `word` should stand on one line with the number before it."""
    return _UNIT.fullmatch(word) is not None


def _is_seen(character: str) -> bool:
    return NARROW.columns(character) > 0


def _is_flag(character: str) -> bool:
    return "\N{REGIONAL INDICATOR SYMBOL LETTER A}" <= character <= "\U0001f1ff"
