from datetime import UTC, datetime

import pytest

from tests import builders
from tests.builders import EN, JA

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_the_original_comes_first() -> None:
    assert [text.language for text in builders.advisory().texts] == [EN, JA]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("id:", "id:"), None),
        (("tlp: CLEAR", "tlp: GREEN"), "TLP:GREEN"),
        (("tlp: CLEAR", "tlp: AMBER+STRICT"), "TLP:AMBER+STRICT"),
        (("tlp: CLEAR", "tlp: CLEAR\ndraft: true"), "draft"),
    ],
)
def test_what_may_not_be_published_says_why(
    change: tuple[str, str], reason: str | None
) -> None:
    found = builders.advisory(change).withheld(NOW)

    assert (str(found) if found else None) == reason


def test_an_embargo_is_over_at_its_moment() -> None:
    advisory = builders.advisory()
    release = advisory.first_published

    assert advisory.withheld(release) is None
    reason = advisory.withheld(release.replace(year=2025))
    assert str(reason) == "embargoed until 2026-11-20T10:00:00+09:00"


def test_the_most_severe_score_counts_and_of_equals_the_newer_version() -> None:
    four = "CVSS:4.0/AV:A/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
    both = builders.advisory(
        (
            'cvss: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"',
            f'cvss: ["AV:N/AC:L/Au:N/C:C/I:C/A:C", "{four}"]',
        )
    )

    assert both.top_score is not None
    assert both.severity == both.top_score.severity
    scores = both.vulnerabilities[0].scores
    assert both.top_score == max(scores, key=lambda s: (s.severity, s.base, s.version))


def test_an_advisory_without_scores_has_no_severity() -> None:
    advisory = builders.advisory(
        ('    cvss: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"\n', "")
    )

    assert advisory.top_score is None
    assert advisory.severity is None


def test_a_translation_of_an_older_revision_is_behind() -> None:
    advisory = builders.advisory(
        ("translates: 2", "translates: 1"), ("  - 悪用を確認\n", "")
    )

    assert advisory.is_behind(advisory.translations[0])
    assert not advisory.is_behind(advisory.original)
