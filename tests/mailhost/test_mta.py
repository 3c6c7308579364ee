"""The local MTA, in front of a stub of Mailman's LMTP server."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage

import pytest

from publisher.mailhost import (
    MailHostError,
    MailHostSettings,
    MailRefusedError,
    delivery,
    loopback,
    submission,
)
from publisher.mailhost.delivery import Delivery
from publisher.mailhost.lmtp import Lmtp
from publisher.mailhost.maildir import Mailboxes
from publisher.mailhost.mta import Mta
from tests.mailhost.stubs import ALERTS, DOMAIN, NEWS, LmtpStub

pytestmark = pytest.mark.enable_socket

MAIL = b"From: a@example.org\r\nSubject: x\r\n\r\nHello\r\n"


@pytest.fixture
def client(mta_port: int) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(loopback.HOST, mta_port, local_hostname="here", timeout=10) as it:
        yield it


def body(mail: bytes) -> bytes:
    return mail.replace(b"\r\n", b"\n").partition(b"\n\n")[2]


def test_mail_for_outside_lands_in_a_maildir_with_its_envelope_on_top(
    client: smtplib.SMTP, mailboxes: Mailboxes
) -> None:
    client.sendmail("a@example.org", ["Bob@Example.org"], MAIL)

    [file] = mailboxes.files("bob@example.org")
    lines = file.read_bytes().split(b"\n")
    assert lines[0] == b"Return-Path: <a@example.org>"
    assert lines[1] == b"Delivered-To: Bob@Example.org"
    assert lines[2] == b"Received: from here (localhost [127.0.0.1])"
    assert file.read_bytes().endswith(b"\nFrom: a@example.org\nSubject: x\n\nHello\n")


LIST_MAIL = b"List-Id: <a.example.org>\r\nMessage-ID: <1@example.org>\r\n" + MAIL


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        (LIST_MAIL, LIST_MAIL, 1),
        (LIST_MAIL, LIST_MAIL.replace(b"Hello", b"Hullo"), 2),
        (MAIL, MAIL, 2),
    ],
    ids=["the same", "another text", "not from a list"],
)
def test_a_mail_of_a_list_that_is_repeated_is_taken_and_dropped(
    client: smtplib.SMTP, mailboxes: Mailboxes, first: bytes, second: bytes, count: int
) -> None:
    for mail in (first, second):
        client.sendmail("a-bounces@example.org", ["bob@example.org"], mail)

    assert len(mailboxes.files("bob@example.org")) == count


def test_a_repeated_mail_from_another_sender_is_another_mail(
    client: smtplib.SMTP, mailboxes: Mailboxes
) -> None:
    for sender in ("a-bounces@example.org", "b-bounces@example.org"):
        client.sendmail(sender, ["bob@example.org"], LIST_MAIL)

    assert len(mailboxes.files("bob@example.org")) == 2


def test_mail_for_a_list_goes_to_mailman(client: smtplib.SMTP, lmtp: LmtpStub) -> None:
    client.sendmail("a@example.org", [ALERTS.upper()], MAIL)

    [(sender, recipient, content)] = lmtp.taken
    assert (sender, recipient) == ("a@example.org", ALERTS.upper())
    assert content.startswith(b"Received: from here")
    assert content.endswith(MAIL)


def test_one_message_reaches_each_of_many_recipients_once(
    client: smtplib.SMTP, lmtp: LmtpStub, mailboxes: Mailboxes
) -> None:
    people = ["b@example.org", "c@example.org"]

    refused = client.sendmail(
        "a@example.org", [*people, ALERTS, NEWS, people[0], f"no@{DOMAIN}"], MAIL
    )

    assert [recipient for _, recipient, _ in lmtp.taken] == [ALERTS, NEWS]
    assert [len(mailboxes.files(person)) for person in people] == [1, 1]
    assert {to: code for to, (code, _) in refused.items()} == {f"no@{DOMAIN}": 550}


def test_an_unknown_list_is_refused_with_mailmans_answer(
    mta_port: int, mailboxes: Mailboxes
) -> None:
    with pytest.raises(MailRefusedError) as refusal:
        submission.submit(mta_port, MAIL, "a@example.org", f"none@{DOMAIN}")

    assert refusal.value.code == 550
    assert refusal.value.text == "Requested action not taken: mailbox unavailable"
    assert mailboxes.files(f"none@{DOMAIN}") == []


def test_while_mailman_is_down_mail_for_lists_is_put_off(
    mta_port: int, lmtp: LmtpStub, mailboxes: Mailboxes
) -> None:
    lmtp.stop()

    with pytest.raises(MailRefusedError) as refusal:
        submission.submit(mta_port, MAIL, "a@example.org", ALERTS)
    submission.submit(mta_port, MAIL, "a@example.org", "b@example.org")

    assert refusal.value.code == 451
    assert len(mailboxes.files("b@example.org")) == 1


def test_what_is_too_much_for_a_list_is_refused_before_mailman_is_asked(
    mta_port: int, lmtp: LmtpStub, mailboxes: Mailboxes
) -> None:
    mail = b"a: b\n" * 1001 + MAIL

    with pytest.raises(MailRefusedError) as refusal:
        submission.submit(mta_port, mail, "a@example.org", ALERTS)
    submission.submit(mta_port, mail, "a@example.org", "b@example.org")

    told = "mail for a list has more than 1000 header fields"
    assert f"{refusal.value.code} {refusal.value.text}" == f"554 5.6.0 {told}"
    assert delivery.refusal(MAIL * 2**15).startswith("552 5.3.4 mail for a list has")
    assert lmtp.taken == []
    assert len(mailboxes.files("b@example.org")) == 1


def test_what_mailman_says_at_the_end_of_the_data_is_passed_on(
    mta_port: int, lmtp: LmtpStub
) -> None:
    lmtp.data_replies[ALERTS] = "501 Message has defects"

    with pytest.raises(MailRefusedError) as refusal:
        submission.submit(mta_port, MAIL, "a@example.org", ALERTS)

    assert (refusal.value.code, refusal.value.text) == (501, "Message has defects")


def test_nobody_gets_a_mail_that_the_first_list_refuses(
    client: smtplib.SMTP, lmtp: LmtpStub, mailboxes: Mailboxes
) -> None:
    lmtp.data_replies[ALERTS] = "550 Gone"

    with pytest.raises(smtplib.SMTPDataError, match="Gone"):
        client.sendmail("a@example.org", ["b@example.org", ALERTS, NEWS], MAIL)

    assert lmtp.taken == []
    assert mailboxes.files("b@example.org") == []


def test_a_mail_that_only_some_lists_take_is_to_be_sent_again(
    client: smtplib.SMTP, lmtp: LmtpStub
) -> None:
    lmtp.data_replies[NEWS] = "550 Gone"

    with pytest.raises(smtplib.SMTPDataError) as refusal:
        client.sendmail("a@example.org", [ALERTS, NEWS], MAIL)

    assert refusal.value.smtp_code == 451
    assert [recipient for _, recipient, _ in lmtp.taken] == [ALERTS]


def test_quoted_local_parts_keep_their_quotes(
    mta_port: int, lmtp: LmtpStub, mailboxes: Mailboxes
) -> None:
    sender, person = '"a> SIZE=1 <\\"b"@example.org', '"c d"@example.org'

    submission.submit(mta_port, MAIL, sender, person)
    submission.submit(mta_port, MAIL, sender, ALERTS)

    [message] = mailboxes.messages(person)
    [(at_the_list, _, _)] = lmtp.taken
    assert message["Return-Path"] == f"<{sender}>"
    assert message["Delivered-To"] == person
    assert at_the_list == sender


def test_bounces_have_no_sender(
    client: smtplib.SMTP, lmtp: LmtpStub, mailboxes: Mailboxes
) -> None:
    client.sendmail("", [ALERTS, "b@example.org"], MAIL)

    [(sender, _, _)] = lmtp.taken
    [file] = mailboxes.files("b@example.org")
    assert sender == "<>"
    assert file.read_bytes().startswith(b"Return-Path: <>\n")


def test_8bit_bodies_arrive_as_they_were(
    mta_port: int, lmtp: LmtpStub, mailboxes: Mailboxes
) -> None:
    mail = "Subject: x\n\n注意喚起\n.\n..\nFrom \n".encode()

    submission.submit(mta_port, mail, "a@example.org", "b@example.org")
    submission.submit(mta_port, mail, "a@example.org", ALERTS)

    [file] = mailboxes.files("b@example.org")
    [(_, _, content)] = lmtp.taken
    assert body(file.read_bytes()) == body(mail)
    assert body(content) == body(mail)


def test_addresses_and_headers_in_japanese_are_taken(
    mta_port: int, mailboxes: Mailboxes
) -> None:
    mail = EmailMessage(policy=policy.SMTPUTF8)
    mail["Subject"] = "注意喚起"
    mail["From"] = "送信者@例え.example"
    mail.set_content("本文\n")

    submission.submit(mta_port, mail, "送信者@例え.example", "山田@例え.example")
    submission.submit(
        mta_port, mail.as_bytes(), "送信者@例え.example", "山田@例え.example"
    )

    first, second = mailboxes.messages("山田@例え.example")
    assert first["Return-Path"] == second["Return-Path"] == "<送信者@例え.example>"
    assert first["Delivered-To"] == "山田@例え.example"
    assert first["Subject"] == second["Subject"] == "注意喚起"


def test_mailman_is_asked_in_ascii_only(mta_port: int, lmtp: LmtpStub) -> None:
    with pytest.raises(MailRefusedError, match=r"5\.6\.7") as refusal:
        submission.submit(mta_port, MAIL, "送信者@例え.example", ALERTS)

    assert refusal.value.code == 550
    assert lmtp.taken == []


def test_what_mailman_thinks_of_the_sender_is_passed_on(lmtp: LmtpStub) -> None:
    reply = Lmtp(lmtp.port).verify("a@example.org> X=1 <", ALERTS)

    assert reply.startswith("5")


def test_a_mail_over_the_limit_is_refused(mta_port: int, mailboxes: Mailboxes) -> None:
    large = MAIL + b"x" * 70 * 1000

    with pytest.raises(MailRefusedError) as refusal:
        submission.submit(mta_port, large, "a@example.org", "b@example.org")

    assert refusal.value.code == 552
    assert mailboxes.files("b@example.org") == []


@pytest.mark.parametrize(
    "address",
    ['"../../etc/passwd"@example.org', "..%2f@example.org", "a/b@example.org"],
)
def test_hostile_addresses_stay_among_the_mailboxes(
    mta_port: int, mailboxes: Mailboxes, address: str
) -> None:
    submission.submit(mta_port, MAIL, "a@example.org", address)

    [folder] = mailboxes.directory.iterdir()
    assert folder == mailboxes.path(address)
    assert len(mailboxes.files(address)) == 1


@pytest.mark.parametrize("address", ["<>", "<a\x01b@example.org>"])
def test_what_is_no_address_is_refused(
    client: smtplib.SMTP, mailboxes: Mailboxes, address: str
) -> None:
    client.ehlo()
    client.mail("a@example.org")

    code, _ = client.docmd(f"RCPT TO:{address}")

    assert code in {501, 553}
    assert not mailboxes.directory.exists()


def test_bytes_that_are_no_utf8_are_an_address_too(
    client: smtplib.SMTP, mailboxes: Mailboxes
) -> None:
    client.ehlo()
    client.mail("a@example.org")
    client.send(b"RCPT TO:<\xff\xfe@example.org>\r\n")

    assert client.getreply()[0] == 250
    assert client.data(MAIL)[0] == 250
    [file] = mailboxes.directory.glob("*/new/*")
    assert b"Delivered-To: \xff\xfe@example.org\n" in file.read_bytes()


def test_the_greeting_cannot_forge_a_header(
    mta_port: int, mailboxes: Mailboxes
) -> None:
    with smtplib.SMTP(
        loopback.HOST, mta_port, local_hostname="x) <b>\udc80", timeout=9
    ) as it:
        it.command_encoding = "utf-8"
        it.putcmd = lambda cmd, args="": it.send(  # type: ignore[method-assign]
            f"{cmd} {args}\r\n".encode("utf-8", "surrogateescape")
        )
        it.sendmail("a@example.org", ["b@example.org"], MAIL)

    [message] = mailboxes.messages("b@example.org")
    assert message["Received"].startswith("from x???b?? (localhost [127.0.0.1])")


def test_postmaster_has_a_mailbox(
    mta_port: int, lmtp: LmtpStub, mailboxes: Mailboxes
) -> None:
    submission.submit(mta_port, MAIL, "a@example.org", f"Postmaster@{DOMAIN}")

    assert len(mailboxes.files(f"postmaster@{DOMAIN}")) == 1
    assert lmtp.taken == []


def test_a_mail_that_goes_in_circles_is_stopped(
    mta_port: int, mailboxes: Mailboxes
) -> None:
    hop = b"Received: from x by y; Sun, 22 Nov 2026 00:00:00 -0000\r\n"
    submission.submit(mta_port, hop * 100 + MAIL, "a@example.org", "b@example.org")

    with pytest.raises(MailRefusedError) as refusal:
        submission.submit(mta_port, hop * 101 + MAIL, "a@example.org", "b@example.org")

    assert refusal.value.code == 554
    assert len(mailboxes.files("b@example.org")) == 1


def test_a_mail_that_cannot_be_stored_is_to_be_sent_again(
    mta_port: int, mailboxes: Mailboxes
) -> None:
    mailboxes.directory.write_text("not a folder", encoding="ascii")

    with pytest.raises(MailRefusedError) as refusal:
        submission.submit(mta_port, MAIL, "a@example.org", "b@example.org")

    assert refusal.value.code == 451


def test_a_port_that_is_taken_is_an_error(
    mta_port: int, mailboxes: Mailboxes, lmtp: LmtpStub
) -> None:
    delivery = Delivery(mailboxes, Lmtp(lmtp.port), domain=DOMAIN, local=frozenset())
    second = Mta(delivery, hostname=DOMAIN)

    with pytest.raises(MailHostError, match=f"port {mta_port}: Address already in use"):
        second.start(mta_port)
    second.stop()


def test_stopping_closes_the_port_and_open_sessions(
    mailboxes: Mailboxes, lmtp: LmtpStub, settings: MailHostSettings
) -> None:
    delivery = Delivery(mailboxes, Lmtp(lmtp.port), domain=DOMAIN, local=frozenset())
    mta = Mta(delivery, hostname=DOMAIN)
    port = loopback.choose(settings).smtp
    mta.start(port)
    with socket.create_connection((loopback.HOST, port), timeout=5) as session:
        assert session.recv(3) == b"220"

        mta.stop()
        mta.stop()

        assert not loopback.answers(port)
        while session.recv(1024):
            pass


def test_nothing_to_send_to_is_an_error(settings: MailHostSettings) -> None:
    port = loopback.choose(settings).smtp

    with pytest.raises(MailHostError, match=r"b@example\.org could not be sent"):
        submission.submit(port, MAIL, "a@example.org", "b@example.org")
