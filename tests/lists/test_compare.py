"""How a live list differs from the wanted one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher import lists
from publisher.lists import names, policy
from tests import builders

SETTINGS = builders.settings()
JA = SETTINGS.lists[0]
WANTED = lists.wanted(JA, SETTINGS, plugin=True)


def live(**changes: object) -> dict[str, object]:
    """Return the settings of a list that is as wanted but for `changes`."""
    return {**WANTED.settings, "post_id": 7, **changes}


def test_a_list_that_is_as_wanted_has_no_differences() -> None:
    assert lists.differences(WANTED, live()) == ()


def test_a_setting_that_differs_is_named_with_both_values() -> None:
    [found] = lists.differences(WANTED, live(subject_prefix="[Alert] "))

    why = "the subject stays the team's; filters use List-Id"
    assert found == lists.Difference(JA, "subject_prefix", "[Alert] ", "", why=why)
    assert str(found) == (
        "announce-ja@lists.cert.example: subject_prefix is '[Alert] ' (expected '')"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"max_message_size": False},
        {"emergency": 0},
        {"moderator_password": ""},
        {"accept_these_nonmembers": []},
        {"advertised": "true"},
    ],
)
def test_values_are_compared_with_their_types(changes: dict[str, object]) -> None:
    assert len(lists.differences(WANTED, live(**changes))) == 1


def test_a_setting_that_the_server_does_not_tell_is_a_difference() -> None:
    told = live()
    del told["moderator_password"]

    [found] = lists.differences(WANTED, told)

    assert (found.setting, found.live) == ("moderator_password", None)


def test_differences_stand_in_the_order_of_the_policy() -> None:
    changed = live(emergency=True, subject_prefix="x", description="x")

    found = [each.setting for each in lists.differences(WANTED, changed)]

    assert found == ["description", "subject_prefix", "emergency"]


@pytest.mark.parametrize(
    ("setting", "value", "hint"),
    [
        (names.CHARSET, "euc-jp", "[language.ja] of mailman.cfg"),
        (names.FINGERPRINTS, (), "in the plugin's configuration"),
        (names.DECORATION, "Our motto", "out of the template folder"),
    ],
)
def test_what_the_server_cannot_be_told_says_what_to_do(
    setting: str, value: object, hint: str
) -> None:
    found = lists.differences(WANTED, live(**{setting: value}))

    assert hint in found[0].by_hand
    assert hint in str(found[0])
    assert lists.changes(found) == {}


def test_decoration_by_a_template_of_the_list_is_one_difference() -> None:
    footer = names.template("list:member:regular:footer")
    changed = live(**{footer: "", names.DECORATION: "_____"})

    assert [each.setting for each in lists.differences(WANTED, changed)] == [footer]


@pytest.mark.parametrize(
    ("setting", "stops"),
    [
        ("subject_prefix", True),
        ("default_member_action", True),
        ("preferred_language", True),
        (names.POSTING_CHAIN, True),
        (names.FINGERPRINTS, True),
        ("description", False),
        ("admin_immed_notify", False),
        (names.OWNERS, False),
    ],
)
def test_what_would_harm_a_post_is_told_apart(setting: str, stops: bool) -> None:
    [found] = lists.differences(WANTED, live(**{setting: "damaged"}))

    assert found.stops_posts is stops


@given(st.sets(st.sampled_from(sorted(WANTED.settings))))
@settings(max_examples=50)
def test_making_the_changes_leaves_what_has_to_be_done_by_hand(
    damaged: set[str],
) -> None:
    before = live(**dict.fromkeys(damaged, "damaged"))
    found = lists.differences(WANTED, before)

    left = lists.differences(WANTED, {**before, **lists.changes(found)})

    assert all(each.by_hand for each in left)
    assert {each.setting for each in left} <= damaged


def test_a_setting_that_an_older_mailman_does_not_have_is_no_difference() -> None:
    told = {name: value for name, value in live().items() if name not in policy.NEWER}

    assert lists.differences(WANTED, told) == ()
