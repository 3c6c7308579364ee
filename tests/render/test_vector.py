"""CVSS vectors, explained."""

import pytest
from babel.messages.pofile import read_po

from publisher.adapters.templates import PACKAGED
from publisher.model.score import Score
from publisher.render import vector
from publisher.words import Words
from tests import builders
from tests.builders import EN, JA

TWO = "AV:N/AC:L/Au:S/C:P/I:N/A:C"
THREE = "CVSS:3.1/AV:N/AC:H/PR:L/UI:R/S:C/C:H/I:L/A:N"
FOUR = "CVSS:4.0/AV:P/AC:L/AT:P/PR:H/UI:A/VC:H/VI:L/VA:N/SC:N/SI:N/SA:H"


def explained(text: str, words: Words | None = None) -> list[tuple[str, str, str]]:
    """Return the metrics of a vector."""
    score = Score.parse(text)
    return [tuple(each) for each in vector.explained(score, words or Words(EN))]  # type: ignore[misc]


@pytest.mark.parametrize(("text", "count"), [(TWO, 6), (THREE, 8), (FOUR, 11)])
def test_every_base_metric_is_named_and_explained(text: str, count: int) -> None:
    found = explained(text)

    assert len(found) == count
    assert all(all(each) for each in found)
    assert len({name for name, _, _ in found}) == count


def test_a_metric_has_its_value_and_what_that_means() -> None:
    found = explained(THREE)

    assert found[0] == (
        "Attack Vector (AV)",
        "Network (N)",
        "The attack comes over a network, possibly from anywhere on the Internet.",
    )
    assert found[3][1] == "Required (R)"


def test_it_speaks_the_language_of_the_reader() -> None:
    words = builders.presentation().words[JA]

    found = explained(FOUR, words)

    assert found[0] == (
        "攻撃元区分（AV）",
        "物理（P）",
        "攻撃には、機器に直接触れる必要があります。",
    )


def test_other_metrics_are_named_if_they_are_defined() -> None:
    found = explained(f"{THREE}/E:F/RL:X/MAV:L/CR:H")

    assert found[8:] == [
        ("Exploit Code Maturity (E)", "Functional (F)", ""),
        ("Attack Vector (AV), modified", "Local (L)", ""),
        ("Confidentiality Requirement (CR)", "High (H)", ""),
    ]


def test_version_two_leaves_out_what_is_not_defined() -> None:
    found = explained(f"{TWO}/E:ND/RL:OF/RC:C")

    assert [value for _, value, _ in found[6:]] == [
        "Official Fix (OF)",
        "Confirmed (C)",
    ]


def test_scope_and_safety_are_no_modified_metrics() -> None:
    found = explained(f"{FOUR}/MSI:S/S:P/U:Amber")

    assert [(name, value) for name, value, _ in found[11:]] == [
        ("Subsequent System Impact Integrity (SI), modified", "Safety (S)"),
        ("Safety (S)", "Present (P)"),
        ("Provider Urgency (U)", "Amber (Amber)"),
    ]


def test_every_word_of_cvss_has_a_translation_and_none_is_stale() -> None:
    with (PACKAGED / "locale" / "ja" / "cvss.po").open("rb") as stream:
        catalogue = [m for m in read_po(stream, abort_invalid=True) if m.id]

    assert {str(m.id) for m in catalogue} == vector.messages()
    assert not [m.id for m in catalogue if not m.string or m.fuzzy]
