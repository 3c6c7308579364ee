"""Who wrote a mail, as far as envelope and header agree, whatever they hold."""

from __future__ import annotations

import warnings
from email import message_from_bytes
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

with warnings.catch_warnings():
    # Mailman uses what its libraries would rather not have used any more.
    warnings.simplefilter("ignore")
    from publisher.mailman_plugin import rejections


def message(header: bytes, envelope: str | None) -> Message:
    made = message_from_bytes(header + b"\n\n")
    if envelope is not None:
        made.set_unixfrom(envelope)
    return made


def test_the_sender_is_who_both_say_it_is() -> None:
    found = rejections.sender(message(b"From: Me <Me@Home.example>", "me@home.example"))

    assert found == "me@home.example"


@pytest.mark.parametrize(
    ("header", "envelope"),
    [
        (b"From: me@home.example", ""),
        (b"From: me@home.example", None),
        (b"From: me@home.example", "you@home.example"),
        (b"From: me@home.example, you@home.example", "me@home.example"),
        (b"From: me@home.example\nFrom: me@home.example", "me@home.example"),
        (b"From: me", "me"),
        (b"Subject: Hello", ""),
        ("From: é@home.example".encode(), "é@home.example"),
    ],
)
def test_otherwise_there_is_none(header: bytes, envelope: str | None) -> None:
    assert rejections.sender(message(header, envelope)) == ""


@given(st.lists(st.binary(max_size=80), max_size=3), st.text(max_size=80))
def test_no_sender_is_too_odd_to_be_read(values: list[bytes], envelope: str) -> None:
    lines = b"".join(b"From: " + value + b"\n" for value in values)
    odd = message(lines, envelope)

    found = rejections.sender(odd)

    assert found == "" or (found.isascii() and "@" in found)
