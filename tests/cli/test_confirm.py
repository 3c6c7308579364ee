"""What an operator sees of the canary's mailbox, which is a real Maildir here."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.errors import MailmanError
from publisher.mailhost.maildir import Mailboxes
from publisher.model.chain import Announcement
from tests.cli.terminal import Desk, run, run_json
from tests.fakes import FakeLists

pytestmark = pytest.mark.gpg

CANARY = "canary@cert.example"
JA, EN = "announce-ja@lists.cert.example", "announce-en@lists.cert.example"


class Server(FakeLists):
    """A list server that delivers to the canary."""

    root: Path
    lost: bool = False
    damage: Callable[[bytes], bytes] = staticmethod(bytes)

    def _post(self, announcement: Announcement) -> None:
        super()._post(announcement)
        if not self.lost:
            self.deliver(announcement)

    def deliver(self, announcement: Announcement) -> None:
        each = announcement.mailing_list
        head = f"List-Id: <{each.list_id}>\n"
        head += f"List-Unsubscribe: <mailto:{each.sub_address('leave')}>\n"
        data = self.damage(head.encode() + announcement.message)
        Mailboxes(self.root).store(CANARY, data)


@pytest.fixture
def server(desk: Desk) -> Server:
    """A server with the lists, for a project in which all is signed and built."""
    made = Server(fingerprints=desk.lists.fingerprints, canary=CANARY)
    made.root = desk.root / "mail"
    desk.lists = made
    table = f'[canary]\naddress = "{CANARY}"\nmaildir = "mail/{CANARY}"\nwait = 1\n\n'
    desk.settings(("[mailman]\n", f"{table}[mailman]\n"))
    for part in ("new", "cur"):
        (made.root / CANARY / part).mkdir(parents=True)
    run("lists", "apply")
    run("sign", "--yes")
    run("build")
    return made


def seen(text: str) -> list[list[str]]:
    """Return the first words of each line about a mail in the mailbox."""
    words = ("arrived", "missing", "DAMAGED")
    lines = [line.split() for line in text.splitlines()]
    return [line[:1] + line[5:7] for line in lines if line[0] in words]


@pytest.mark.usefixtures("server")
def test_push_says_what_arrived_and_when(desk: Desk) -> None:
    pushed = run("push").stdout
    again = run("push").stdout

    name = desk.folder().name
    assert f"arrived  {name} r1 ja to {JA} after 0." in pushed
    assert f"arrived  {name} r1 en to {EN} after 0." in pushed
    assert again.endswith("nothing to push\n")
    assert run("confirm").stdout == "nothing is left to see arrive\n"


@pytest.mark.usefixtures("server")
def test_json_has_what_was_seen_of_each_mail() -> None:
    first, second = run_json("push")

    assert first["result"] == second["result"] == "sent"
    assert first["canary"] == second["canary"] == "delivered"
    assert 0 <= first["seconds"] < 60
    assert (first["difference"], first["note"]) == ("", "")


def test_a_mail_that_is_missing_is_an_error_of_the_world_until_it_comes(
    server: Server,
) -> None:
    server.lost = True

    pushed = run("push", "--wait", "0", code=3)
    again = run("push", code=3)
    confirmed = run("confirm", "--wait", "0", code=3)
    for each in server.mails:
        server.deliver(each)
    found = run("confirm")

    told = "2 of 2 mails posted and not seen to arrive; nothing is sent again"
    assert told in pushed.stderr
    assert told in again.stderr
    assert "publisher confirm" in again.stderr
    assert seen(confirmed.stdout) == [["missing", f"{to}:", "not"] for to in (JA, EN)]
    assert seen(found.stdout) == [["arrived", to, "after"] for to in (JA, EN)]
    assert len(server.mails) == 2
    assert run("push").stdout.endswith("nothing to push\n")


def test_a_damaged_mail_is_an_alarm(desk: Desk, server: Server) -> None:
    server.damage = staticmethod(lambda mail: mail + b"-- \nLeave here\n")

    pushed = run("push", code=2)
    confirmed = run_json("confirm", code=2)

    assert (
        "text stands behind the signed block, which nobody signed: "
        "'-- \\nLeave here'" in pushed.stdout
    )
    assert "2 of 2 mails did not reach the canary as signed" in pushed.stderr
    assert "docs/canary.md" in pushed.stderr
    assert [each["canary"] for each in confirmed] == ["damaged", "damaged"]
    assert f"DAMAGED on {JA}" in run("status", desk.folder().name).stdout
    # It has been said, and nothing that is published later is the worse for it.
    assert run("push").stdout.endswith("nothing to push\n")


def test_a_mail_that_came_twice_is_found_by_the_next_look(server: Server) -> None:
    run("push")
    server.deliver(server.mails[0])

    result = run("confirm", code=2)

    assert "it arrived 2 times" in result.stdout


@pytest.mark.usefixtures("server")
def test_publish_sees_what_it_sent_arrive() -> None:
    assert "arrived" in run("publish", "--yes").stdout


def test_a_mailbox_that_cannot_be_read_is_told_and_nothing_is_sent_again(
    desk: Desk, server: Server
) -> None:
    shutil.rmtree(desk.root / "mail")
    server.lost = True

    pushed = run("push", code=3)
    confirmed = run("confirm", "--wait", "0", code=3)

    for each in (pushed, confirmed):
        (line,) = each.stderr.splitlines()
        assert "there is no Maildir at" in line
        assert line.endswith("; nothing is sent again")
    assert len(server.mails) == 2


def test_a_mail_of_unknown_outcome_is_left_to_push(server: Server) -> None:
    server.lost = True
    server.failures.append(MailmanError("the connection broke"))
    run("push", code=3)
    server.lost = False

    result = run("confirm", code=3)

    assert "whether 1 mail went out is not known: run `publisher push`" in result.stderr
    server.deliver(server.mails[0])
    assert "found    " in run("push").stdout
    assert run("confirm").stdout == "nothing is left to see arrive\n"


@pytest.mark.usefixtures("desk")
def test_without_a_mailbox_there_is_nothing_to_look_into() -> None:
    result = run("confirm", code=2)

    assert "names no mailbox to look into: add [canary]" in result.stderr


@pytest.mark.usefixtures("server")
def test_the_password_of_a_mailbox_is_looked_for_where_the_settings_say(
    desk: Desk,
) -> None:
    maildir = f'maildir = "mail/{CANARY}"'
    imap = 'imap = "imaps://canary@localhost:1/INBOX"\npassword = { file = "secret" }'
    run("push")
    desk.settings((maildir, imap))

    missing = run("confirm", code=2).stderr

    assert "canary.password" in missing
