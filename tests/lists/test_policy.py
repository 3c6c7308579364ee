"""The policy knows every setting that Mailman has."""

from __future__ import annotations

import json
import warnings

import pytest

from publisher.lists import names, policy

with warnings.catch_warnings():
    # Mailman uses what its libraries would rather not have used any more.
    warnings.simplefilter("ignore")
    from mailman.interfaces.template import ALL_TEMPLATES
    from mailman.rest.helpers import ExtendedEncoder
    from mailman.rest.listconf import VALIDATORS

OWN = {"preferred_language", "display_name", "description", "info"}
"""What each list has of its own."""


def test_every_writable_setting_of_mailman_is_decided_about() -> None:
    decided = set(policy.RULES) | set(policy.LEFT_ALONE) | OWN

    assert set(VALIDATORS) <= decided


def test_a_setting_is_either_set_or_left_alone() -> None:
    assert not set(policy.RULES) & set(policy.LEFT_ALONE)
    assert not OWN & (set(policy.RULES) | set(policy.LEFT_ALONE))


def test_what_is_left_alone_exists() -> None:
    assert set(policy.LEFT_ALONE) <= set(VALIDATORS)


def test_each_rule_stands_in_one_group_only() -> None:
    groups = (
        policy.UNCHANGED,
        policy.NO_DELAY,
        policy.NOBODY_ELSE,
        policy.NOBODY_ASKED,
        policy.SELF_SERVICE,
    )

    assert sum(map(len, groups)) == len(policy.RULES)


# Pipelines are known to a running Mailman only.
TYPED = (set(policy.RULES) & set(VALIDATORS)) - {"posting_pipeline"}


@pytest.mark.parametrize("name", sorted(TYPED))
def test_mailman_takes_each_value_and_keeps_its_type(name: str) -> None:
    value = policy.RULES[name].value
    given = list(value) if isinstance(value, tuple) else value

    decoded = VALIDATORS[name](given)

    shown = json.loads(json.dumps(decoded, cls=ExtendedEncoder))
    assert shown == given


def test_the_templates_are_mailmans() -> None:
    prefix = names.template("")
    templates = {n.removeprefix(prefix) for n in policy.RULES if n.startswith(prefix)}

    assert templates <= set(ALL_TEMPLATES)
