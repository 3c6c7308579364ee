"""A whole drill on a real Mailman, with a real canary; the real lists hear nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher import webserver
from publisher.errors import MailmanError
from publisher.model.ids import AdvisoryId
from publisher.model.settings import MailingList
from publisher.wiring import Project
from tests.cli import terminal
from tests.cli.terminal import run, run_json
from tests.keys import Key
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hosts import EN, JA, Server

pytestmark = [pytest.mark.gpg, pytest.mark.mailman]

PASSWORD = "PUBLISHER_MAILMAN_PASSWORD"
READER = "hanako@reader.example"


@dataclass
class Team:
    """A project with everything real around it, and one reader of each real list."""

    root: Path
    server: Server

    @property
    def project(self) -> Project:
        return Project(self.root)


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory, team_key: Key) -> Iterator[Team]:
    folder = tmp_path_factory.mktemp("drill")
    root = folder / "ours"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNUPGHOME", str(team_key.home))
        run("init", str(root), "--key", team_key.fingerprint)
        terminal.work_alone(root)
        (root / "site").mkdir()
        with (
            hosts.running(team_key, plugin=True) as server,
            webserver.serving(root / "site") as url,
        ):
            patch.setenv(PASSWORD, server.host.rest_password)
            declare(root, server, url)
            patch.chdir(root)
            run("lists", "apply")
            for each in (JA, EN):
                server.subscribe(each, READER)
            run("publish", "--yes")
            yield Team(root, server)


def declare(root: Path, server: Server, url: str) -> None:
    """Name the real server, the real site and the canary's Maildir."""
    file = root / "publisher.toml"
    text = file.read_text(encoding="utf-8")
    text = re.sub(r'(?m)^url = "https://.+$', f'url = "{url}"', text)
    text = re.sub(r'(?m)^url = "http://127.+/3.1"$',
                  f'url = "{server.host.rest_url}"', text)  # fmt: skip
    text = re.sub(r"(?m)^password = .+$", f'password = {{ env = "{PASSWORD}" }}', text)
    text = text.replace("[[lists]]\n", "[[lists]]\ndrill = true\n")
    maildir = server.host.settings.directory / "mailboxes" / hosts.CANARY
    canary = f'[canary]\naddress = "{hosts.CANARY}"\nmaildir = "{maildir}"\nwait = 60\n'
    file.write_text(text.replace("[mailman]\n", f"{canary}\n[mailman]\n"), "utf-8")


def heard(team: Team) -> list[str]:
    team.server.host.settle()
    return [str(each["message-id"]) for each in team.server.host.messages(READER)]


def test_a_whole_drill_reaches_the_canary_and_nobody_else(team: Team) -> None:
    before = heard(team)

    done = run_json("drill", "--yes")

    assert done["problem"] == ""
    assert [each["stage"] for each in done["stages"]] == [
        "lint", "sign", "guard", "build", "probe", "push", "confirm"
    ]  # fmt: skip
    assert done["inbox"] >= done["stages"][-2]["done"]
    assert len(before) == 2
    assert heard(team) == before
    got = team.server.host.messages(hosts.CANARY)
    drills = [each for each in got if done["id"] in str(each["message-id"])]
    assert sorted(str(each["list-id"]).rpartition("<")[2] for each in drills) == [
        "announce-en-test.lists.cert.example>",
        "announce-ja-test.lists.cert.example>",
    ]


def test_a_drill_says_when_it_was_in_the_inbox(team: Team) -> None:
    shown = run("drill", "--yes").stdout

    assert re.search(r"\ninbox after 0 min \d+ s\n$", shown)
    assert team.root.exists()


@pytest.mark.parametrize(("prefix", "twin"), [("DRILL", False), ("ADV", True)])
def test_the_server_keeps_drills_and_real_texts_apart(
    team: Team, prefix: str, *, twin: bool
) -> None:
    settings = team.project.settings
    mailing_list: MailingList = settings.twins[0] if twin else settings.lists[0]
    advisory = AdvisoryId(prefix, 2026, 990_001)
    key = hosts.edition_key(advisory, mailing_list.language)
    data = team.server.key.clearsign(hosts.text(key))
    before = heard(team)

    with pytest.raises(MailmanError, match="drill") as refused:
        team.server.lists.post(hosts.announcement(mailing_list, key, data))

    assert refused.value.certain
    assert heard(team) == before


def test_the_lists_for_drills_are_as_declared(team: Team) -> None:
    run("lists", "check")
    plans = run_json("lists", "plan")

    assert len(plans) == 4
    assert team.server.lists.plugin_version()


def test_the_acts_of_all_that_are_in_the_log(team: Team) -> None:
    text = (team.root / ".publisher" / "acts.log").read_text(encoding="utf-8")

    acts = set(re.findall(r" act=([a-z-]+) ", text))
    assert acts >= {"sign", "fetch", "post", "rest", "confirm", "list-create"}
    assert team.server.host.rest_password not in text
    assert "BEGIN PGP" not in text
