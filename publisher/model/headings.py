"""Headings under which a text says what to do, as Japanese and English ones are named.

Both languages are known whatever the text is in; those of other languages come from
their catalogues.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

ENGLISH = frozenset(
    (
        "what to do", "what to do now", "what to do first", "what you should do",
        "what should you do", "solution", "solutions", "fix", "fixes", "remediation",
        "remediations", "remediation steps", "workaround", "workarounds",
        "temporary workaround", "temporary workarounds", "mitigation", "mitigations",
        "mitigation measures", "temporary mitigation", "temporary mitigations",
        "interim mitigation", "interim mitigations", "recommendation",
        "recommendations", "recommended action", "recommended actions",
        "recommended measures", "recommended mitigations", "recommended solution",
        "required action", "required actions", "action required", "actions required",
        "immediate action", "immediate actions", "actions to take",
        "actions to take now", "countermeasure", "countermeasures", "response",
        "resolution", "how to check for compromise", "how to check for a compromise",
        "checking for compromise", "how to detect compromise", "detecting compromise",
        "detection of compromise", "how to check for signs of compromise",
        "how to check whether you are affected",
    )
)  # fmt: skip
JAPANESE = frozenset(
    (
        "いま行うこと", "今行うこと", "いますぐ行うこと", "今すぐ行うこと",
        "まず行うこと", "最初に行うこと", "いますべきこと", "今すべきこと",
        "まずすべきこと", "行うこと", "対策", "対策方法", "対策案", "推奨対策",
        "推奨される対策", "恒久対策", "根本対策", "暫定対策", "応急対策", "対応",
        "対応方法", "対応策", "推奨される対応", "推奨対応", "暫定対応", "必要な対応",
        "緊急対応", "初動対応", "対処", "対処方法", "対処法", "対処策",
        "推奨される対処", "暫定対処", "応急処置", "応急措置", "暫定措置", "解決策",
        "解決方法", "修正方法", "推奨事項", "推奨策", "軽減策", "軽減方法",
        "影響の軽減策", "緩和策", "緩和方法", "影響の緩和策", "回避策", "回避方法",
        "暫定回避策", "暫定的な回避策", "ワークアラウンド", "侵害の確認方法",
        "侵害の有無の確認方法", "侵害有無の確認方法", "侵害の確認", "侵害の有無の確認",
        "侵害の調査方法", "侵害調査", "侵害調査方法", "侵害検知方法", "侵害の検知方法",
        "被害の確認方法", "被害の有無の確認方法", "被害有無の確認方法",
        "悪用の確認方法",
    )
)  # fmt: skip
_KNOWN = ENGLISH | JAPANESE

# As they are after NFKC, which makes ３．, Ⅲ and ③ the same as 3., III and 3.
_NUMBER = re.compile(
    r"(?:第? ?[0-9]{1,3}(?:[.-][0-9]{1,3}){0,4} ?[章節項]?"
    r"|第 ?[一二三四五六七八九十]{1,3} ?[章節項]?"
    r"|[一二三四五六七八九十](?=[).:、 ])"
    r"|[ivx]{1,5}(?=[).:、 ])"
    r"|[a-z](?=[).:、]))"
    r"[\W_]*"
)
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_PARTS = re.compile(r" ?[/・、,&+] ?|および|及び|または|又は|ならびに|と| and | or ")
_BLANKS = re.compile(r"\s+")
MAX_LENGTH = 200
"""A longer heading is none of those."""


def folded(heading: str) -> str:
    """Return a heading without its number, marks, width and case."""
    text = unicodedata.normalize("NFKC", heading[:MAX_LENGTH]).casefold()
    text = _AROUND.sub("", _BLANKS.sub(" ", text))
    number = _NUMBER.match(text)
    rest = text[number.end() :] if number else text
    return rest or text


def says_what_to_do(heading: str, more: Collection[str] = ()) -> bool:
    """Tell whether a section of that name says what to do.

    One of several names is enough: 軽減策・回避策. `more` are names in further
    languages, folded.
    """
    if len(heading) > MAX_LENGTH:
        return False
    whole = folded(heading)
    names = (whole, *map(str.strip, _PARTS.split(whole)))
    return any(name in _KNOWN or name in more for name in names)
