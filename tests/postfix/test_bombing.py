"""Who bombs a list with requests, known by what Postfix writes on top of a mail."""

from __future__ import annotations

import configparser
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest

from tests.mailman_plugin.hosts import EN, Server
from tests.mailman_plugin.selfservice.people import Person, members, token

pytestmark = [
    pytest.mark.mailman,
    pytest.mark.gpg,
    pytest.mark.postfix,
    pytest.mark.postgres,
    pytest.mark.enable_socket,
]

JOIN = EN.sub_address("join")
FORGED = "198.51.100"
"""The network that bombers claim to be in, by HELO and by lines of their own."""


@contextmanager
def connected(server: Server, address: str, helo: str) -> Iterator[smtplib.SMTP]:
    """Connect to Postfix as somebody else does, from `address`."""
    with smtplib.SMTP("127.0.0.1", server.host.smtp_port, timeout=60) as client:
        client.ehlo("localhost")
        code, text = client.docmd("XCLIENT", f"NAME=[UNAVAILABLE] ADDR={address}")
        assert code == 220, text
        client.ehlo(helo)
        yield client


def bomb(server: Server, address: str, victims: list[str]) -> None:
    """Ask for many in the name of many hosts."""
    for number, victim in enumerate(victims):
        with connected(server, address, f"[{FORGED}.{number}]") as client:
            lie = f"from x (y [{FORGED}.{number}]) by lists.cert.example (Postfix)"
            mail = f"Received: {lie}\r\nFrom: {victim}\r\nSubject: join\r\n\r\njoin\r\n"
            client.sendmail(victim, [JOIN], mail)


def settings(server: Server, **limits: str) -> None:
    """Set the plugin's limits; they count at once."""
    file = server.host.settings.directory.parent / "etc" / "publisher.cfg"
    parser = configparser.RawConfigParser()
    parser.read(file)
    parser["publisher"].update(limits)
    with file.open("w") as stream:
        parser.write(stream)


def asked(server: Server, victims: list[str]) -> int:
    """Return how many of them got a mail."""
    return sum(server.count(victim) > 0 for victim in victims)


def test_an_honest_reader_joins_and_leaves_while_others_bomb(server: Server) -> None:
    one = [f"victim{number}@one.example" for number in range(12)]
    many = [f"victim{number}@many{number}.example" for number in range(24)]
    first, second = (Person(server, f"{n}@honest.example") for n in ("a", "b"))
    settings(server, limit_source="3/day", limit_list="12/day")

    # One host, whatever it calls itself, gets its share, and the list goes on.
    bomb(server, "203.0.113.5", one)
    server.host.settle()
    assert asked(server, one) == 3
    [question] = write(first, "192.0.2.80")
    assert first.reply(question)
    assert first.address in members(server, EN)

    # Eight networks use up all of the list: nobody is asked any more.
    for number in range(8):
        bomb(server, f"100.64.{number}.9", many[number * 3 : number * 3 + 3])
    server.host.settle()
    assert asked(server, one + many) == 3 + 8
    assert write(second, "192.0.2.90") == []

    # Who is on the list can leave all the same.
    [leave] = first.write(EN.sub_address("leave"))
    first.reply(leave)
    assert first.address not in members(server, EN)

    # As soon as there is room for one of each network, the honest one has had his.
    settings(server, limit_list="24/day")
    question = server.host.wait_for(second.address)
    second.reply(question)
    assert token(question)
    assert second.address in members(server, EN)
    assert 3 + 8 < asked(server, one + many) < 24


def write(person: Person, address: str) -> list[EmailMessage]:
    """Ask to join, from a host of its own; return what came of it."""
    with connected(person.server, address, "mail.honest.example") as client:
        mail = f"From: {person.address}\r\nSubject: join\r\n\r\njoin\r\n"
        client.sendmail(person.address, [JOIN], mail)
    person.server.host.settle()
    return person.inbox


def test_postfix_puts_off_who_sends_too_many(server: Server) -> None:
    answers = []
    with connected(server, "203.0.113.77", "x") as client:
        for number in range(62):
            answers.append(client.mail(f"x{number}@x.example"))
            client.rset()

    assert [code for code, _ in answers] == [250] * 60 + [450] * 2
