"""Prefixes of ids that would be taken for something else, and those of earlier ids."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from publisher import lint
from publisher.lint.naming import ADVERTISEMENTS, Naming
from publisher.model.ids import AdvisoryId
from publisher.source import Level
from tests import builders

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SETTINGS = """\
[deploy]
prefix = "site"

[advisories]
announce_since = 2026-01-01T00:00:00+09:00
prefix = "ADV"
"""
RULE = re.compile(r"[^0-9a-z]*adv(?:ert)?\b", re.IGNORECASE | re.ASCII)
"""SpamAssassin 4.0, ENGLISH_UCE_SUBJECT, at the beginning of a subject."""


@pytest.mark.parametrize("prefix", sorted(ADVERTISEMENTS))
def test_the_mark_of_an_advertisement_is_warned_of_where_it_is_set(prefix: str) -> None:
    (finding,) = lint.named(Naming(prefix, SETTINGS))

    assert (finding.code, finding.level) == ("L710", Level.WARNING)
    assert str(finding.location) == "publisher.toml:6"
    assert f"ids begin with {prefix!r}" in finding.message
    assert f'previous = ["{prefix}"]' in finding.expected


@pytest.mark.parametrize("prefix", ["CSIRT", "OURS", "ADVISORY", "ADX", "SA", "CERT2"])
def test_other_prefixes_are_fine(prefix: str) -> None:
    assert lint.named(Naming(prefix, SETTINGS)) == ()
    assert not RULE.match(f"[注意喚起] {prefix}-2026-0007 Example Serverの脆弱性")


def test_the_known_rule_of_a_spam_filter_is_covered() -> None:
    firing = {p for p in ("ADV", "ADVERT") if RULE.match(f"[注意喚起] {p}-2026-0007")}

    assert firing == {"ADV", "ADVERT"}
    assert firing <= ADVERTISEMENTS


def test_settings_in_another_form_are_named_without_a_line() -> None:
    (finding,) = lint.named(Naming("ADV", 'advisories.prefix = "ADV"\n'))

    assert str(finding.location) == "publisher.toml"


def test_advisories_of_an_earlier_prefix_stay_right() -> None:
    moved = replace(builders.settings(), prefix="CSIRT", former=("ADV",))

    checked, findings = lint.check(
        builders.advisory(), builders.FOLDER, settings=moved, now=NOW
    )

    assert checked is not None
    assert findings == ()


def test_a_prefix_that_never_was_ours_is_said_with_those_that_were() -> None:
    moved = replace(builders.settings(), prefix="CSIRT", former=("OURS",))

    _, (finding,) = lint.check(
        builders.advisory(), builders.FOLDER, settings=moved, now=NOW
    )

    assert finding.code == "L203"
    assert finding.expected == "'CSIRT' or 'OURS'"


def test_a_mention_of_an_earlier_id_that_is_none_is_found() -> None:
    moved = replace(builders.settings(), prefix="CSIRT", former=("ADV",))
    mentioned = ("Stop the service.", "See ADV-2026-0003 and CSIRT-2026-0004.")

    _, findings = lint.check(
        builders.advisory(mentioned),
        builders.FOLDER,
        settings=moved,
        now=NOW,
        others={AdvisoryId("ADV", 2026, 7): None},
    )

    assert [f.message for f in findings if f.code == "L445"] == [
        "there is no advisory ADV-2026-0003",
        "there is no advisory CSIRT-2026-0004",
    ]
