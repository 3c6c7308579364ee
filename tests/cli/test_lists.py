from __future__ import annotations

import pytest

import publisher
from publisher.model.settings import MailingList
from tests.cli.terminal import Desk, run, run_json

JA, EN = "announce-ja@lists.cert.example", "announce-en@lists.cert.example"
CANARY = "canary@cert.example"

pytestmark = pytest.mark.gpg


def name_canary(desk: Desk) -> None:
    desk.settings(("[mailman]\n", f'[canary]\naddress = "{CANARY}"\n\n[mailman]\n'))
    desk.lists.canary = CANARY


def test_lists_that_are_missing_are_planned_with_what_they_will_have(
    desk: Desk,
) -> None:
    lines = run("lists", "plan").stdout.splitlines()

    assert lines[0] == f"+ {JA}: is to be created"
    assert lines[1].startswith("    + preferred_language: 'ja' (subscribers are ")
    assert f"+ {EN}: is to be created" in lines
    assert lines[-1] == "2 lists: 2 to create, 0 to change, 0 as declared"
    assert desk.lists.settings == {}


def test_applying_makes_them_as_declared(desk: Desk) -> None:
    first = run("lists", "apply").stdout.splitlines()
    again = run("lists", "apply").stdout

    assert [line for line in first if not line.startswith(" ")] == [
        f"+ {JA}: created",
        f"+ {EN}: created",
        "2 lists as declared",
    ]
    assert again == f"= {JA}: as declared\n= {EN}: as declared\n" + (
        "2 lists as declared\n"
    )
    assert len(desk.lists.settings) == 2


def test_a_mail_that_readers_could_not_use_is_found_before_they_get_it(
    desk: Desk,
) -> None:
    mail = desk.root / "templates" / "mail" / "confirm-by-hand.txt"
    mail.parent.mkdir()
    mail.write_text("confirm $tokn\n", encoding="utf-8")
    page = desk.root / "templates" / "site" / "robots.text"
    page.parent.mkdir()
    page.write_text("ours\n", encoding="utf-8")
    wrong = "templates/mail/confirm-by-hand.txt:1: L712 $tokn is unknown to Mailman"

    for action in ("plan", "apply", "check"):
        told = run("lists", action, code=2)
        assert wrong in told.stderr
        assert "mend what is named above" in told.stderr
        assert "robots.text" not in told.stderr
        assert told.stdout == ""
    linted = run("lint", code=1).stdout
    run("lint", desk.folder().name)
    mail.write_text("confirm $token\n", encoding="utf-8")
    run("lists", "plan")

    assert wrong in linted
    assert "robots.text: L715 warning: overrides nothing" in linted
    assert desk.lists.settings == {}


def test_a_dry_run_applies_nothing_and_shows_the_plan(desk: Desk) -> None:
    result = run("lists", "apply", "--dry-run")

    assert result.stdout == run("lists", "plan").stdout
    assert desk.lists.settings == {}


def test_a_setting_that_somebody_changed_is_found_and_mended(desk: Desk) -> None:
    run("lists", "apply")
    desk.lists.settings["announce-en.lists.cert.example"]["subject_prefix"] = "[X] "

    found = run("lists", "check", code=2)
    (_, english) = run_json("lists", "check", code=2)
    applied = run("lists", "apply")

    why = "the subject stays the team's; filters use List-Id"
    change = f"    ~ subject_prefix: '[X] ' -> '' ({why})\n"
    assert f"= {JA}: as declared\n~ {EN}: is to be changed\n{change}" in found.stdout
    assert "2 lists: 0 to create, 1 to change, 1 as declared\n" in found.stdout
    assert english["differences"] == [
        {
            "setting": "subject_prefix",
            "live": "[X] ",
            "wanted": "",
            "why": why,
            "by_hand": "",
            "stops_posts": True,
        }
    ]
    assert f"~ {EN}: changed\n{change}" in applied.stdout
    assert run("lists", "check").stdout.count(": as declared") == 2


def test_every_finding_has_a_reason_of_its_own(desk: Desk) -> None:
    run("lists", "apply")
    live = desk.lists.settings["announce-en.lists.cert.example"]
    for name in live:
        live[name] = "damaged"

    (_, english) = run_json("lists", "check", code=2)

    assert len(english["differences"]) > 70
    for found in english["differences"]:
        assert len(found["why"]) > 5
        assert "as above" not in found["why"]


