from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

from publisher.adapters.templates import PACKAGED
from publisher.model.ids import language
from publisher.model.score import Score
from publisher.words import COMPARATORS, NO_FIX, Words
from tests import builders

MOMENT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "21 November 2026 00:30 JST"),
        ("ja", "2026年11月21日 00:30 JST"),
        ("de", "21. November 2026 00:30 JST"),
        ("pt-BR", "21 de novembro de 2026 00:30 JST"),
    ],
)
def test_dates_are_written_as_the_language_writes_them(tag: str, expected: str) -> None:
    assert Words(language(tag)).moment(MOMENT, TOKYO) == expected


def test_a_message_without_a_translation_stays_english() -> None:
    words = Words(language("ja"), {"Hello {name}": "{name} さん"})

    assert words("Hello {name}", name="Hanako") == "Hanako さん"
    assert words("Unknown {thing}", thing="x") == "Unknown x"
    assert words("100 %") == "100 %"


@pytest.mark.parametrize(
    ("metrics", "english", "japanese"),
    [
        ("", "Critical (CVSS v3.1 score 9.8)", "緊急（CVSS v3.1 スコア 9.8）"),
        (
            "/E:P",
            "Critical (CVSS v3.1 temporal score 9.3)",
            "緊急（CVSS v3.1 現状評価 スコア 9.3）",
        ),
        (
            "/MAV:L",
            "High (CVSS v3.1 environmental score 8.4)",
            "重要（CVSS v3.1 環境評価 スコア 8.4）",
        ),
    ],
)
def test_a_score_says_what_it_is_of(metrics: str, english: str, japanese: str) -> None:
    score = Score.parse(f"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H{metrics}")
    words = builders.presentation().words

    assert words[builders.EN].score(score) == english
    assert words[builders.JA].score(score) == japanese


def test_the_names_of_version_4_say_it_themselves() -> None:
    vector = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P"
    words = builders.presentation().words[builders.JA]

    assert words.scale(Score.parse(vector)) == "CVSS-BT v4.0"
    assert words.score(Score.parse(vector)) == "重要（CVSS-BT v4.0 スコア 8.9）"


def catalogued(tag: str) -> Words:
    return builders.presentation().words[language(tag)]


@pytest.mark.parametrize(
    ("text", "english", "japanese"),
    [
        ("<2.4.1", ["before 2.4.1 (<2.4.1)"], ["2.4.1より前（<2.4.1）"]),
        (
            ">=2.0, <2.4.1",
            ["2.0 or later, before 2.4.1 (>=2.0, <2.4.1)"],
            ["2.0以降、2.4.1より前（>=2.0, <2.4.1）"],
        ),
        ("<=2.4", ["2.4 or earlier (<=2.4)"], ["2.4以前（<=2.4）"]),
        (">2.4", ["later than 2.4 (>2.4)"], ["2.4より後（>2.4）"]),
        ("=2.4", ["2.4"], ["2.4"]),
        ("2.4", ["2.4"], ["2.4"]),
        ("*", ["all versions (*)"], ["すべてのバージョン（*）"]),
        ("all versions", ["all versions"], ["すべてのバージョン"]),
        (
            "<1.2 || =3.0",
            ["before 1.2 (<1.2)", "3.0"],
            ["1.2より前（<1.2）", "3.0"],
        ),
        ("2.4 and earlier", ["2.4 and earlier"], ["2.4 and earlier"]),
        ("<{version}", ["<{version}"], ["<{version}"]),
    ],
)
def test_ranges_are_said_in_words(
    text: str, english: list[str], japanese: list[str]
) -> None:
    assert list(catalogued("en").versions(text)) == english
    assert list(catalogued("ja").versions(text)) == japanese


@pytest.mark.parametrize(
    ("text", "english", "japanese"),
    [
        (None, "none known", "確認されていません"),
        ("2.4.1", "2.4.1", "2.4.1"),
        ("none_available", "no fix yet", "まだ提供されていません"),
        ("no_fix_planned", "no fix planned", "提供の予定はありません"),
        ("fix_planned", "fix planned", "提供予定（時期は未定）"),
        (
            "fix_planned 2026-12-01",
            "fix planned for 1 December 2026",
            "2026年12月1日に提供予定",
        ),
    ],
)
def test_fixes_are_said_in_words(text: str | None, english: str, japanese: str) -> None:
    assert catalogued("en").fixed(text) == english
    assert catalogued("ja").fixed(text) == japanese


def test_every_word_for_facts_has_a_translation_and_none_is_stale() -> None:
    asked = {*COMPARATORS.values(), *NO_FIX.values()}
    asked |= {"{condition}, {other}", "all versions", "{words} ({range})"}
    asked |= {"none known", "fix planned for {date}"}

    with (PACKAGED / "locale" / "ja" / "facts.po").open("rb") as stream:
        found = read_po(stream, abort_invalid=True)

    assert {str(m.id) for m in found if m.id} == asked
    assert all(m.string for m in found)
