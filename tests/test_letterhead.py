"""Headers on the wire, read again by Python's two ways of reading mail."""

from __future__ import annotations

import email
import re
from email import policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publisher import letterhead

WIDEST = 76
TITLES = (
    "[Alert] ADV-2026-0007 Remote code execution in Example Server",
    "[Update 12] ADV-2026-0007 " + "Several vulnerabilities in Example " * 6,
    "[Security advisory] ADV-2026-0007 " + "long" * 40,
    "unbroken" * 25,
    "[更新 12] ADV-2026-0007 " + "任意のコード実行の脆弱性に関する注意喚起" * 5,
    "任意のコード実行の脆弱性に関する注意喚起" * 5,
    "[Alert] 🔒🚨 " + "👨‍👩‍👧‍👦" * 20,
    "[Alert] ADV-2026-0007 =?utf-8?B?5pel5pys?= in a title",
    "=?utf-8?Q?=5BUpdate=5D?= =?us-ascii?q?a b?= ?= =?",
    "[Alert] Größe und Façade " * 6,
    "x",
)
WORDS = st.sampled_from(
    [
        *("[Update 12]", "ADV-2026-0007", "Example", "脆弱性", "🔒", "é", "", "y" * 80),
        *(
            "=?utf-8?b?YQ==?=",
            "=?",
            "?=",
            "_",
            "=20",
            '"',
            "(",
            ")",
            "<",
            ">",
            ",",
            ";",
        ),
        *(":", "\\", "\t"),
    ]
)


def lines(name: str, value: str) -> list[str]:
    return f"{name}: {value}".split("\n")


def read(name: str, value: str) -> tuple[str, str]:
    """Return a header as Python's old and new way of reading it have it."""
    wire = f"{name}: {value}\n\n".encode("ascii")
    # As mail servers have it (RFC 5322, section 2.2.3): only the line ends go.
    raw = str(email.message_from_bytes(wire)[name]).replace("\n", "")
    new = email.message_from_bytes(wire, policy=policy.default)[name]
    return str(make_header(decode_header(raw))), str(new)


def is_good(name: str, value: str, text: str) -> None:
    found = lines(name, value)
    assert read(name, value) == (text, text)
    assert max(map(len, found)) <= WIDEST
    assert all(re.fullmatch(r" \S.*", line) for line in found[1:])
    # The first word, or the beginning of what it is encoded in.
    first = found[0].removeprefix(f"{name}: ").split(" ")[0]
    assert first == text.split(" ")[0] or first.startswith("=?utf-8?")
    # Mailman writes a mail anew when it delivers it.
    wire = f"{name}: {value}\n\n".encode("ascii")
    assert email.message_from_bytes(wire).as_bytes() == wire


@pytest.mark.parametrize("text", TITLES, ids=range(len(TITLES)))
@pytest.mark.parametrize("length", [1, 2, 20, 60, 66, 67, 68, 69, 75, 76, 77, 200])
def test_a_title_of_any_length_is_read_as_it_was_written(
    text: str, length: int
) -> None:
    cut = text[:length].rstrip()

    is_good("Subject", letterhead.text("Subject", cut), cut)


@given(st.lists(WORDS, min_size=1, max_size=30).map(" ".join).filter(bool))
@example("  ")
@settings(max_examples=300, deadline=None)
def test_words_of_all_kinds_are_read_as_they_were_written(text: str) -> None:
    is_good("Subject", letterhead.text("Subject", text), text)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), min_size=1))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_as_it_was_written(text: str) -> None:
    value = letterhead.text("Subject", text)

    assert read("Subject", value)[0] == text
    assert max(map(len, lines("Subject", value))) <= WIDEST


def test_what_can_be_filtered_on_stays_readable_on_the_wire() -> None:
    value = letterhead.text("Subject", "[Alert] ADV-2026-0007 「Example」の脆弱性")

    assert value.startswith("[Alert] ADV-2026-0007\n =?utf-8?b?")
    assert letterhead.text("Subject", "[Alert] " + "z" * 200).startswith("[Alert] =?")
    assert letterhead.text("Subject", "") == ""


@pytest.mark.parametrize(
    "name",
    [
        "Example CERT",
        "Example CERT, Inc.",
        'The "Team" \\o/',
        "コーディネーションセンター",
        "Example CERT コーディネーションセンター",
        "組織, Inc. (Team) <x@evil.example>",
        "=?utf-8?q?a?=, Inc.",
        "team@cert.example",
        "w" * 90,
        'The "A." ' + "w" * 90,
        "組織" * 40,
        "Many words " * 12,
    ],
)
@pytest.mark.parametrize("address", ["csirt@cert.example", f"{'a' * 64}@lists.example"])
def test_a_sender_is_read_as_he_is_named(name: str, address: str) -> None:
    value = letterhead.mailbox("From", name, address)

    wire = f"From: {value}\n\n".encode("ascii")
    raw = str(email.message_from_bytes(wire)["From"]).replace("\n", "")
    display, found = parseaddr(raw)
    assert str(make_header(decode_header(display))) == name.strip()
    assert found == address
    [new] = email.message_from_bytes(wire, policy=policy.default)["From"].addresses
    assert new.addr_spec == address
    assert max(map(len, lines("From", value))) <= max(WIDEST, len(f" <{address}>"))
    assert lines("From", value)[0].strip() != "From:"
    assert email.message_from_bytes(wire).as_bytes() == wire


def test_a_sender_without_a_name_is_the_address_alone() -> None:
    assert letterhead.mailbox("From", " ", "csirt@cert.example") == "csirt@cert.example"


def test_message_ids_are_never_encoded_and_the_first_is_on_the_first_line() -> None:
    first, last = f"<{'a' * 120}@cert.example>", f"<{'b' * 30}@cert.example>"

    value = letterhead.words("References", [first, last])

    assert value == f"{first}\n {last}"
    assert letterhead.words("Message-ID", [first]) == first


@pytest.mark.parametrize("end", ["\n", "\r", "\0", "\r\nBcc: everybody@evil.example"])
def test_no_value_begins_another_header(end: str) -> None:
    with pytest.raises(ValueError, match="cannot hold a line end"):
        letterhead.text("Subject", f"a{end}")
    with pytest.raises(ValueError, match="cannot hold a line end"):
        letterhead.mailbox("From", f"a{end}", "a@cert.example")
    with pytest.raises(ValueError, match="cannot hold a line end"):
        letterhead.mailbox("From", "a", f"a@cert.example{end}")
    with pytest.raises(ValueError, match="cannot hold a line end"):
        letterhead.words("Message-ID", [f"<a@cert.example>{end}"])


def test_a_long_title_takes_no_longer_than_its_length() -> None:
    text = "脆弱性 " * 100_000

    value = letterhead.text("Subject", text)

    assert max(map(len, lines("Subject", value))) <= WIDEST
