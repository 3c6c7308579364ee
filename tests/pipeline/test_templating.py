"""A project's own templates and words are tried before anybody gets to read them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import publisher
from publisher.adapters import own_templates, templates
from publisher.adapters.templates import PACKAGED
from publisher.lint import own_templates as rules
from publisher.lists import placeholders, texts
from publisher.pipeline import templating
from publisher.presentation import Presentation
from publisher.source import Finding, Level
from tests import builders, forms, growth

PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
DAYS = (
    "To confirm, reply to this message within {days} days and leave its subject as it "
    "is. The text of your reply does not matter."
)


@pytest.fixture(scope="module")
def packaged() -> Presentation:
    return templates.presentation(builders.settings(), PACKAGED)


def put(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def changed(name: str, *changes: tuple[str, str]) -> str:
    """Return a packaged template with changes."""
    text = (PACKAGED / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def found(folder: Path, packaged: Presentation) -> list[Finding]:
    settings = builders.settings()
    mine = templates.presentation(settings, folder)
    own = own_templates.read(folder, settings)
    return list(templating.findings(own, mine, packaged))


Case = tuple[str, tuple[tuple[str, str], ...], str]
CASES: list[Case] = [
    ("site/home.html", (("{% block", "{% blok"),), "L711 cannot be used: Encountered"),
    ("mail/welcome.txt", (("{{ ", "{{ nothing.here }}{{ "),), "L711 cannot be used"),
    ("mail/welcome.txt", (("title=title", "title=titel"),),
     ":1: L712 'titel' is unknown here (expected perhaps title)"),
    ("site/robots.txt", (("settings.", "setings."),),
     "L712 'setings' is unknown here (expected perhaps settings)"),
    ("mail/confirm-by-hand.txt", (("$token", "$tokn"),),
     "txt:3: L712 $tokn is unknown to Mailman: readers would see it as it stands "
     "(expected perhaps $token)"),
    ("mail/confirm-by-hand.txt", (("$token", "$tokn"),),
     "txt: L713 the mail lacks $token, and is of no use without it"),
    ("mail/goodbye.txt", (("$user_email", "${user_name}"),),
     "txt:5: L712 $user_name is unknown to Mailman"),
    ("mail/goodbye.txt", (("$user_email", "$user_email {user_email} $$5"),),
     "txt:5: L712 {user_email} is filled in by nobody"),
    ("mail/rejected.txt", (("{{ contact }}", "us"),),
     "L713 the mail lacks {{ contact }}"),
    ("mail/invite.txt", (("Subject: ", "Re: "),),
     "txt:1: L713 the mail does not begin with its subject"),
    ("mail/probe.txt", (("$sender_email", "you"),),
     "L714 warning: the mail does not say $sender_email"),
    ("mail/change-notice.txt", (("$new_email", "another"),),
     "L713 the mail lacks $new_email"),
]  # fmt: skip


def walks() -> list[list[Case]]:
    """Return the cases in as few projects as can have them, for it takes its time."""
    groups: list[list[Case]] = []
    for case in CASES:
        free = (g for g in groups if all(case[0] != other[0] for other in g))
        group = next(free, None)
        if group is None:
            groups.append([case])
        else:
            group.append(case)
    return groups


@pytest.mark.parametrize("cases", walks())
def test_what_a_template_does_wrong_is_named(
    tmp_path: Path, packaged: Presentation, cases: list[Case]
) -> None:
    for name, changes, _ in cases:
        put(tmp_path, name, changed(name, *changes))

    findings = list(map(str, found(tmp_path, packaged)))

    for name, _, told in cases:
        about = [each for each in findings if each.startswith(f"templates/{name}:")]
        assert any(told in each for each in about), (told, findings)
    names = {name for name, _, _ in cases}
    assert {each.split(":")[0].removeprefix("templates/") for each in findings} == names
    assert len(findings) == len(set(findings))


def test_a_template_may_say_something_else(
    tmp_path: Path, packaged: Presentation
) -> None:
    for name, text in {
        "mail/welcome.txt": changed("mail/welcome.txt")
        + "\n$display_name {{ join }}\n",
        "mail/help.txt": changed("mail/help.txt") + "\nIt costs $$5, or $ 5.\n",
        "site/robots.txt": "{% set mine = 1 %}{{ mine }}{{ range(3) }}\n",
        "site/home.html": changed("site/home.html") + '{% include "site/me.html" %}',
        "site/me.html": "<p>Us</p>",
        "new/alert.ja.md": "FIXME {{ what }} $x {y}\n",
        ".gitkeep": "",
        "site/.DS_Store": "x",
        "locale/ja/ours.po": f'{PO}msgid "{DAYS}"\nmsgstr "{{days}}日以内に"\n',
    }.items():
        put(tmp_path, name, text)

    assert found(tmp_path, packaged) == []


def test_what_overrides_nothing_is_named(
    tmp_path: Path, packaged: Presentation
) -> None:
    for name in ("mail/wellcome.txt", "welcome.txt", "new/alert.de.md"):
        put(tmp_path, name, "x\n")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "robots.txt").write_bytes(b"\xff\xfe")
    (tmp_path / "site" / "logo.png").write_bytes(b"\x89PNG\xff")
    nothing = "L715 warning: overrides nothing: there is no packaged template of this"

    told = [str(each) for each in found(tmp_path, packaged)]

    assert told == [
        f"templates/mail/wellcome.txt: {nothing} name (expected perhaps "
        "mail/welcome.txt)",
        f"templates/new/alert.de.md: {nothing} name (expected perhaps new/alert.en.md)",
        f"templates/site/logo.png: {nothing} name",
        "templates/site/robots.txt: L711 cannot be used: it is not UTF-8",
        f"templates/welcome.txt: {nothing} name (expected perhaps mail/welcome.txt)",
    ]


def test_words_are_held_against_their_messages(
    tmp_path: Path, packaged: Presentation
) -> None:
    other = "If you did not ask for this, simply ignore this message: you will not be "
    entries = {
        DAYS: "{day}日以内に",
        f"{other}subscribed.": "ok",
        f"{other}subscribedd.": "ok",
    }
    text = "".join(f'msgid "{i}"\nmsgstr "{s}"\n\n' for i, s in entries.items())
    put(tmp_path, "locale/ja/ours.po", PO + text)

    told = [str(each) for each in found(tmp_path, packaged)]

    own = [each for each in told if each.startswith("templates/locale/ja/ours.po:")]
    assert [each.split(": ")[1][:4] for each in own] == ["L712", "L714", "L715"]
    assert ".po:4: L712 {day} is no placeholder of the message" in own[0]
    assert "is translated without {days}" in own[1]
    assert ".po:10: L715 warning: no template says 'If you did not" in own[2]
    # The mail that says it cannot be made.
    assert all("L711 cannot be used: 'day'" in each for each in set(told) - {*own})


def test_a_language_of_the_projects_own_is_told_what_is_new(
    tmp_path: Path, packaged: Presentation
) -> None:
    put(tmp_path, "locale/fr/ours.po", f'{PO}msgid "{DAYS}"\nmsgstr "{{days}}"\n')

    (told,) = map(str, found(tmp_path, packaged))

    assert re.match(
        r"templates/locale/fr: L714 warning: [0-9]{3} messages of this version are not "
        r"translated, the first is .*: readers see English",
        told,
    )


def test_a_copy_of_an_older_form_is_named_with_its_version(
    tmp_path: Path, packaged: Presentation, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {"mail/welcome.txt": {own_templates.digest(b"before\n"): "0.0.9"}}
    monkeypatch.setattr(own_templates, "forms", lambda: before)
    put(tmp_path, "mail/welcome.txt", "before\n")
    put(tmp_path, "mail/help.txt", changed("mail/help.txt"))

    findings = found(tmp_path, packaged)

    (told,) = [str(each) for each in findings if each.code == "L716"]
    assert told.startswith("templates/mail/welcome.txt: L716 warning: is the packaged")
    assert "as version 0.0.9 had it, word for word" in told
    # It is tried all the same.
    assert "L713" in {each.code for each in findings if each.level is Level.ERROR}


def test_todays_templates_are_written_down() -> None:
    known = own_templates.forms()

    missing = [
        path
        for path, digest in forms.today().items()
        if digest not in known.get(path, {})
    ]

    assert missing == [], "run `make forms`, so that a later version knows them"
    assert publisher.__version__ in {
        v for each in known.values() for v in each.values()
    }
    assert all(re.fullmatch("[0-9a-f]{32}", d) for each in known.values() for d in each)


def test_the_packaged_mails_ask_for_nothing_that_is_unknown(
    packaged: Presentation,
) -> None:
    for mailing_list in builders.settings().lists:
        for name in texts.TEMPLATES:
            text = texts.text(name, mailing_list, packaged)
            known = placeholders.known(name, "")
            if not name.startswith("publisher:"):
                assert placeholders.used(text) <= known, name
            assert placeholders.bare(text) == frozenset(), name


@pytest.mark.parametrize("inner", [f"{'(' * 5000}1{')' * 5000}", "9" * 5000])
def test_a_template_that_nests_too_deeply_is_named(inner: str) -> None:
    own = rules.OwnTemplates(files={"site/home.html": f"{{{{ {inner} }}}}"})

    (found,) = rules.broken(own)

    assert "cannot be used: " in str(found)


def test_words_that_never_end_are_looked_at_in_linear_time() -> None:
    def look(size: int) -> None:
        string = "{" + "a" * size
        own = rules.OwnTemplates(messages=(rules.Message("x.po", 1, "x", string),))
        assert list(rules.unknown(own)) == []

    growth.is_linear(look, 10_000, 160_000)
