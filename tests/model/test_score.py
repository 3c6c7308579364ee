import re
from types import ModuleType

import pytest
from cvss import constants2, constants3, constants4
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.score import Part, Score, Severity

METRICS: dict[str, tuple[ModuleType, str]] = {
    "2.0": (constants2, ""),
    "3.0": (constants3, "CVSS:3.0/"),
    "3.1": (constants3, "CVSS:3.1/"),
    "4.0": (constants4, "CVSS:4.0/"),
}


THREE = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
FOUR = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
TWO = "AV:N/AC:L/Au:N/C:N/I:N/A:P"


@pytest.mark.parametrize(
    ("vector", "version", "score", "severity"),
    [
        (THREE, "3.1", 9.8, Severity.CRITICAL),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:H/A:H", "3.0", 9.4, Severity.CRITICAL),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "3.1", 0.0, Severity.NONE),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C", "2.0", 7.8, Severity.HIGH),
        (FOUR, "4.0", 9.3, Severity.CRITICAL),
    ],
)
def test_score_and_severity_follow_from_the_vector(
    vector: str, version: str, score: float, severity: Severity
) -> None:
    assert Score.parse(vector) == Score(
        version, vector, score, score, severity, Part.BASE
    )


@pytest.mark.parametrize(
    ("vector", "name", "part", "scores", "severity"),
    [
        (f"{FOUR}/U:Red", "CVSS-B v4.0", Part.BASE, (9.3, 9.3), Severity.CRITICAL),
        (f"{FOUR}/E:X", "CVSS-B v4.0", Part.BASE, (9.3, 9.3), Severity.CRITICAL),
        (f"{FOUR}/E:P", "CVSS-BT v4.0", Part.THREAT, (9.3, 8.9), Severity.HIGH),
        (
            f"{FOUR}/CR:L/IR:L/AR:L/R:U",
            "CVSS-BE v4.0",
            Part.ENVIRONMENTAL,
            (9.3, 8.9),
            Severity.HIGH,
        ),
        (
            f"{FOUR}/E:U/MAV:P",
            "CVSS-BTE v4.0",
            Part.ENVIRONMENTAL,
            (9.3, 4.0),
            Severity.MEDIUM,
        ),
        (f"{THREE}/E:X/RL:X", "CVSS v3.1", Part.BASE, (9.8, 9.8), Severity.CRITICAL),
        (f"{THREE}/E:P/RL:O", "CVSS v3.1", Part.TEMPORAL, (9.8, 8.8), Severity.HIGH),
        (f"{THREE}/MAV:L", "CVSS v3.1", Part.ENVIRONMENTAL, (9.8, 8.4), Severity.HIGH),
        (f"{TWO}/E:ND", "CVSS v2.0", Part.BASE, (5.0, 5.0), Severity.MEDIUM),
        (f"{TWO}/E:U", "CVSS v2.0", Part.TEMPORAL, (5.0, 4.3), Severity.MEDIUM),
        (
            f"{TWO}/E:U/CDP:H/TD:H",
            "CVSS v2.0",
            Part.ENVIRONMENTAL,
            (5.0, 7.2),
            Severity.HIGH,
        ),
    ],
)
def test_the_score_is_that_of_all_metrics_and_named_so(
    vector: str,
    name: str,
    part: Part,
    scores: tuple[float, float],
    severity: Severity,
) -> None:
    score = Score.parse(vector)

    assert (score.name, score.part) == (name, part)
    assert (score.base, score.value) == scores
    assert score.severity is severity


@pytest.mark.parametrize(
    ("vector", "right"),
    [
        (FOUR.replace("AV:N/AC:L", "AC:L/AV:N"), FOUR),
        (f"{FOUR}/U:Red/E:P", f"{FOUR}/E:P/U:Red"),
        (f"{FOUR}/MAV:L/CR:H", f"{FOUR}/CR:H/MAV:L"),
        (FOUR.replace("CVSS:4.0/", "CVSS:4.0/E:A/"), f"{FOUR}/E:A"),
    ],
)
def test_the_metrics_of_version_4_have_one_order(vector: str, right: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"(expected {right})")):
        Score.parse(vector)


def test_those_of_version_3_have_none() -> None:
    swapped = THREE.replace("AV:N/AC:L", "AC:L/AV:N")

    assert Score.parse(swapped).value == 9.8


@given(st.sampled_from(sorted(METRICS)), st.data())
def test_any_metrics_give_a_score(version: str, data: st.DataObject) -> None:
    table, prefix = METRICS[version]
    pairs = [
        f"{metric}:{data.draw(st.sampled_from(sorted(values)))}"
        for metric, values in table.METRICS_VALUE_NAMES.items()
        if metric in table.METRICS_MANDATORY or data.draw(st.booleans())
    ]

    score = Score.parse(prefix + "/".join(pairs))

    assert score.version == version
    assert 0 <= score.value <= 10
    assert 0 <= score.base <= 10
    assert (score.part is Part.BASE) <= (score.base == score.value)


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
