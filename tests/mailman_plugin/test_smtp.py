"""The SMTP client, against servers of all kinds."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator, Sequence
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.mailman_plugin import smtp
from publisher.mailman_plugin.smtp import Client, Envelope
from publisher.mailman_plugin.wire import quoted
from tests.mailman_plugin import smtpd

pytestmark = pytest.mark.enable_socket

TEXT = quoted(b"Subject: x\r\n\r\nwords\r\n")


def envelopes(number: int, size: int = 1) -> list[Envelope]:
    return [
        Envelope(
            f"bounces+{n}@lists.cert.example",
            [f"r{n}-{each}@home.example" for each in range(size)],
            quoted(b"Subject: %d\r\n\r\nwords\r\n" % n),
        )
        for n in range(number)
    ]


def send(
    server: smtpd.Server, sent: Sequence[Envelope], per_connection: int = 0
) -> smtp.Refused:
    def connect() -> smtplib.SMTP:
        connected = smtplib.SMTP("127.0.0.1", server.port, "client.example", timeout=20)
        connected.ehlo()
        return connected

    client = Client(connect, per_connection=per_connection)
    try:
        return client.send(sent)
    finally:
        client.close()


def once(pattern: str, answer: bytes) -> smtpd.Script:
    """Answer so to the first command that is like `pattern`."""
    left = [answer]

    def script(command: str) -> bytes | None:
        return left.pop() if left and re.match(pattern, command) else None

    return script


def always(pattern: str, answer: bytes) -> smtpd.Script:
    return lambda command: answer if re.match(pattern, command) else None


def texts(numbers: Iterator[int], *, lost_at: int) -> smtpd.Script:
    """Lose the connection when the text number `lost_at` has come."""

    def script(command: str) -> bytes | None:
        if command == smtpd.TEXT and next(numbers) == lost_at:
            return smtpd.LOST
        return None

    return script


@pytest.mark.parametrize("pipelining", [True, False])
def test_every_mail_arrives_once_in_order_over_one_connection(
    pipelining: bool,
) -> None:
    sent = envelopes(50)
    with smtpd.running(pipelining=pipelining) as server:
        refused = send(server, sent)

    assert refused == {}
    assert [mail.sender for mail in server.taken] == [each.sender for each in sent]
    assert [mail.content for mail in server.taken] == [
        each.content.removesuffix(b".\r\n") for each in sent
    ]
    assert server.recipients == [r for each in sent for r in each.recipients]
    assert server.connections == 1


def test_commands_of_a_mail_are_sent_together_where_the_server_allows_it() -> None:
    with smtpd.running() as server:
        send(server, envelopes(3, size=4))

    # RSET, MAIL, four of RCPT, DATA.
    assert server.together == 7


def test_a_server_without_pipelining_gets_one_command_at_a_time() -> None:
    with smtpd.running(pipelining=False) as server:
        send(server, envelopes(3, size=4))

    assert server.together == 1
    assert len(server.taken) == 3


def test_many_recipients_are_sent_in_groups() -> None:
    with smtpd.running() as server:
        refused = send(server, envelopes(2, size=1234))

    assert refused == {}
    assert [len(mail.recipients) for mail in server.taken] == [1234, 1234]
    assert server.together <= 100


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_refused_recipient_does_not_keep_the_others_from_theirs(
    pipelining: bool,
) -> None:
    script = always(r"RCPT TO:<r1-[02]@", b"550 5.1.1 nobody there")
    with smtpd.running(script, pipelining=pipelining) as server:
        refused = send(server, envelopes(3, size=3))

    assert refused == {
        "r1-0@home.example": (550, "5.1.1 nobody there"),
        "r1-2@home.example": (550, "5.1.1 nobody there"),
    }
    assert len(server.recipients) == 7


@pytest.mark.parametrize("pipelining", [True, False])
def test_after_a_mail_that_nobody_may_get_the_next_one_goes_out(
    pipelining: bool,
) -> None:
    script = always(r"RCPT TO:<r1-", b"450 4.2.0 later")
    with smtpd.running(script, pipelining=pipelining) as server:
        refused = send(server, envelopes(3))

    assert refused == {"r1-0@home.example": (450, "4.2.0 later")}
    assert [mail.recipients for mail in server.taken] == [
        ["r0-0@home.example"],
        ["r2-0@home.example"],
    ]


def test_a_server_that_wants_a_text_for_nobody_gets_none() -> None:
    def script(command: str) -> bytes | None:
        if command.startswith("RCPT TO:<r1-"):
            return b"550 no"
        return b"354 go on" if command == "DATA" else None

    with smtpd.running(script) as server:
        refused = send(server, envelopes(3))

    assert refused == {"r1-0@home.example": (550, "no")}
    assert [mail.content for mail in server.taken if not mail.recipients] == [b""]


def test_a_refused_sender_is_no_fault_of_the_recipients() -> None:
    script = always(r"MAIL FROM:<bounces\+1@", b"550 5.7.1 not you")
    with smtpd.running(script) as server:
        refused = send(server, envelopes(3))

    assert refused == {
        "r1-0@home.example": (444, "the sender was refused: 550 5.7.1 not you")
    }
    assert len(server.taken) == 2


def test_what_a_server_says_to_data_and_to_the_text_is_told() -> None:
    with smtpd.running(once("DATA", b"451 no room")) as server:
        to_data = send(server, envelopes(2))
    with smtpd.running(always(r"\(text\)", b"554 5.6.0 no")) as server:
        to_text = send(server, envelopes(2))

    assert to_data == {"r0-0@home.example": (451, "no room")}
    assert to_text == {
        "r0-0@home.example": (554, "5.6.0 no"),
        "r1-0@home.example": (554, "5.6.0 no"),
    }


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_server_that_stays_within_a_refused_mail_gets_the_next_one(
    pipelining: bool,
) -> None:
    script = once(r"\(text\)", b"451 4.3.0 failed")
    with smtpd.running(script, pipelining=pipelining, forgets=False) as server:
        refused = send(server, envelopes(3))

    assert refused == {"r0-0@home.example": (451, "4.3.0 failed")}
    assert server.recipients == ["r1-0@home.example", "r2-0@home.example"]


@pytest.mark.parametrize("lost_at", range(5))
@pytest.mark.parametrize("pipelining", [True, False])
def test_a_connection_that_breaks_defers_only_the_mail_under_way(
    lost_at: int, pipelining: bool
) -> None:
    script = texts(count(), lost_at=lost_at)
    with smtpd.running(script, pipelining=pipelining) as server:
        refused = send(server, envelopes(5))

    assert {code for code, _ in refused.values()} == {444}
    assert list(refused) == [f"r{lost_at}-0@home.example"]
    expected = [f"r{n}-0@home.example" for n in range(5) if n != lost_at]
    assert server.recipients == expected
    assert server.connections == (2 if lost_at < 4 else 1)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", [smtpd.LOST, b"421 4.3.2 closing"])
def test_a_mail_of_which_only_commands_were_sent_is_tried_again(
    verb: str, answer: bytes
) -> None:
    with smtpd.running(once(verb, answer)) as server:
        refused = send(server, envelopes(3))

    assert refused == {}
    assert len(server.recipients) == 3
    assert server.connections == 2


def test_a_server_that_closes_again_and_again_is_left_alone() -> None:
    script = always("MAIL", b"421 4.3.2 too busy")
    with smtpd.running(script) as server:
        refused = send(server, envelopes(50))

    assert len(refused) == 50
    assert {code for code, _ in refused.values()} <= {421, 444}
    assert server.connections == 3


def test_without_a_server_all_is_deferred_at_once() -> None:
    tries = []

    def connect() -> smtplib.SMTP:
        tries.append(1)
        raise ConnectionRefusedError(111, "Connection refused")

    refused = Client(connect).send(envelopes(50))

    assert len(refused) == 50
    assert {code for code, _ in refused.values()} == {444}
    assert len(tries) == 1


def test_no_connection_carries_more_mails_than_it_may() -> None:
    with smtpd.running() as server:
        refused = send(server, envelopes(10), per_connection=4)

    assert refused == {}
    assert server.connections == 3
    assert len(server.taken) == 10


def test_lines_that_begin_with_dots_arrive() -> None:
    body = b"Subject: x\r\n\r\n.\r\n..\r\n.a\r\n\r\n.\r\n"
    with smtpd.running() as server:
        send(server, [Envelope("a@cert.example", ["b@home.example"], quoted(body))])

    [mail] = server.taken
    assert re.sub(rb"(?m)^\.", b"", mail.content) == body


@given(st.text(st.sampled_from("a.\r\n"), max_size=40).map(str.encode))
def test_a_text_is_written_as_by_the_standard_library(text: bytes) -> None:
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", text)
    expected = re.sub(rb"(?m)^\.", b"..", lines)
    if not expected.endswith(b"\r\n"):
        expected += b"\r\n"

    assert quoted(text) == expected + b".\r\n"
    assert b"\r\n.\r\n" not in quoted(text)[:-3].removesuffix(b"\r\n")
