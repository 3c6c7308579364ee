"""The settings of a declared list."""

from __future__ import annotations

import dataclasses

import publisher
from publisher import lists
from publisher.lists import names, policy
from publisher.model.ids import Language
from publisher.model.settings import Canary
from tests import builders

SETTINGS = builders.settings()
JA = SETTINGS.lists[0]


def test_the_policy_holds_for_each_list() -> None:
    wanted = lists.wanted(JA, SETTINGS, plugin=True)

    for name, rule in policy.RULES.items():
        if name != "posting_pipeline":
            assert wanted.settings[name] == rule.value


def test_the_plugin_brings_a_pipeline_of_its_own() -> None:
    with_plugin = lists.wanted(JA, SETTINGS, plugin=True).settings
    without = lists.wanted(JA, SETTINGS, plugin=False).settings

    assert with_plugin["posting_pipeline"] == names.PIPELINE
    assert without["posting_pipeline"] == "default-posting-pipeline"


def test_language_title_and_owners_are_the_lists_own() -> None:
    settings = dataclasses.replace(
        SETTINGS, owners=("B@cert.example", "a@cert.example")
    )

    wanted = lists.wanted(JA, settings, plugin=True).settings

    assert wanted["preferred_language"] == "ja"
    assert wanted["display_name"] == "注意喚起・セキュリティ情報"
    assert wanted["description"] == wanted["info"] == "注意喚起・セキュリティ情報"
    assert wanted[names.OWNERS] == ("a@cert.example", "b@cert.example")


def test_a_description_of_several_lines_becomes_one_that_mailman_takes() -> None:
    declared = dataclasses.replace(JA, description=" Alerts\nand  advisories\n")

    wanted = lists.wanted(declared, SETTINGS, plugin=True)

    assert wanted.settings["description"] == "Alerts and advisories"


def test_mailman_writes_regions_behind_an_underscore() -> None:
    assert lists.language_code(Language("pt-BR")) == "pt_BR"


def test_without_the_plugin_nothing_is_wanted_that_only_it_can_tell() -> None:
    told_by_plugin = {
        names.POSTING_CHAIN,
        names.FINGERPRINTS,
        names.COMPONENTS,
        names.DECORATION,
        names.LEAVE_URL,
        names.OTHER_TEMPLATES,
    }

    with_plugin = lists.wanted(JA, SETTINGS, plugin=True).settings
    without = lists.wanted(JA, SETTINGS, plugin=False).settings

    assert set(with_plugin) - set(without) == told_by_plugin


def test_the_plugin_has_to_know_the_keys_of_the_team() -> None:
    team = dataclasses.replace(SETTINGS.team, fingerprints=("B" * 40, "A" * 40))
    settings = dataclasses.replace(SETTINGS, team=team)

    wanted = lists.wanted(JA, settings, plugin=True).settings

    assert wanted[names.FINGERPRINTS] == ("A" * 40, "B" * 40)


def test_the_server_has_to_have_the_plugin_unless_the_settings_say_otherwise() -> None:
    assert SETTINGS.mailman is not None
    given_up = dataclasses.replace(SETTINGS.mailman, plugin=False)
    settings = dataclasses.replace(SETTINGS, mailman=given_up)

    wanted = lists.wanted(JA, SETTINGS, plugin=False).settings
    without = lists.wanted(JA, settings, plugin=False).settings
    there = lists.wanted(JA, settings, plugin=True).settings

    assert wanted[names.PLUGIN] == there[names.PLUGIN] == publisher.__version__
    assert names.PLUGIN not in without


def test_a_canary_is_wanted_on_each_list_if_one_is_named() -> None:
    settings = dataclasses.replace(SETTINGS, canary=Canary("canary@cert.example"))

    without = lists.wanted(JA, SETTINGS, plugin=True).settings
    wanted = lists.wanted(JA, settings, plugin=True).settings

    assert names.CANARY not in without
    assert wanted[names.CANARY] == "canary@cert.example"
