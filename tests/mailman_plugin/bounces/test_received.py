"""What comes in is read within limits, whatever it is."""

from __future__ import annotations

import base64
import quopri
import random
from email import message_from_bytes
from email.message import Message

import pytest

from publisher.mailman_plugin.bounces import received, verdict
from publisher.mailman_plugin.bounces.verdict import Verdict
from tests import growth
from tests.mailman_plugin import returned

BOUNCES = "announce-en-bounces@lists.cert.example"
TOKEN = "abcdefghijklmnopqrstuvwxy2"
SENT_FROM = f"announce-en-bounces+{TOKEN}@lists.cert.example"


def mail(*fields: str) -> Message:
    return message_from_bytes("\n".join([*fields, "", "x"]).encode())


@pytest.mark.parametrize(
    "field",
    [
        f"To: {SENT_FROM}",
        f"To: <{SENT_FROM}>",
        f"To: {SENT_FROM.upper()}",
        f"to: Example CERT <{SENT_FROM}>",
        f"To: someone@home.example,\n {SENT_FROM}",
        f"Delivered-To: {SENT_FROM}",
        f"X-Original-To: {SENT_FROM}",
        f"Envelope-To: {SENT_FROM}",
        f"Apparently-To: {SENT_FROM}",
    ],
)
def test_the_address_that_was_written_to_has_the_token(field: str) -> None:
    assert received.extension(mail(field), BOUNCES, "+") == TOKEN


@pytest.mark.parametrize(
    "field",
    [
        f"To: {BOUNCES}",
        f"Subject: {SENT_FROM}",
        f"To: x{SENT_FROM}",
        f"To: {SENT_FROM}.evil.example",
        f"To: {SENT_FROM.replace('lists.', 'listsx')}",
        f"To: {SENT_FROM.replace('+', '-')}",
        f"To: {SENT_FROM.replace('announce', 'other')}",
        f"To: {'x' * 2000} {SENT_FROM}",
        "To: announce-en-bounces+reader=home.example@lists.cert.example",
    ],
)
def test_another_address_has_none(field: str) -> None:
    assert received.extension(mail(field), BOUNCES, "+") == ""


GROUP = (
    "Final-Recipient: utf-8; 読者@日本.example\nAction: failed\nStatus: 5.1.1\n"
    "Diagnostic-Code: smtp; 550\n 5.1.1 no such user\n"
)
FIELDS = f"Reporting-MTA: dns; mx.example\n\n{GROUP}"
INTERNATIONAL = "message/global-delivery-status"


@pytest.mark.parametrize("kind", ["message/delivery-status", INTERNATIONAL])
@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
def test_the_status_is_read_in_each_type_and_encoding(kind: str, encoding: str) -> None:
    data = FIELDS.encode()
    encoded = {
        "8bit": data,
        "base64": base64.encodebytes(data),
        "quoted-printable": quopri.encodestring(data),
    }[encoding]
    head = f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    whole = returned.whole(SENT_FROM, "text/x-cut", "")
    start, _, _ = whole.partition(b"Content-Type: text/x-cut")
    message = message_from_bytes(start + head + encoded + b"\n--x--\n")

    report = received.read(message)

    assert verdict.judge(report) is Verdict.DEAD
    assert verdict.dead(report, 10) == ["読者@日本.example"]
    assert report.groups[-1]["diagnostic-code"] == "smtp; 550 5.1.1 no such user"


def test_an_escaped_address_is_read() -> None:
    group = GROUP.replace("読者", r"\x{8AAD}\x{8005}").replace(
        "日本", r"\x{65E5}\x{672C}"
    )

    message = message_from_bytes(returned.whole("x", INTERNATIONAL, group))

    assert verdict.dead(received.read(message), 10) == ["読者@日本.example"]


@pytest.mark.parametrize("local", [r"a\x{00}b", r"\x{D800}", "a\0b", r"a\x{202E}b"])
def test_what_no_database_can_be_asked_for_is_not_read(local: str) -> None:
    group = GROUP.replace("読者", local)

    message = message_from_bytes(returned.whole("x", INTERNATIONAL, group))

    assert verdict.dead(received.read(message), 10) == []


def test_two_thousand_names_are_cut_off() -> None:
    names = [f"stranger-{number}@home.example" for number in range(2000)]

    report = received.read(message_from_bytes(returned.report("x", *names)))

    assert len(report.groups) <= 200
    assert len(verdict.dead(report, 100)) == 100


def hostile(kind: str, size: int) -> bytes:
    """Return a mail of about `size` bytes that is meant to cost much."""
    bulk = {
        "names": lambda: returned.report(
            "x", *(f"{n}@x.example" for n in range(size // 150))
        ),
        "parts": lambda: (
            b'Content-Type: multipart/mixed; boundary="b"\n\n'
            + b"--b\nContent-Type: message/delivery-status\n\na: b\n\n" * (size // 55)
        ),
        "fields": lambda: returned.whole(
            "x", "message/delivery-status", "Action: failed\n" * (size // 15)
        ),
        "folds": lambda: returned.whole(
            "x", INTERNATIONAL, "Action: failed\n" + " x\n" * (size // 3)
        ),
        "line": lambda: returned.plain(
            "Hi. This is the qmail-send program at " + "5.1.1 " * (size // 6)
        ),
        "spaces": lambda: returned.plain("user" + " " * size + "\n5;" + " " * size),
        "japanese": lambda: returned.plain("宛先の" + "あ" * (size // 3)),
        "headers": lambda: b"To: a@b\n" * (size // 8) + b"\nx\n",
        "addresses": lambda: (
            b"To: " + b"announce-en-bounces+" * (size // 20) + b"\n\nx\n"
        ),
    }
    return bulk[kind]()


KINDS = [
    "names",
    "parts",
    "fields",
    "folds",
    "line",
    "spaces",
    "japanese",
    "headers",
    "addresses",
]


@pytest.mark.parametrize("kind", KINDS)
def test_time_grows_no_faster_than_the_mail(kind: str) -> None:
    mails = {n: message_from_bytes(hostile(kind, n)) for n in (50_000, 200_000)}

    def read(size: int) -> None:
        received.extension(mails[size], BOUNCES, "+")
        verdict.judge(received.read(mails[size]))

    growth.is_linear(read, 50_000, 200_000)


@pytest.mark.parametrize("seed", range(40))
def test_any_bytes_are_judged(seed: int) -> None:
    chosen = random.Random(seed)
    samples = [returned.report("x", "a@b.example"), hostile("parts", 600)]
    data = bytearray(chosen.choice(samples))
    for _ in range(chosen.randrange(1, 60)):
        at = chosen.randrange(len(data))
        data[at : at + chosen.randrange(4)] = chosen.randbytes(chosen.randrange(4))
    message = message_from_bytes(bytes(data))

    assert verdict.judge(received.read(message)) in Verdict
    assert received.extension(message, BOUNCES, "+") == ""


def test_what_is_nested_too_deep_is_left() -> None:
    depth = 400
    head = "".join(
        f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n'
        for n in range(depth)
    )
    inner = "Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n\n"

    report = received.read(message_from_bytes(f"{head}{inner}".encode()))

    assert report.groups == ()


def test_a_sender_of_nothing_but_brackets_is_no_server() -> None:
    data = b"From: " + b"(" * 900 + b"\n\nThis is the qmail-send program at x.example\n"

    assert not received.read(message_from_bytes(data)).is_machine
