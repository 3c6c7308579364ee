"""Which mails say that an address is dead."""

from __future__ import annotations

from email import message_from_bytes

import pytest

from publisher.mailman_plugin.bounces import received, verdict
from publisher.mailman_plugin.bounces.verdict import Verdict
from tests.mailman_plugin import returned
from tests.mailman_plugin.bounces.samples import DEAD, NO_REPORTS, PASSING, QMAIL


def judged(data: bytes, envelope: str = "") -> Verdict:
    message = message_from_bytes(data)
    message.set_unixfrom(envelope)
    return verdict.judge(received.read(message))


@pytest.mark.parametrize(
    ("action", "status", "expected"),
    [
        ("failed", "5.1.1", Verdict.DEAD),
        ("FAILED", "5.0.0", Verdict.DEAD),
        ("failed (gone)", "5.4.4", Verdict.DEAD),
        ("error", "5.1.1 (no such user)", Verdict.DEAD),
        ("failed", "4.4.7", Verdict.NOT_NOW),
        ("failed", "4.2.2", Verdict.NOT_NOW),
        ("delayed", "4.4.1", Verdict.NOT_NOW),
        ("delayed", "5.4.1", Verdict.NOT_NOW),
        ("delivered", "2.0.0", Verdict.NOT_NOW),
        ("relayed", "5.0.0", Verdict.NOT_NOW),
        ("expanded", "2.0.0", Verdict.NOT_NOW),
    ],
)
def test_a_report_is_judged_by_action_and_status(
    action: str, status: str, expected: Verdict
) -> None:
    assert judged(
        returned.report("x", "a@b.example", action=action, status=status)
    ) is (expected)


@pytest.mark.parametrize(
    ("diagnostic", "expected"),
    [
        ("smtp; 550 no such user", Verdict.DEAD),
        ("smtp; <a@b.example>: 553 unknown", Verdict.DEAD),
        ("smtp; 452 mailbox full", Verdict.NOT_NOW),
        ("x", Verdict.NOT_NOW),
    ],
)
def test_without_a_status_the_servers_answer_counts(
    diagnostic: str, expected: Verdict
) -> None:
    group = (
        f"Final-Recipient: rfc822; a\nAction: failed\nDiagnostic-Code: {diagnostic}\n"
    )

    assert judged(returned.whole("x", "message/delivery-status", group)) is expected


@pytest.mark.parametrize("name", DEAD)
def test_what_servers_write_for_people_is_understood(name: str) -> None:
    assert judged(returned.plain(DEAD[name])) is Verdict.DEAD


@pytest.mark.parametrize("name", PASSING)
def test_what_may_pass_is_not_for_good(name: str) -> None:
    assert judged(returned.plain(PASSING[name])) is Verdict.NOT_NOW


@pytest.mark.parametrize("name", NO_REPORTS)
def test_what_is_no_report_counts_nothing(name: str) -> None:
    data = returned.plain(NO_REPORTS[name], sender="reader@home.example")

    assert judged(data) is Verdict.NO_REPORT


@pytest.mark.parametrize("charset", ["iso-2022-jp", "euc_jp", "cp932", "utf-8"])
@pytest.mark.parametrize("is_declared", [True, False])
def test_japanese_is_read_in_each_charset_declared_or_not(
    charset: str, is_declared: bool
) -> None:
    kind = f"Content-Type: text/plain; charset={charset}\n" if is_declared else ""
    text = "メールを配信できませんでした。\nこのユーザーは存在しません。\n"
    head = f"From: postmaster@mx.example\nSubject: error\n{kind}\n".encode()

    assert judged(head + text.encode(charset)) is Verdict.DEAD


def test_japanese_with_a_mark_that_its_charset_lacks_is_read() -> None:
    head = b"From: postmaster@mx.example\nSubject: error\n\n"
    text = "を配信できませんでした。\nこのユーザーは存在しません。\n"
    marked = b"\x1b$B-!\x1b(B" + text.encode("iso2022_jp")

    assert judged(head + marked) is Verdict.DEAD


def test_a_person_who_writes_like_a_server_is_none() -> None:
    data = returned.plain(QMAIL, sender="reader@home.example")

    assert judged(data, "reader@home.example") is Verdict.NO_REPORT
    assert judged(data, "") is Verdict.DEAD


@pytest.mark.parametrize("kind", ["feedback-report", "disposition-notification"])
def test_a_complaint_about_spam_and_a_receipt_are_no_bounces(kind: str) -> None:
    data = returned.report("x", "a@b.example").decode()
    data = data.replace("report-type=delivery-status", f"report-type={kind}")
    data = data.replace(
        "--x--", f"--x\nContent-Type: message/{kind}\n\nVersion: 1\n\n--x--"
    )

    assert judged(data.encode()) is Verdict.NO_REPORT
    assert not verdict.dead(received.read(message_from_bytes(data.encode())), 10)


def test_what_the_returned_mail_says_is_nothing() -> None:
    ours = "-----BEGIN PGP SIGNED MESSAGE-----\n550 5.1.1 user unknown\n"
    vague = "Hi. This is the qmail-send program at mail.example.\nSorry.\n"

    assert judged(returned.plain(vague + ours)) is Verdict.NOT_NOW