@pytest.mark.usefixtures("desk")
def test_a_missing_list_fails_the_check() -> None:
    shown = run_json("lists", "check", code=2)

    assert [each["missing"] for each in shown] == [True, True]


@pytest.mark.usefixtures("desk")
def test_applying_as_json_shows_what_was_different() -> None:
    shown = run_json("lists", "apply")

    assert [each["list"] for each in shown] == [JA, EN]
    assert [each["missing"] for each in shown] == [True, True]


@pytest.mark.parametrize("command", ["plan", "apply", "check"])
def test_without_a_list_there_is_nothing_to_do(desk: Desk, command: str) -> None:
    text = (desk.root / "publisher.toml").read_text(encoding="utf-8")
    (desk.root / "publisher.toml").write_text(text.partition("[[lists]]")[0])

    assert "declares no lists" in run("lists", command, code=2).stderr


def test_a_list_that_is_removed_from_the_file_is_not_touched(desk: Desk) -> None:
    run("lists", "apply")
    english = desk.lists.settings["announce-en.lists.cert.example"]
    english["subject_prefix"] = "[Old] "
    before = dict(english)
    text = (desk.root / "publisher.toml").read_text(encoding="utf-8")
    kept = text[: text.rindex("[[lists]]")]
    (desk.root / "publisher.toml").write_text(kept, encoding="utf-8")

    applied = run("lists", "apply").stdout

    assert applied == f"= {JA}: as declared\n1 list as declared\n"
    assert english == before


def test_a_canary_that_is_missing_is_found_and_subscribed(desk: Desk) -> None:
    run("lists", "apply")
    name_canary(desk)

    found = run("lists", "check", code=2).stdout
    run("lists", "apply")

    why = "somebody of the team has to see what readers get"
    assert found.count(f"    ~ canary: '' -> '{CANARY}' ({why})\n") == 2
    run("lists", "check")


def test_a_canary_that_gets_no_mail_is_found(desk: Desk) -> None:
    name_canary(desk)
    run("lists", "apply")
    live = desk.lists.settings["announce-en.lists.cert.example"]
    live["canary"] = f"{CANARY} (by_bounces)"

    found = run("lists", "check", code=2).stdout
    run("lists", "apply")

    assert f"canary: '{CANARY} (by_bounces)' -> '{CANARY}'" in found
    run("lists", "check")


def test_a_server_without_the_plugin_fails_the_check_and_the_push(desk: Desk) -> None:
    run("lists", "apply")
    run("sign", "--yes")
    desk.lists.plugin = False

    found = run("lists", "check", code=2).stdout
    pushed = run("push", code=3).stderr

    assert f"    ! plugin: '' -> '{publisher.__version__}' (it lets only " in found
    assert "install this version into Mailman's environment" in found
    assert f"{JA}: plugin is '' (expected '{publisher.__version__}'; install" in pushed
    assert desk.lists.mails == []


def test_a_plugin_of_another_version_fails_the_check_and_not_the_push(
    desk: Desk,
) -> None:
    run("lists", "apply")
    run("sign", "--yes")
    desk.lists.version = "0.0.9"

    found = run("lists", "check", code=2).stdout
    run("push")

    assert f"plugin: '0.0.9' -> '{publisher.__version__}'" in found
    assert len(desk.lists.mails) == 2


def test_what_has_to_be_done_by_hand_is_told_before_a_list_is_made(desk: Desk) -> None:
    desk.lists.plugin = False

    planned = run("lists", "plan").stdout
    failed = run("lists", "apply", code=3)

    assert f"+ {JA}: is to be created\n" in planned
    assert "    ! plugin: '' -> " in planned
    assert "still differs from what is declared" in failed.stderr


def test_a_team_may_do_without_the_plugin(desk: Desk) -> None:
    desk.without_plugin()

    run("lists", "apply")

    run("lists", "check")


