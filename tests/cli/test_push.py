from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from publisher.errors import MailmanError
from publisher.ports import Life, Reply
from publisher.wiring import Project
from tests.cli.terminal import Desk, run, run_json

pytestmark = pytest.mark.gpg

LOST = "the connection broke"
JA, EN = "announce-ja@lists.cert.example", "announce-en@lists.cert.example"


@pytest.fixture
def ready(desk: Desk) -> Desk:
    """All is signed and built, and the lists are there."""
    run("lists", "apply")
    run("sign", "--yes")
    run("build")
    return desk


def message_id(desk: Desk, address: str, language: str) -> str:
    name, domain = address.split("@")
    return f"<{desk.folder().name}.r1.{language}.{name}@{domain}>"


def test_what_is_due_is_mailed_once(ready: Desk) -> None:
    first = run("push")
    second = run("push")

    name = ready.folder().name
    built, *others = first.stdout.splitlines()
    assert built.endswith("0 of them written")
    assert others == [
        "probed   14 files as built",
        f"sent     {name} r1 ja to {JA}",
        f"sent     {name} r1 en to {EN}",
    ]
    assert second.stdout.splitlines()[1:] == ["nothing to push"]
    assert len(ready.lists.mails) == 2


def test_json_says_what_became_of_each_mail(ready: Desk) -> None:
    first, second = run_json("push")

    assert first == {
        "id": ready.folder().name,
        "revision": 1,
        "language": "ja",
        "list": JA,
        "message_id": message_id(ready, JA, "ja"),
        "result": "sent",
        "reason": "",
    }
    assert second["list"] == EN
    assert run_json("push") == []


def test_a_dry_run_sends_nothing_and_changes_nothing(desk: Desk) -> None:
    run("sign", "--yes")

    text = run("push", "--dry-run").stdout
    shown = run_json("push", "--dry-run")

    name = desk.folder().name
    assert text == f"due      {name} r1 ja to {JA}\ndue      {name} r1 en to {EN}\n" + (
        "2 mails would be sent\n"
    )
    assert [each["state"] for each in shown] == ["due", "due"]
    assert desk.lists.mails == []
    assert not desk.site.exists()
    assert len(run_json("build")["written"]) > 2


def test_a_list_that_is_not_as_declared_stops_it(desk: Desk) -> None:
    run("sign", "--yes")

    result = run("push", code=3)

    assert "run `publisher lists apply`" in result.stderr
    assert desk.lists.mails == []


def test_a_site_that_is_not_up_stops_it(
    ready: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    web = Project(ready.root).web
    web.live = tmp_path / "elsewhere"  # type: ignore[attr-defined]
    monkeypatch.setattr(Project, "web", property(lambda _: web))

    result = run("push", code=3)

    assert "answers 404" in result.stderr
    assert ready.lists.mails == []


def test_a_refused_mail_is_an_error_and_due_again(ready: Desk) -> None:
    ready.lists.failures.append(MailmanError("no room", certain=True))

    result = run("push", code=3)

    assert f"to {JA}: no room" in result.stdout
    assert "1 of 2 mails not known to be sent" in result.stderr
    assert len(run_json("push")) == 1


def test_a_lost_connection_ends_the_run_and_the_next_one_finds_out(ready: Desk) -> None:
    ready.lists.failures.append(MailmanError(LOST))

    broken = run("push", code=3)
    again = run("push")

    assert LOST in broken.stderr
    assert "found    " in again.stdout
    assert len(ready.lists.mails) == 2


def test_json_has_what_was_sent_before_the_connection_broke(ready: Desk) -> None:
    ready.lists.failures += [MailmanError("no room", certain=True), MailmanError(LOST)]

    (only,) = run_json("push", code=3)

    assert only["result"] == "refused"


def test_without_the_plugin_an_operator_has_to_settle_it(desk: Desk) -> None:
    desk.without_plugin()
    run("lists", "apply")
    run("sign", "--yes")
    run("build")
    desk.lists.failures.append(MailmanError(LOST))
    run("push", code=3)

    asked = run("push", code=3)
    status = run("status")
    run("settle", message_id(desk, JA, "ja"), "--sent")

    assert f"publisher settle '{message_id(desk, JA, 'ja')}'" in asked.stdout
    assert f"unknown whether sent to {JA}" in status.stdout
    assert "1 mail unknown" in status.stdout
    assert run("push").stdout.endswith("\nnothing to push\n")


def test_a_mail_that_was_not_sent_is_due_again(desk: Desk) -> None:
    desk.without_plugin()
    run("lists", "apply")
    run("sign", "--yes")
    run("build")
    desk.lists.failures.append(MailmanError(LOST))
    run("push", code=3)

    settled = run("settle", message_id(desk, JA, "ja"), "--not-sent")

    assert "not sent, and due again" in settled.stdout
    assert len(run_json("push")) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "say what you found out: --sent or --not-sent"),
        (("--sent",), "is no mail of unknown outcome"),
    ],
)
def test_only_an_unknown_outcome_can_be_settled(
    ready: Desk, options: tuple[str, ...], message: str
) -> None:
    result = run("settle", message_id(ready, JA, "ja"), *options, code=2)

    assert message in result.stderr


