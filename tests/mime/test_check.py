"""What is refused before it is parsed, and that nothing gets by."""

from __future__ import annotations

import dataclasses
from email import message_from_bytes
from email.feedparser import BytesFeedParser
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.mime import charsets, check, parts
from publisher.mime.limits import LIST, MailError, TooLargeError
from tests.mime import costly

TOP = b"From: reader@home.example\nSubject: join\n"


def nested(levels: int, kind: bytes = b"multipart/mixed", end: bytes = b"\n") -> bytes:
    part = b"Content-Type: %s; boundary=b%d" + end * 2 + b"--b%d" + end
    return TOP + b"".join(part % (kind, each, each) for each in range(levels))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (TOP + b"\n" + b"x" * LIST.size, "has more than 1024 KiB"),
        (TOP + b"\n" * LIST.lines, "has more than 100000 lines"),
        (TOP + b"\r" * LIST.lines, "has more than 100000 lines"),
        (nested(21), "has more than 20 nested parts"),
        (
            nested(15) + b"\n" * 20_001,
            "has 20048 lines in 15 nested parts, which is too much",
        ),
        (nested(5000), "has more than 20 nested parts"),
        (nested(21, end=b"\r"), "has more than 20 nested parts"),
        (nested(21, end=b"\r\n"), "has more than 20 nested parts"),
        (nested(21, b"\x1fMessage/rfc822"), "has more than 20 nested parts"),
        (nested(21, b"\n\t \nMULTIPART/x"), "has more than 20 nested parts"),
        (
            TOP + b"X: " + b"x\n " * 50_000,
            "has a header of more than 128 KiB",
        ),
        (TOP + b"a:b\n" * 999, "has more than 1000 header fields"),
        (TOP + b"X: \0\n\n", "has a NUL in its header"),
        (
            TOP + b"Content-Type: x/y" + b"; abc=d" * 101,
            "has a field Content-Type of more than 100 parameters",
        ),
        (
            TOP + b"Reply-To: " + b"a@b.example,\n " * 1000,
            "has a field Reply-To of more than 8 KiB",
        ),
        (TOP + b"X: =?punycode?q?x?=\n", "names a charset that mail does not have"),
        (TOP + b"X: =?-IDNA?B?x?=\n", "names a charset that mail does not have"),
    ],
)
def test_it_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(MailError, match=f"^{reason}$") as caught:
        check.require(data, LIST)

    assert isinstance(caught.value, TooLargeError) == (len(data) > LIST.size)


@pytest.mark.parametrize(
    "data",
    [
        nested(20),
        nested(15) + b"\n" * 19_950,
        TOP + b"a:b\n" * 998 + b"\n" + b"a:b\n" * 2000,
        TOP + b"To: " + b"reader@home.example,\n " * 2000 + b"\n\njoin\n",
        TOP + b"\njoin\n\0",
        b"\n" + b"\0" * 1000,
        TOP + b"X: =?x-unknown?q?x?= =?iso-2022-jp?b?GyRC?=\n\n",
    ],
)
def test_it_is_not_refused(data: bytes) -> None:
    assert check.require(data, LIST) == data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            costly.KINDS["blocks of a report"](20_000),
            "has more than 1000 parts",
        ),
        (costly.KINDS["siblings"](20_000), "has more than 1000 parts"),
        (
            TOP + b"Content-Type: text/plain; charset*0=puny;\n charset*1=code\n\nx",
            "names a charset that mail does not have",
        ),
        (
            TOP + b"Content-Type: text/plain; charset*=us-ascii''%69dna\n\nx",
            "names a charset that mail does not have",
        ),
    ],
)
def test_it_is_refused_while_it_is_parsed(data: bytes, reason: str) -> None:
    with pytest.raises(MailError, match=f"^{reason}$"):
        parts.parse(data, LIST)


def test_a_broken_parser_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(BytesFeedParser, "feed", fail)

    with pytest.raises(MailError, match=r"^is no mail that can be read"):
        parts.parse(TOP, LIST)


PIECES = st.sampled_from(
    [
        *(b"\n", b"\r", b"\r\n", b"\n\n", b" ", b"\t", b"\x1c", b"--b", b"--b--"),
        *(b"Content-Type:", b"content-type: multipart/mixed; boundary=b", b"message/"),
        *(
            b"multipart/digest;boundary=b",
            b"rfc822",
            b"delivery-status",
            b"From ",
            b":",
        ),
        *(b"\xff", b"\0", b"=?utf-8?q?", b"?=", b"charset=idna", b";", b'"', b"x"),
    ]
)


def depth(message: Message) -> int:
    return 1 + max((depth(each) for each in parts.inside(message)), default=0)


@given(st.lists(PIECES | st.binary(max_size=8), max_size=60).map(b"".join))
def test_nothing_is_deeper_than_it_was_counted(data: bytes) -> None:
    """A digest holds mails without saying so, thus each may count for two."""
    small = dataclasses.replace(LIST, nested=3)

    try:
        message = parts.parse(data, small)
    except MailError:
        return
    assert depth(message) <= 2 * small.nested + 1


@given(st.lists(PIECES | st.binary(max_size=8), max_size=60).map(b"".join))
def test_what_passes_is_read_as_the_standard_parser_reads_it(data: bytes) -> None:
    try:
        message = parts.parse(data, LIST)
    except MailError:
        return
    wanted = message_from_bytes(data)
    found, expected = (
        [(each.get_content_type(), parts.content(each)) for each in walked]
        for walked in (parts.walk(message), wanted.walk())
    )
    assert [kind for kind, _ in found] == [kind for kind, _ in expected]
    assert [_lines(text) for _, text in found] == [_lines(text) for _, text in expected]


def _lines(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def test_a_mail_in_a_mail_is_one_part() -> None:
    inner = b"Content-Type: multipart/mixed; boundary=c\n\n--c\n\njoin\n--c--\n"
    head = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b\n"
    data = head + b"Content-Type: message/rfc822\n\n" + inner + b"--b--\n"
    message = parts.parse(data, LIST)

    leaves, all_parts = parts.leaves(message), parts.walk(message)

    assert [each.get_content_type() for each in leaves] == [
        "text/plain",
        "message/rfc822",
    ]
    assert [each.get_content_type() for each in all_parts] == [
        "multipart/mixed",
        "text/plain",
        "message/rfc822",
        "multipart/mixed",
        "text/plain",
    ]


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("latin1", "iso8859-1"),
        ("ISO_8859-15", "iso8859-15"),
        ("windows-1252", "cp1252"),
        ("cp932", "cp932"),
        ("EUC-JP", "euc_jp"),
        ("ISO-2022-JP", "iso2022_jp"),
        ("gb18030", "gb18030"),
        ("us-ascii", "ascii"),
        ("", ""),
        ("punycode", ""),
        ("IDNA", ""),
        ("unicode_escape", ""),
        ("raw-unicode-escape", ""),
        ("hex", ""),
        ("zip", ""),
        ("rot13", ""),
        ("undefined", ""),
        ("utf-9", ""),
        ("utf-8" + "-" * 40, ""),
    ],
)
def test_only_charsets_of_mail_are_looked_up(name: str, codec: str) -> None:
    assert charsets.codec(name) == codec
