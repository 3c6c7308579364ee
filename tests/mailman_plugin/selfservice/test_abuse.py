"""What bombs, forgers, machines and loops get out of a list's program: very little."""

from __future__ import annotations

import configparser
import itertools
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.mime.text import MIMEText

import pytest

from publisher.mailhost import config as mailhost_config
from tests.mailman_plugin.hosts import EN, JA, Server
from tests.mailman_plugin.selfservice.people import Person, members, token, wide
from tests.mailman_plugin.walks import sender

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]

EVIL = "evil.example"
_numbers = itertools.count()


def person(server: Server) -> Person:
    return Person(server, f"reader{next(_numbers)}@abuse.example")


@contextmanager
def limited(server: Server, **limits: str) -> Iterator[None]:
    """Set the plugin's limits for a while."""
    file = mailhost_config.plugin_path(server.host.settings.directory)
    before = file.read_text()
    parser = configparser.RawConfigParser()
    parser.read_string(before)
    parser["publisher"].update(limits)
    with file.open("w") as stream:
        parser.write(stream)
    yield
    file.write_text(before)


def bomb(server: Server, recipient: str, senders: list[str]) -> None:
    """Hand mails in as fast as it goes, over one connection."""
    with smtplib.SMTP("127.0.0.1", server.host.lmtp_port) as client:
        client.ehlo_msg = "lhlo"
        client.ehlo()
        for number, sender in enumerate(senders):
            mail = (
                f"From: {sender}\r\nTo: {recipient}\r\nSubject: join\r\n"
                f"Message-ID: <{number}.{next(_numbers)}@{EVIL}>\r\n\r\njoin\r\n"
            )
            client.sendmail(sender, [recipient], mail.encode())
    server.host.settle(60.0)


def sent(server: Server, domain: str) -> int:
    """Return how many mails went to a domain."""
    boxes = server.host.settings.directory / "mailboxes"
    return len(list(boxes.glob(f"*@{domain}/new/*")))


def test_many_requests_for_many_addresses_send_a_few_mails(server: Server) -> None:
    victims = [f"victim{number}@many.example" for number in range(120)]

    with limited(server, limit_source="20/day", limit_list="500/day"):
        bomb(server, EN.sub_address("join"), victims)

    assert sent(server, "many.example") == 20


def test_a_list_answers_so_many_requests_and_the_others_when_it_can(
    server: Server,
) -> None:
    victims = [f"victim@list{number}.example" for number in range(60)]

    with limited(server, limit_list="30/day"):
        bomb(server, JA.sub_address("join"), victims)
        assert sum(server.count(victim) for victim in victims) == 30

    server.host.wait_for(victims[-1])
    server.host.settle()
    assert [server.count(victim) for victim in victims] == [1] * 60


def test_many_requests_for_one_address_send_it_one_mail(server: Server) -> None:
    bomb(server, EN.sub_address("join"), ["victim@one.example"] * 120)

    assert sent(server, "one.example") == 1


def test_no_kind_of_request_bombs_an_address(server: Server) -> None:
    victim = Person(server, "victim@kinds.example")
    server.subscribe(EN, victim.address)

    for command in ("help", "lists", "leave", "language ja", "nonsense", "language fr"):
        for _ in range(6):
            victim.ask(EN, command)

    assert len(victim.inbox) == 3 + 3 + 1 + 1 + 3 + 3


def test_who_is_bombed_with_requests_to_join_can_leave(server: Server) -> None:
    reader = person(server)
    server.subscribe(EN, reader.address)

    with limited(server, limit_list="40/day"):
        bomb(server, EN.sub_address("join"), [f"x@bomb{n}.example" for n in range(50)])
        [leave] = reader.write(EN.sub_address("leave"))
    reader.reply(leave)

    assert reader.address not in members(server, EN)


def test_another_request_for_the_same_new_address_cancels_no_change(
    server: Server,
) -> None:
    old, mallory, new = person(server), person(server), person(server)
    server.subscribe(EN, old.address)
    old.ask(EN, f"change {new.address}")
    [question] = new.inbox

    mallory.ask(EN, f"change {new.address}")
    new.reply(question)

    assert old.address not in members(server, EN)
    assert new.address in members(server, EN)


