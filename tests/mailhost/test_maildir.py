"""Maildirs stand where they should whatever an address looks like."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.mailhost import MailHostError, maildir
from publisher.mailhost.maildir import Mailboxes

HOSTILE = [
    "../../etc/passwd@example.org",
    "/etc/passwd@example.org",
    "..",
    ".",
    "....//@example.org",
    ".hidden@example.org",
    '"a b\\/c"@example.org',
    "%2e%2e%2f@example.org",
    "~root@example.org",
    "-rf@example.org",
    "a@b/../../c",
    "x" * 500 + "@example.org",
    "漢" * 200 + "@例え.example",
    "\udcff\udcfe@example.org",
    "$(id)|`id`;*?[]{}<>@example.org",
]


@pytest.mark.parametrize("address", HOSTILE)
def test_a_hostile_address_gets_a_folder_inside(
    mailboxes: Mailboxes, address: str
) -> None:
    file = mailboxes.store(address, b"Subject: x\r\n\r\n")

    assert file.resolve().is_relative_to(mailboxes.directory.resolve())
    assert mailboxes.path(address).parent == mailboxes.directory
    assert [path.name for path in mailboxes.directory.iterdir()] == [
        maildir.folder(address)
    ]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("alice@example.org", "alice@example.org"),
        ("Alice@Example.ORG", "alice@example.org"),
        ("a.b+c=d_e-f@example.org", "a.b+c=d_e-f@example.org"),
        ("山@例え.jp", "%E5%B1%B1@%E4%BE%8B%E3%81%88.jp"),
        ("a/b@example.org", "a%2Fb@example.org"),
        ("..", "%2E."),
        ("postmaster", "postmaster"),
    ],
)
def test_folders_are_named_after_their_addresses(address: str, name: str) -> None:
    assert maildir.folder(address) == name


def test_unicode_composition_makes_no_difference() -> None:
    assert maildir.folder("ガ@example.org") == maildir.folder("ガ@example.org")


@pytest.mark.parametrize("address", ["", "a\nb@example.org", "a\0@example.org", "\x7f"])
def test_what_no_header_can_hold_is_no_address(address: str) -> None:
    with pytest.raises(ValueError, match="no Maildir"):
        maildir.folder(address)


@given(st.text(min_size=1))
def test_every_folder_is_one_plain_component(address: str) -> None:
    try:
        name = maildir.folder(address)
    except ValueError:
        return

    assert name.isascii()
    assert len(name) <= 200
    assert "/" not in name
    assert not name.startswith(".")


@given(
    st.text(alphabet="aB.%/~+漢", min_size=1), st.text(alphabet="aB.%/~+漢", min_size=1)
)
def test_only_case_makes_two_addresses_one(one: str, other: str) -> None:
    same = maildir.folder(one) == maildir.folder(other)

    assert same == (one.lower() == other.lower())


def test_no_address_can_imitate_the_folder_of_a_long_one() -> None:
    long = maildir.folder("x" * 300 + "@example.org")

    assert maildir.folder(long) != long
    assert maildir.folder("x" * 301 + "@example.org") != long


def test_messages_come_back_in_order_and_with_unix_line_ends(
    mailboxes: Mailboxes,
) -> None:
    for number in range(3):
        mailboxes.store("a@example.org", b"Subject: %d\r\n\r\nx\r\n" % number)

    subjects = [message["subject"] for message in mailboxes.messages("a@example.org")]
    [first, *_] = mailboxes.files("a@example.org")
    assert subjects == ["0", "1", "2"]
    assert first.read_bytes() == b"Subject: 0\n\nx\n"
    assert first.parent.name == "new"
    assert list(first.parents[1].glob("tmp/*")) == []


def test_a_message_that_a_reader_moved_to_cur_counts(mailboxes: Mailboxes) -> None:
    file = mailboxes.store("a@example.org", b"Subject: x\n\n")
    file.rename(file.parents[1] / "cur" / f"{file.name}:2,S")

    assert (
        mailboxes.wait_for("a@example.org", lambda _: True, timeout=0)["subject"] == "x"
    )


def test_an_address_without_mail_has_none(mailboxes: Mailboxes) -> None:
    assert mailboxes.messages("nobody@example.org") == []


def test_waiting_ends_when_the_message_comes(mailboxes: Mailboxes) -> None:
    def send() -> None:
        time.sleep(0.2)
        mailboxes.store("a@example.org", b"Subject: wanted\n\n")

    mailboxes.store("a@example.org", b"Subject: other\n\n")
    sender = threading.Thread(target=send)
    sender.start()
    message = mailboxes.wait_for(
        "a@example.org", lambda m: m["subject"] == "wanted", timeout=10
    )
    sender.join()

    assert message["subject"] == "wanted"


def test_waiting_in_vain_tells_what_there_is(mailboxes: Mailboxes) -> None:
    mailboxes.store("a@example.org", "Subject: 別の\n\n".encode())

    with pytest.raises(MailHostError, match=r"a@example.org within 0\.1 s, but '別の'"):
        mailboxes.wait_for("a@example.org", lambda _: False, timeout=0.1)
    with pytest.raises(MailHostError, match="but nothing"):
        mailboxes.wait_for("b@example.org", lambda _: True, timeout=0)


def test_maildirs_are_for_the_owner_only(mailboxes: Mailboxes) -> None:
    file: Path = mailboxes.store("a@example.org", b"Subject: x\n\n")

    assert file.parent.stat().st_mode & 0o077 == 0


def test_quotes_that_are_not_needed_make_no_difference() -> None:
    assert maildir.folder('"alice"@example.org') == "alice@example.org"
    assert maildir.folder('"a\\"b"@example.org') == "a%22b@example.org"
    assert maildir.folder('"@example.org') == "%22@example.org"


def test_a_message_is_known_by_its_mark_for_a_day(
    mailboxes: Mailboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailboxes.store("a@example.org", b"Subject: x\n\n", "abc")

    known = [mailboxes.has("a@example.org", mark) for mark in ("abc", "ab", "abcd")]
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now + 25 * 3600 * 10**9)
    later = mailboxes.has("a@example.org", "abc")

    assert known == [True, False, False]
    assert not later
    assert not mailboxes.has("b@example.org", "abc")
