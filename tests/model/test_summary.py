import json
from dataclasses import replace

from publisher.model.summary import ProductName, Summary
from tests.builders import EN, JA
from tests.push.test_due import ID, change, summary


def test_a_summary_survives_being_kept_as_json() -> None:
    whole = replace(
        summary(change(1), change(2, notify=False), languages=("ja", "en")),
        severity="critical",
        score="9.8",
        cves=("CVE-2026-90007",),
        affected=(ProductName("Example", "Example Server"),),
        superseded_by=ID,
    )

    for each in (whole, summary(change(1))):
        assert Summary.from_json(json.loads(json.dumps(each.to_json()))) == each


def test_a_summary_gives_the_text_of_a_language() -> None:
    english = summary(change(1))

    assert english.text(EN) == english.texts[0]
    assert english.text(JA) is None