@pytest.mark.usefixtures("desk")
def test_publish_does_it_all_and_again_nothing() -> None:
    run("lists", "apply")

    first = run("publish", answers="y\n").stdout
    second = run("publish").stdout

    steps = [line.split()[0] for line in first.partition("as shown?")[2].splitlines()]
    signed = ["signed"] * 3
    assert steps == ["[y/N]:", *signed, "built", "probed", "sent", "sent"]
    assert second.startswith("nothing to sign\nbuilt    ")
    assert second.endswith("nothing to push\n")


def test_publish_warns_of_dead_links_and_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dead:
        def ask(self, urls: Sequence[str], seconds: float) -> Mapping[str, Reply]:
            assert seconds == 5
            return dict.fromkeys(urls, Reply(Life.DEAD, "its server answers 404"))

    run("lists", "apply")
    links = "[a page](https://vendor.example/a)"
    desk.edit(("## Overview\n", f"## Overview\n\n{links}\n"))
    desk.edit(("## 概要\n", f"## 概要\n\n{links}\n"))
    desk.settings(("seconds = 0", "seconds = 5"))
    monkeypatch.setattr(Project, "links", property(lambda _: Dead()))

    first, second = run("publish", "--yes"), run("publish", "--yes")

    assert "L801 warning: the link " in first.stderr
    assert len(desk.lists.mails) == 2
    # What is out is not asked after any more.
    assert "L801" not in second.stderr


def test_publish_puts_the_site_up_before_it_mails(desk: Desk) -> None:
    run("lists", "apply")
    desk.settings(("\n[advisories]", '\n[deploy]\ncommand = ["false"]\n\n[advisories]'))

    result = run("publish", "--yes", code=3)

    assert "the site was not put up" in result.stderr
    assert desk.lists.mails == []


def test_publish_runs_the_deploy_command_in_the_project(desk: Desk) -> None:
    run("lists", "apply")
    python = f'["{sys.executable}", "-c", "open(\'up\', \'w\')"]'
    table = f"\n[deploy]\ncommand = {python}\n\n[advisories]"
    desk.settings(("\n[advisories]", table))

    run("publish", "--yes")

    assert (desk.root / "up").exists()
    assert len(desk.lists.mails) == 2


def test_publish_without_a_deploy_program_says_so(desk: Desk) -> None:
    table = '\n[deploy]\ncommand = ["no-such-program"]\n\n[advisories]'
    desk.settings(("\n[advisories]", table))

    result = run("publish", "--yes", code=3)

    assert "no-such-program" in result.stderr


def test_a_dry_publish_shows_what_would_be_signed(desk: Desk) -> None:
    result = run("publish", "--dry-run")

    assert "3 texts would be signed\nthen the site would be built" in result.stdout
    assert desk.signed() == []
    assert not desk.site.exists()


def test_a_dry_publish_of_what_is_signed_shows_the_mails(desk: Desk) -> None:
    run("sign", "--yes")

    result = run("publish", "--dry-run")

    assert result.stdout.endswith("2 mails would be sent\n")
    assert not desk.site.exists()


def test_a_declined_publish_does_nothing(desk: Desk) -> None:
    run("publish", answers="n\n", code=2)

    assert desk.signed() == []
    assert not desk.site.exists()