@pytest.mark.parametrize("stopped", [("bounces", "task"), ("out",)])
def test_a_runner_that_is_off_fails_the_check_and_stops_a_push_if_it_posts(
    desk: Desk, stopped: tuple[str, ...]
) -> None:
    run("lists", "apply")
    run("sign", "--yes")
    for settings in desk.lists.settings.values():
        settings["runners"] = stopped

    found = run("lists", "check", code=2).stdout
    run("push", code=3 if "out" in stopped else 0)

    assert f"! runners: {stopped!r} -> () " in found
    assert "set `start: yes` in the section [runner.NAME]" in found


NEWS = MailingList("news@lists.cert.example", "en", (), "", "")  # type: ignore[arg-type]


@pytest.fixture
def with_news(desk: Desk) -> Desk:
    """A server that has a list which publisher.toml does not declare."""
    desk.lists.create(NEWS)
    desk.lists.settings[NEWS.list_id] |= {
        "preferred_language": "ja",
        "display_name": 'News "①" \\ more',
        "description": "For all\tof you",
        "subject_prefix": "[News] ",
    }
    return desk


def test_a_list_of_the_server_is_declared_as_it_is(with_news: Desk) -> None:
    file = with_news.root / "publisher.toml"
    before = file.read_bytes()

    shown = run("lists", "import", NEWS.address).stdout

    added = (
        "\n[[lists]]\n"
        'address = "news@lists.cert.example"\n'
        'language = "ja"\n'
        'title = "News \\"①\\" \\\\ more"\n'
        'description = "For all\\tof you"\n'
    )
    assert file.read_bytes() == before + added.encode()
    assert "1 list added to publisher.toml\n" in shown
    assert f"~ {NEWS.address}: is to be changed\n" in shown
    assert "    ~ subject_prefix: '[News] ' -> '' (" in shown
    assert shown.endswith("1 list: 0 to create, 1 to change, 0 as declared\n")
    run("lists", "apply")
    assert run("lists", "check").stdout.count(": as declared") == 3


def test_importing_takes_kinds_and_a_language(with_news: Desk) -> None:
    options = ("--kind", "note", "--kind", "alert", "--language", "en")

    run("lists", "import", NEWS.address, *options)

    text = (with_news.root / "publisher.toml").read_text(encoding="utf-8")
    assert 'language = "en"\n' in text.rpartition("[[lists]]")[2]
    assert 'kinds = ["alert", "note"]\n' in text.rpartition("[[lists]]")[2]


def test_a_dry_import_shows_the_same_and_changes_nothing(with_news: Desk) -> None:
    file = with_news.root / "publisher.toml"
    before = file.read_bytes()

    dry = run("lists", "import", NEWS.address, "--dry-run").stdout
    same = file.read_bytes()
    real = run("lists", "import", NEWS.address).stdout

    assert same == before
    assert dry == real.replace(" added to", " would be added to")


def test_importing_all_leaves_out_what_is_declared(with_news: Desk) -> None:
    run("lists", "apply")

    first = run("lists", "import", "--all").stdout
    again = run("lists", "import", "--all").stdout

    assert first.count("[[lists]]") == 1
    assert again == "publisher.toml declares every list of the server\n"
    assert len(run_json("lists", "plan")) == 3
    assert with_news.lists.settings[NEWS.list_id]["subject_prefix"] == "[News] "


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((JA,), f"publisher.toml declares {JA} already: nothing was changed"),
        (("no@lists.cert.example",), "has no list 'no@lists.cert.example': "),
        ((), "name the addresses of the lists to import, or say --all"),
        ((NEWS.address, "--all"), "or say --all"),
        ((NEWS.address, "--language", "x"), "--language: "),
        ((NEWS.address, "--language", "de"), "which is not in site.languages"),
    ],
)
def test_what_cannot_be_imported_changes_nothing(
    with_news: Desk, arguments: tuple[str, ...], message: str
) -> None:
    file = with_news.root / "publisher.toml"
    before = file.read_bytes()

    result = run("lists", "import", *arguments, code=2)

    assert message in result.stderr
    assert file.read_bytes() == before


def test_a_list_in_an_unknown_language_asks_which_it_is(with_news: Desk) -> None:
    with_news.lists.settings[NEWS.list_id]["preferred_language"] = "???"

    result = run("lists", "import", NEWS.address, code=2)

    assert "is in '???' on the server: say with --language" in result.stderr
