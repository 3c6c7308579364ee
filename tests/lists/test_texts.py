"""The texts to subscribers, as they are handed to Mailman."""

from __future__ import annotations

import dataclasses
import re
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from string import Template

import pytest

from publisher import lists
from publisher.adapters import templates
from publisher.edition.characters import width
from publisher.lists import names, texts
from publisher.model.settings import MailingList
from publisher.render import paths
from tests import builders

with warnings.catch_warnings():
    # Mailman uses what its libraries would rather not have used any more.
    warnings.simplefilter("ignore")
    import mailman
    from mailman.interfaces.template import ALL_TEMPLATES

JA, EN = builders.settings().lists
PAGE = Path(__file__).parents[2] / "docs" / "lists.md"
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
        subject, body = texts.parts(text) or ("", "")
        wide = [line for line in (subject, *body.split("\n")) if width(line) > 76]

        assert wide == []


@pytest.mark.parametrize("mailing_list", [JA, EN], ids=["ja", "en"])
def test_each_text_begins_with_its_subject(mailing_list: MailingList) -> None:
    told = {name for name, text in notices(mailing_list).items() if text}

    for name in told:
        subject, body = texts.parts(notices(mailing_list)[name]) or ("", "")
        assert subject.endswith(mailing_list.title)
        assert not body.startswith((" ", "\n"))

    # The list answers no posts.
    assert told == set(notices(mailing_list)) - {names.notice(texts.REJECTED)}


def test_a_text_without_a_subject_is_none_of_ours() -> None:
    assert texts.parts("Welcome to the list!\n") is None
    assert texts.parts("") is None


def test_a_title_on_several_lines_makes_one_subject() -> None:
    declared = dataclasses.replace(EN, title="Alerts\n and advisories")
    text = notices(declared)[names.notice("list:user:action:subscribe")]

    assert text.startswith("Subject: Please confirm your subscription: Alerts and ad")


def test_where_to_verify_is_a_page_of_the_site() -> None:
    for each in (JA, EN):
        welcome = notices(each)[names.notice("list:user:notice:welcome")]

        assert f"https://www.cert.example/{paths.verify(each.language)}\n" in welcome


def test_a_team_without_a_key_names_none() -> None:
    settings = builders.settings()
    team = dataclasses.replace(settings.team, fingerprints=())
    made = templates.presentation(
        dataclasses.replace(settings, team=team), Path("no-such-folder")
    )
    text = lists.notices(EN, made)[names.notice("list:user:action:subscribe")]

    assert "fingerprint" not in text
    assert "How to verify" in text


def test_each_template_of_mailman_is_decided_about() -> None:
    known = {name for name in texts.TEMPLATES if not name.startswith("publisher:")}

    assert set(ALL_TEMPLATES) == known | set(texts.NEVER)
    assert not known & set(texts.NEVER)


WRITTEN = {
    "app/bounces.py": (
        "bounce_message: by `reject`, which our chain does not use",
        "send_probe: probe",
        "maybe_forward: discarded",
    ),
    "app/membership.py": ("a member left: `admin_notify_mchanges` is off",),
    "app/moderator.py": (
        "a held post",
        "a forwarded held post",
        "a held request to leave",
        "a refused request",
    ),
    "app/notifications.py": (
        "welcome",
        "goodbye",
        "a new member: off",
        "disabled: off",
        "increment: off",
        "removal: off",
        "warning",
    ),
    "app/subscriptions.py": (
        "a request to join, moderated",
        "a request to leave, moderated",
        "subscribe, unsubscribe and invite",
    ),
    "chains/hold.py": ("a loop of answers", "to the sender", "to the owners"),
    "chains/reject.py": (),
    "commands/cli_lists.py": ("a new list, by hand with --notify",),
    "commands/cli_notify.py": ("what waits for the owners, by hand",),
    "core/pipelines.py": (),
    "handlers/acknowledge.py": ("a receipt; not in our pipeline",),
    "handlers/mime_delete.py": ("filtered posts; not in our pipeline",),
    "handlers/replybot.py": ("automatic answers: off",),
    "runners/command.py": ("the results of commands: publisher:results",),
}
"""Each place in Mailman where a mail is written, and what becomes of it."""


def test_each_place_where_mailman_writes_a_mail_is_known() -> None:
    folder = Path(mailman.__file__).parent
    found = {}
    for file in folder.rglob("*.py"):
        name = str(file.relative_to(folder))
        text = file.read_text(encoding="utf-8")
        if "/tests/" not in f"/{name}" and not name.startswith(("email/", "testing/")):
            calls = re.findall(r"(?<!class )\b(?:User|Owner)Notification\(", text)
            if calls or "bounce_message(mlist" in text:
                found[name] = len(calls)

    assert found == {name: len(what) for name, what in WRITTEN.items()}


def test_the_page_says_what_becomes_of_each_template(
    request: pytest.FixtureRequest,
) -> None:
    rows = [f"| `{name}` | {why} |" for name, why in texts.NEVER.items()]
    table = "\n".join(["| template | why it is never sent |", "|---|---|", *rows])
    begin, end = "<!-- begin never -->\n", "\n<!-- end never -->"
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    expected = f"{before}{begin}{table}{end}{after}"
    if request.config.getoption("--update-golden"):
        PAGE.write_text(expected, encoding="utf-8")
        text = expected

    assert text == expected
    for name, file in texts.TEMPLATES.items():
        assert f"| `notice:{name}` | `templates/{file}` |" in text


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
