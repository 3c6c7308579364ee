import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.score import Score, Severity


@pytest.mark.parametrize(
    ("vector", "version", "base", "severity"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.1", 9.8, Severity.CRITICAL),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:H/A:H", "3.0", 9.4, Severity.CRITICAL),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "3.1", 0.0, Severity.NONE),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C", "2.0", 7.8, Severity.HIGH),
        (
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
            "4.0",
            9.3,
            Severity.CRITICAL,
        ),
    ],
)
def test_score_and_severity_follow_from_the_vector(
    vector: str, version: str, base: float, severity: Severity
) -> None:
    assert Score.parse(vector) == Score(version, vector, base, severity)


@pytest.mark.parametrize(
    "vector",
    ["", "AV:N", "CVSS:3.1/AV:N", "CVSS:5.0/AV:N", "CVSS:3.1/AV:X/AC:L", "9.8"],
)
def test_what_is_no_vector_is_refused(vector: str) -> None:
    with pytest.raises(ValueError, match="CVSS"):
        Score.parse(vector)


@given(st.text(max_size=60))
def test_any_text_is_a_score_or_a_value_error(text: str) -> None:
    for vector in (text, f"CVSS:3.1/{text}", f"CVSS:4.0/{text}"):
        try:
            score = Score.parse(vector)
        except ValueError:
            continue
        assert 0 <= score.base <= 10
