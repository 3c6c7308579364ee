from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from publisher.model.ids import language
from publisher.model.score import Score
from publisher.words import Words
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