def test_a_second_theft_does_not_keep_the_first_from_being_undone(
    server: Server,
) -> None:
    old, thief = person(server), person(server)
    for mailing_list in (EN, JA):
        server.subscribe(mailing_list, old.address)
    old.ask(EN, f"change {thief.address}")
    thief.reply(thief.inbox[-1])
    first = old.inbox[-1]

    old.ask(EN, f"change {thief.address} all")
    thief.reply(thief.inbox[-1])
    second = old.inbox[-1]
    assert old.address not in members(server, EN) | members(server, JA)

    old.reply(first)
    assert old.address in members(server, EN)
    old.reply(second)
    assert old.address in members(server, JA)


def test_a_broken_limit_leaves_the_usual_ones(server: Server) -> None:
    reader = person(server)

    with limited(server, limit_list="none at all"):
        [join] = reader.write(EN.sub_address("join"))

    assert token(join)


@pytest.mark.parametrize("recipient", ["join", "request"])
def test_nothing_that_came_in_is_quoted(server: Server, recipient: str) -> None:
    reader = person(server)
    before = len(reader.inbox)

    for subject in (f"join http://{EVIL}/", f"http://{EVIL}/", "help", "lists"):
        reader.write(
            EN.sub_address(recipient),
            subject,
            f"Win at http://{EVIL}/\n",
            sender=f'"Visit {EVIL}" <{reader.address}>',
            message_id=f"<{next(_numbers)}@{EVIL}>",
        )

    answers = reader.inbox[before:]
    assert answers
    for answer in answers:
        decoded = f"{answer['subject']}{answer['to']}{answer.get_content()}"
        assert EVIL not in answer.as_string() + decoded


def test_a_subscriber_is_not_found_out_by_joining_for_him(server: Server) -> None:
    mallory, victim = person(server), person(server)
    server.subscribe(EN, victim.address)

    for subject in ("join", "leave", "lists", "language ja", "help"):
        answers = mallory.write(
            EN.sub_address("request"), subject, sender=victim.address
        )
        assert answers == []


AUTOMATIC = {
    "Auto-Submitted": "auto-replied",
    "Precedence": "bulk",
    "X-Auto-Response-Suppress": "All",
    "List-Id": "<other.lists.example>",
}


@pytest.mark.parametrize(("name", "value"), AUTOMATIC.items())
@pytest.mark.parametrize("recipient", ["join", "request"])
def test_an_automatic_mail_subscribes_nobody(
    server: Server, name: str, value: str, recipient: str
) -> None:
    reader = person(server)

    assert reader.write(EN.sub_address(recipient), "join", **{name: value}) == []


def test_an_absence_notice_confirms_nothing_with_headers_or_without(
    server: Server,
) -> None:
    reader = person(server)
    [join] = reader.write(EN.sub_address("join"))
    away = "I am away."

    for subject in ("Automatic reply: {}", "自動返信: {}", "Abwesenheitsnotiz: {}"):
        assert reader.write(sender(join), subject.format(join["subject"]), away) == []
    subject = f"Re: {join['subject']}"
    marked = reader.write(sender(join), subject, away, Auto_Submitted="auto-replied")

    assert marked == []
    assert reader.address not in members(server, EN)


def test_a_bounce_that_goes_astray_confirms_nothing(server: Server) -> None:
    reader = person(server)
    [join] = reader.write(EN.sub_address("join"))
    bounce = EmailMessage()
    bounce["From"] = reader.address
    bounce["To"] = sender(join)
    bounce["Subject"] = join["subject"]
    bounce["Message-ID"] = f"<{next(_numbers)}@abuse.example>"
    bounce.set_content("No such user\n")

    server.host.deliver(bounce, "", sender(join))
    server.host.settle()

    assert reader.address not in members(server, EN)


