"""The page on which readers learn how to join, to leave and to change an address."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from publisher.lists import policy
from publisher.mailman_plugin.selfservice import commands, waiting
from publisher.mailman_plugin.selfservice.commands import Command, Mistake, Verb
from publisher.model.chain import EditionKey
from publisher.model.ids import AdvisoryId, Language
from publisher.render import mail
from tests import builders
from tests.render import samples
from tests.render.samples import Outline

LANGUAGES = ("ja", "en")


def page(language: str, leave_url: str = "") -> str:
    """Return the page of a team that has a page for leaving, or none."""
    look = builders.presentation()
    mailman = look.settings.mailman
    assert mailman is not None
    changed = replace(look.settings, mailman=replace(mailman, leave_url=leave_url))
    look = replace(look, settings=changed)
    return samples.site([], look)[f"{language}/subscribe.html"].decode()


def ready(source: str) -> list[tuple[str, str, str]]:
    """Return recipient, subject and text of each mail that the page has ready."""
    links = [urlsplit(each) for each in Outline(source).values("href")]
    mails = [link for link in links if link.scheme == "mailto" and link.query]
    fields = [parse_qs(mail.query, strict_parsing=True) for mail in mails]
    return [
        (mail.path, field["subject"][0], field["body"][0])
        for mail, field in zip(mails, fields, strict=True)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ready_mails_say_what_self_service_understands(language: str) -> None:
    found = ready(page(language))

    assert len(found) == 9
    for address, subject, text in found:
        command = address.partition("@")[0].rpartition("-")[2]
        if command in ("join", "leave"):
            assert commands.find(subject, [(1, text)]) == Command(Verb(command))
        elif subject == "help":
            assert commands.find(subject, [(1, text)]) == Command(Verb.HELP)
        else:
            # As it stands it asks for nothing, so nobody is written to by mistake.
            wrong = commands.find(subject, [(1, text)])
            assert isinstance(wrong, Mistake)
            assert wrong.word == "change"
            edited = "change me@reader.example"
            assert commands.find(subject, [(1, edited)]) == Command(
                Verb.CHANGE, "me@reader.example"
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_thing_to_press_joins_the_list_of_the_readers_language(
    language: str,
) -> None:
    source = page(language)

    assert source.count('class="button"') == 1
    (first, *_) = ready(source)
    assert first == (f"announce-{language}-join@lists.cert.example", "join", "join")
    assert source.index('class="button"') < source.index("<h2")


@pytest.mark.parametrize(
    ("language", "told"), [("en", "With one click"), ("ja", "ワンクリックで停止する")]
)
def test_leaving_with_one_click_is_told_of_if_it_is_there(
    language: str, told: str
) -> None:
    assert told in page(language, "https://lists.cert.example/leave")
    assert told not in page(language)


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        ("en", ["How to join", "How to leave", "How to change your address"]),
        ("ja", ["登録の方法", "停止の方法", "メールアドレスの変更方法"]),
    ],
)
def test_it_says_how_and_what_is_stored(language: str, headings: list[str]) -> None:
    source = page(language)

    text = Outline(source).text
    for heading in headings:
        assert heading in text
    assert 'id="privacy"' in source
    assert "csirt@cert.example" in source.partition('id="privacy"')[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_shows_what_a_program_without_openpgp_shows(language: str) -> None:
    source = page(language)

    mails = source.partition('id="mails"')[2]
    assert "-----BEGIN PGP SIGNED MESSAGE-----" in mails
    for program in ("Thunderbird", "Outlook", "Apple Mail", "Gmail"):
        assert program in mails


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_how_subjects_begin_as_they_do(language: str) -> None:
    look = builders.presentation()
    text = Outline(page(language)).text
    summary = samples.summary(1)
    key = EditionKey(summary.id, summary.revision, Language(language))
    other = AdvisoryId("ADV", 2026, 99)

    for made, update in (
        (summary, False),
        (replace(summary, withdrawn=True), True),
        (replace(summary, superseded_by=other), True),
    ):
        subject = mail.subject(made, key, look, update=update)
        assert f"{subject.partition(']')[0]}]" in text
    second = mail.subject(summary, replace(key, revision=2), look, update=True)
    assert f"{second.partition(']')[0]}]" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_days_are_those_of_the_program(language: str) -> None:
    found = set(re.findall(r"(\d+) ?(?:days|日)", Outline(page(language)).text))
    limits = (waiting.LIFETIME, waiting.UNDO_LIFETIME)
    warned = policy.NOBODY_ASKED["bounce_you_are_disabled_warnings_interval"].value

    assert found == {*(str(each.days) for each in limits), str(warned).rstrip("d")}
