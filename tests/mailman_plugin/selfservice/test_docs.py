"""The page about self-service names every command and setting, as they are."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from publisher.mailman_plugin.selfservice import commands, limits, turns
from publisher.mailman_plugin.selfservice.commands import Verb
from publisher.mailman_plugin.selfservice.limits import Limits
from publisher.mailman_plugin.selfservice.origin import Networks

PAGE = (Path(__file__).parents[3] / "docs" / "self-service.md").read_text()
ROW = re.compile(r"^\| `(\w+)[^|]*\| `([^`|]+)` \|", re.MULTILINE)


def test_each_command_has_an_example_that_works() -> None:
    rows = {name: example for name, example in ROW.findall(PAGE) if "/" not in example}
    understood = {
        command.verb: name
        for name, example in rows.items()
        if (command := commands.parse(example.replace("…", "0" * 36)))
    }

    assert set(understood) == set(Verb)
    assert {name for name in rows if name not in understood.values()} <= {"leave"}


def test_each_limit_has_its_usual_value() -> None:
    settings = dict(ROW.findall(PAGE))
    told = {name: value for name, value in settings.items() if "limit" in name}

    assert len(told) == 3
    assert Limits.read(told) == limits.Limits()


def test_each_setting_about_sources_is_told_with_its_usual_value() -> None:
    told = dict(
        re.findall(r"^\| `(own_hosts|source_\w+)` \| (\w+) \|", PAGE, re.MULTILINE)
    )

    assert told.pop("own_hosts") == "none"
    assert Networks.read(told) == Networks()
    assert set(told) == {"source_ipv4", "source_ipv6"}


def test_what_is_told_of_turns_is_so() -> None:
    assert f"{turns.ROOM:,} requests can wait, and {turns._MOST_TURNS} of one" in PAGE
    assert Limits().share.number * 3 == Limits().mailing_list.number
    assert timedelta(days=1) == turns.LIFETIME
