"""Headings that say what to do are known by their usual names."""

from __future__ import annotations

import time

import pytest

from publisher.model import headings


@pytest.mark.parametrize(
    "heading",
    [
        "III. 対策",
        "Ⅲ．対策",
        "３．対策",
        "3. 対策",
        "3)対策",
        "（3）対策",
        "(3) 対策",
        "第3 対策",
        "第３章　対策",
        "第三 対策",
        "三、対策",
        "3-1. 対策",
        "2.1 回避策",
        "③ 回避策",
        "■ 対策",
        "【対策】",
        "対策方法",
        "対応方法",
        "軽減策",
        "回避策",
        "暫定対策",
        "緩和策",
        "いま行うこと",
        "今すぐ行うこと",
        "侵害の確認方法",
        "IV. 軽減策 / 回避策",
        "対策および回避策",
        "影響と対策",
        "Mitigation",
        "Mitigations",
        "MITIGATIONS",
        "III. Solution",
        "Solutions",
        "3) Workaround",
        "a. Workarounds",
        "Recommendations",
        "Recommended actions",
        "Remediation",
        "What to do now",
        "What to do now?",
        "How to check for compromise",
        "Mitigations and workarounds",
    ],
)
def test_usual_headings(heading: str) -> None:
    assert headings.says_what_to_do(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "",
        "III.",
        "概要",
        "I. 概要",
        "対象",
        "影響",
        "V. 関連情報",
        "対策状況の調査結果",
        "Overview",
        "Impact",
        "Affected products",
        "Solution providers",
        "Resolutionary",
        "3",
        "対策" + "。" * headings.MAX_LENGTH,
    ],
)
def test_other_headings(heading: str) -> None:
    assert not headings.says_what_to_do(heading)


def test_further_languages_bring_their_own() -> None:
    more = {headings.folded("Lösung")}

    assert headings.says_what_to_do("2. LÖSUNG", more)
    assert not headings.says_what_to_do("2. Lösung")


@pytest.mark.parametrize(
    "piece",
    ["1.", "(", "第", "・", " - ", "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"],
)
def test_long_headings_take_no_time(piece: str) -> None:
    text = (piece * headings.MAX_LENGTH)[: headings.MAX_LENGTH]
    start = time.thread_time()

    headings.says_what_to_do(text)

    assert time.thread_time() - start < 5
