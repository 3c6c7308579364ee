from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from publisher.model.ids import language
from publisher.words import Words

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
