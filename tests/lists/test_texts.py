"""The texts to subscribers, as they are handed to Mailman."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from string import Template

import pytest

from publisher import lists
from publisher.lists import names, texts
from publisher.model.settings import MailingList
from tests import builders

JA, EN = builders.settings().lists
Golden = Callable[[str, str | bytes], None]


def notices(mailing_list: MailingList) -> Mapping[str, str]:
    return lists.notices(mailing_list, builders.presentation())


@pytest.mark.parametrize("mailing_list", [JA, EN], ids=["ja", "en"])
@pytest.mark.parametrize(("name", "file"), texts.TEMPLATES.items())
def test_each_text_reads_so(
    golden: Golden, mailing_list: MailingList, name: str, file: str
) -> None:
    text = notices(mailing_list)[names.notice(name)]

    golden(f"lists/{mailing_list.language}/{file}", text)


@pytest.mark.parametrize("mailing_list", [JA, EN], ids=["ja", "en"])
def test_no_line_is_wider_than_mail_should_be(mailing_list: MailingList) -> None:
    for text in notices(mailing_list).values():
        for line in text.split("\n"):
            width = sum(1 if character.isascii() else 2 for character in line)
            assert width <= 78, line


def test_a_dollar_in_a_title_is_no_mark_of_mailmans() -> None:
    declared = dataclasses.replace(EN, title="Save $user_email")
    welcome = notices(declared)[names.notice("list:user:notice:welcome")]

    filled = Template(welcome).safe_substitute(user_email="me@home.example")

    assert "“Save $user_email”" in filled
    assert "    me@home.example\n" in filled


def test_the_plugin_is_to_have_the_texts() -> None:
    settings = builders.settings()
    own = notices(JA)

    with_plugin = lists.wanted(JA, settings, plugin=True, notices=own).settings
    without = lists.wanted(JA, settings, plugin=False, notices=own).settings

    assert own.items() <= with_plugin.items()
    assert not own.keys() & without.keys()
