"""Nobody joins or leaves for somebody else, or learns who reads, on a real Mailman."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from tests.mailman_plugin.hosts import EN, Server

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]

READER = "reader-en@home.example"
VICTIM = "victim@home.example"
OTHER = "other@home.example"
MALLORY = "mallory@evil.example"


def send(
    server: Server, command: str, subject: str, sender: str, says: str = ""
) -> None:
    """Mail a command from one address that says it is from another."""
    mail = EmailMessage()
    mail["From"] = says or sender
    mail["To"] = EN.sub_address(command)
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{server.new_id()}@evil.example>"
    mail.set_content("\n")
    server.host.deliver(mail, sender, EN.sub_address(command))
    server.host.settle()


def members(server: Server) -> set[str]:
    _, told = server.rest.call(f"lists/{EN.list_id}/roster/member")
    return {entry["email"] for entry in told.get("entries", [])}


def test_nobody_is_subscribed_by_somebody_else(server: Server) -> None:
    asked = server.count(VICTIM)

    send(server, "join", "", MALLORY, says=VICTIM)
    send(server, "confirm+0123456789abcdef", "Re: confirm", MALLORY, says=VICTIM)

    assert VICTIM not in members(server)
    assert server.count(MALLORY) == 0
    assert server.count(VICTIM) > asked


def test_nobody_is_unsubscribed_by_somebody_else(server: Server) -> None:
    server.subscribe(EN, OTHER)

    for command, subject in (("leave", ""), ("request", "leave")):
        send(server, command, subject, MALLORY, says=OTHER)
    for subject in (f"leave {OTHER}", f"leave address={OTHER}"):
        send(server, "request", subject, MALLORY)

    assert OTHER in members(server)


@pytest.mark.parametrize("sender", [READER, MALLORY])
def test_who_reads_is_told_to_nobody(server: Server, sender: str) -> None:
    third = f"third-{sender}"
    server.subscribe(EN, third)
    before = server.count(sender)

    send(server, "request", "who", sender)

    answers = server.host.messages(sender)[before:]
    assert answers
    assert {third, READER} <= members(server)
    others = members(server) - {sender}
    assert not [each for each in others if each in "".join(map(str, answers))]