@pytest.mark.parametrize("recipient", ["request", "join", "confirm", "bounces"])
def test_two_lists_do_not_write_to_each_other(server: Server, recipient: str) -> None:
    mail = EmailMessage()
    mail["From"] = JA.sub_address(recipient)
    mail["To"] = EN.sub_address("request")
    mail["Subject"] = "help"
    mail["Message-ID"] = f"<{next(_numbers)}@lists.cert.example>"
    mail.set_content("join\n")
    log = server.log()

    server.host.deliver(mail, JA.sub_address(recipient), EN.sub_address("request"))
    server.host.settle()

    assert server.log()[len(log) :].count("publisher: ") <= 1
    assert JA.sub_address(recipient) not in members(server, EN)


def test_our_own_mails_that_come_back_are_not_answered(server: Server) -> None:
    reader = person(server)
    [join] = reader.write(EN.sub_address("join"))

    assert reader.send(join, EN.sub_address("request")) == []
    assert reader.send(join, str(join["from"])) == []
    assert reader.address not in members(server, EN)


def test_an_address_of_a_list_cannot_be_subscribed(server: Server) -> None:
    reader = person(server)
    server.subscribe(EN, reader.address)

    [answer] = reader.ask(EN, f"change {JA.sub_address('request')}")

    assert token(answer) == ""


def test_a_banned_address_is_not_asked(server: Server) -> None:
    reader = person(server)
    server.rest.call(f"lists/{EN.list_id}/bans", {"email": reader.address})

    assert reader.write(EN.sub_address("join")) == []


def wire(reader: Person, subject: bytes, body: bytes, content_type: str) -> bytes:
    """Return a mail as the programs of Japan write it, headers raw."""
    lines = [
        f"From: =?ISO-2022-JP?B?GyRCRkk8VBsoQg==?= <{reader.address}>".encode(),
        f"To: {EN.sub_address('request')}".encode(),
        b"Subject: " + subject,
        f"Message-ID: <{next(_numbers)}@abuse.example>".encode(),
        b"MIME-Version: 1.0",
        f"Content-Type: {content_type}".encode(),
        b"Content-Transfer-Encoding: 8bit",
        b"",
        body,
    ]
    return b"\n".join(lines) + b"\n"


@pytest.mark.parametrize(
    ("subject", "body", "content_type"),
    [
        (b"=?ISO-2022-JP?B?GyRCI2ojbyNpI24bKEI=?=", b"", "text/plain"),
        (b"=?Shift_JIS?B?goqCj4KJgo4=?=", b"", "text/plain; charset=Shift_JIS"),
        (wide("join").encode("cp932"), b"", "text/plain"),
        (f"返信：{wide('join')}".encode(), b"", "text/plain"),
        (b"", wide("join").encode("iso2022_jp"), "text/plain; charset=iso-2022-jp"),
        (b"", b"<html><body><p>join</p></body></html>", "text/html; charset=utf-8"),
        (b"=?x-nonsense?b?zzz?=", b"join", "text/plain; charset=x-nonsense"),
    ],
)
def test_a_request_is_understood_as_it_comes(
    server: Server, subject: bytes, body: bytes, content_type: str
) -> None:
    reader = person(server)

    [join] = reader.send(
        wire(reader, subject, body, content_type), EN.sub_address("request")
    )

    assert token(join)


@pytest.mark.parametrize(
    "sender", ["=?x-nonsense?q?a?= <{}>", "=?utf-8?b?zzz?= <{}>", '"a\\" <{}>', "{}"]
)
def test_no_mail_is_put_aside_for_a_human(server: Server, sender: str) -> None:
    reader = person(server)
    mail = MIMEText("join\n")
    mail["To"] = EN.sub_address("request")
    mail["Message-ID"] = f"<{next(_numbers)}@abuse.example>"
    head = f"From: {sender.format(reader.address)}\nSubject: =?x?b?z?=\n"

    reader.send(head.encode() + mail.as_bytes(), EN.sub_address("request"))

    shunted = server.host.settings.directory / "queue" / "shunt"
    assert list(shunted.glob("*")) == []
