"""Each thing that happens to mails on their way is named; what is harmless is not."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest

from publisher.push import compare, letter
from tests import builders

JA = builders.settings().lists[0]
TEXT = """\
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA512

Example Server の読み取りに不備があります。
～①— 至急、更新してください。
- --dashes = equals
-----BEGIN PGP SIGNATURE-----

iHUEARYKAB0WIQ
=abcd
-----END PGP SIGNATURE-----
"""
LIST = f"""\
List-Id: 注意喚起 <{JA.list_id}>
List-Unsubscribe: <mailto:announce-ja-leave@lists.cert.example>
"""


def sent(text: str = TEXT, cte: str = "quoted-printable") -> EmailMessage:
    message = EmailMessage(policy=default.clone(cte_type="7bit", linesep="\n"))
    message["From"] = "Example CERT コーディネーション <csirt@cert.example>"
    message["To"] = JA.address
    message["Subject"] = "[注意喚起] ADV-2026-0007 Example Server における任意の実行"
    message["Date"] = "Fri, 20 Nov 2026 10:00:00 +0900"
    message["Message-ID"] = "<ADV-2026-0007.r2.ja.announce-ja@lists.cert.example>"
    message["In-Reply-To"] = "<ADV-2026-0007.r1.ja.announce-ja@lists.cert.example>"
    message["References"] = "<ADV-2026-0007.r1.ja.announce-ja@lists.cert.example>"
    message.set_content(text, charset="utf-8", cte=cte)
    return message


WIRE = sent().as_bytes()


def through(message: bytes = WIRE, headers: str = LIST) -> bytes:
    """Return a mail as a list passes it on."""
    trace = b"Received: from x by y\nPrecedence: list\nSender: bounces@cert.example\n"
    return trace + headers.encode() + message


def told(received: bytes, **options: bool) -> tuple[str, ...]:
    return compare.differences(WIRE, received, JA, **options)


def swapped(old: str, new: str) -> bytes:
    """Return the mail with another text, as it would have been encoded then."""
    assert old in TEXT
    return through(sent(TEXT.replace(old, new)).as_bytes())


def test_a_copy_as_a_list_passes_it_on_has_no_difference() -> None:
    assert told(through()) == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda mail: mail.replace(b"\n", b"\r\n"),
        lambda _: through(sent(cte="base64").as_bytes()),
        lambda _: through(sent(cte="8bit").as_bytes()),
        lambda mail: mail.replace(b'charset="utf-8"', b"charset=UTF-8"),
        lambda mail: b"X-Spam: no\nAuthentication-Results: x; dkim=pass\n" + mail,
        lambda _: through(sent().as_bytes(policy=SMTP.clone(max_line_length=60))),
    ],
    ids=["crlf", "base64", "8bit", "case", "trace", "folded"],
)
def test_what_no_reader_notices_is_no_difference(
    change: Callable[[bytes], bytes],
) -> None:
    assert told(change(through())) == ()


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (
            through(sent(f"{TEXT}-- \nannounce@x.example\n").as_bytes()),
            "text stands behind the signed block, which nobody signed: "
            r"'-- \nannounce@x.example'",
        ),
        (
            through(sent(f"CAUTION: external\n{TEXT}").as_bytes()),
            "text stands before the signed block, which nobody signed: "
            "'CAUTION: external'",
        ),
        (
            through(sent(f"{TEXT}\n\n").as_bytes()),
            "blank lines stand behind the signed block",
        ),
        (
            swapped("至急", "後日"),
            "line 5 of the text is '～①— 後日、更新してください。', "
            "and '～①— 至急、更新してください。' was signed",
        ),
        (
            swapped("iHUEARYKAB0WIQ", "iHUEARYKAB0WIQ="),
            "line 9 of the text is 'iHUEARYKAB0WIQ=', and 'iHUEARYKAB0WIQ' was signed",
        ),
        (
            through(sent(TEXT[: TEXT.index("-----BEGIN PGP SIGNATURE")]).as_bytes()),
            "the text ends after line 6 of 11",
        ),
        (
            through(sent(TEXT.rstrip()).as_bytes()).rstrip(b"\n") + b"=\n",
            "blanks or line ends at the end of the text are missing",
        ),
        (
            through(WIRE.replace(b'"utf-8"', b'"iso-2022-jp"')),
            "it says that its charset is 'iso-2022-jp', not 'utf-8': readers see other "
            "letters",
        ),
        (
            through(WIRE.replace(b'"utf-8"', b'"utf-8"; format=flowed')),
            "it says format=flowed: mail programs join its lines",
        ),
        (
            through(b"Content-Disposition: attachment\n" + WIRE),
            "it says that it is an attachment: it is not shown at once",
        ),
        (
            through(WIRE.replace(b"text/plain", b"text/html")),
            "it is text/html, not text/plain",
        ),
        (
            through(headers=""),
            "List-Id is missing: readers filter on it",
        ),
        (
            through(headers=LIST.replace("announce-ja.", "other.")),
            "List-Id is '注意喚起 <other.lists.cert.example>', without "
            "'<announce-ja.lists.cert.example>': readers filter on it",
        ),
        (
            through(headers=LIST.partition("\n")[0] + "\n"),
            "List-Unsubscribe is missing: readers leave by it",
        ),
        (
            through(b"Reply-To: announce-ja@lists.cert.example\n" + WIRE),
            "Reply-To was added ('<announce-ja@lists.cert.example>')",
        ),
        (
            through(b"Subject: another\n" + WIRE),
            "Subject is there 2 times, not 1",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_happens_on_the_way_is_named(received: bytes, expected: str) -> None:
    assert told(received)[0] == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Subject", "", "Subject is missing ("),
        (
            "Subject",
            "[外部] [注意喚起] ADV-2026-0007 Example Server における任意の実行",
            "Subject has '[外部] ' before it",
        ),
        ("Subject", "Invoice", "Subject is 'Invoice', not '[注意喚起] ADV"),
        (
            "From",
            "Example CERT via announce-ja <announce-ja@lists.cert.example>",
            "From is 'Example CERT via announce-ja <announce-ja@lists.cert.example>', "
            "not 'Example CERT コーディネーション <csirt@cert.example>'",
        ),
        ("To", "reader@home.example", "To is '<reader@home.example>', not "),
        ("Date", "Sat, 21 Nov 2026 10:00:00 +0900", "Date is 'Sat, 21"),
        ("In-Reply-To", "", "In-Reply-To is missing ('<ADV-2026-0007.r1"),
    ],
)
def test_a_header_that_readers_see_has_to_be_the_same(
    name: str, value: str, expected: str
) -> None:
    message = sent()
    del message[name]
    if value:
        message[name] = value

    (only,) = told(through(message.as_bytes()))

    assert only.startswith(expected)


def test_a_subject_may_be_another_one_if_the_title_changed_since() -> None:
    message = sent()
    message.replace_header("Subject", "the title then")

    assert told(through(message.as_bytes()), subject=False) == ()


def test_the_same_letters_in_other_bytes_are_named() -> None:
    body = TEXT.replace("～①—", "").encode("iso-2022-jp")
    wire = sent(TEXT.replace("～①—", "")).as_bytes()
    head = wire.partition(b"\n\n")[0]
    head = head.replace(b'"utf-8"', b'"iso-2022-jp"')
    received = through(head.replace(b"quoted-printable", b"7bit") + b"\n\n" + body)

    (only,) = compare.differences(wire, received, JA)

    assert only == (
        "its charset is 'iso-2022-jp': the same letters in other bytes, and so a bad "
        "signature"
    )


def test_lines_of_the_wire_within_base64_are_named() -> None:
    message = sent()
    message.set_content(TEXT.replace("\n", "\r\n").encode(), "text", "plain",
                        cte="base64", params={"charset": "utf-8"})  # fmt: skip

    assert told(through(message.as_bytes())) == (
        "its lines end in CRLF within the transfer encoding",
    )


def test_other_parts_are_named_with_their_types_and_names() -> None:
    message = sent()
    message.add_attachment("<b>buy</b>", subtype="html", filename="offer.html")
    message.add_attachment("-- \nannounce\n")

    (only,) = told(through(message.as_bytes()))

    assert only == (
        "other parts stand beside the text, which nobody signed: "
        "text/html 'offer.html' '<b>buy</b>'; text/plain '-- \\nannounce'"
    )


def test_a_wrapped_mail_and_its_damage_are_both_named() -> None:
    outer = EmailMessage()
    outer["Message-ID"] = "<x@y>"
    outer.set_content("See below.\n")
    outer.add_attachment(sent(TEXT.replace("至急", "後日")))

    first, second = told(through(outer.as_bytes()))[:2]

    assert first.startswith("other parts stand beside the text, which nobody signed: ")
    assert second.startswith("no part is the signed text: line 1 of the text is 'See")


def test_a_lone_part_in_a_multipart_is_named() -> None:
    outer = EmailMessage()
    outer.make_mixed()
    inner = EmailMessage()
    inner.set_content(TEXT, cte="quoted-printable")
    outer.attach(inner)

    assert told(through(outer.as_bytes()))[0] == (
        "the text is in a mail of multipart/mixed"
    )


def test_long_lines_are_shown_around_the_difference() -> None:
    long = TEXT.replace("至急", "あ" * 500 + "至急")
    wire = sent(long).as_bytes()
    received = through(sent(long.replace("至急", "後日")).as_bytes())

    (only,) = compare.differences(wire, received, JA)

    assert "…'ああ" in only
    assert "後日" in only
    assert len(only) < 250


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\xff\n\n\xff",
        b"Subject: =?utf-8?b?!!!?=\nFrom: \"<<<>>>\n\nx",
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\n--x--\n",
        b"Content-Type: text/plain; charset=\"no such\"\n\n\xe3\x81\x82\n",
        b"Content-Type: \xff/\xff\nContent-Transfer-Encoding: base64\n\n!!!\n",
        b"Content-Type: message/rfc822\n\n" * 5 + b"x",
        b"Subject: =?no-such-charset?q?x?=\n\n\n",
    ],
)  # fmt: skip
def test_any_mail_is_compared_on_short_printable_lines(data: bytes) -> None:
    differences = told(data)

    assert differences
    assert all(each.isprintable() and len(each) < 600 for each in differences)


def test_a_mail_that_is_nested_too_deeply_is_not_taken_apart() -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=x%d\n\n--x%d\n" % (n, n)
        for n in range(5000)
    )

    assert told(nested) == ("it has more than 20 nested parts",)
    assert not compare.carries(WIRE, nested)
    # A lone CR ends a line for the parser, too.
    assert told(nested.replace(b"\n", b"\r")) == told(nested)


def test_a_mail_that_breaks_the_parser_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise RecursionError("too\ndeep")

    monkeypatch.setattr(letter, "_parts", broken)

    with pytest.raises(ValueError, match=r"no mail that can be read \('too\\ndeep'\)"):
        letter.read(WIRE)


@pytest.mark.parametrize(
    ("received", "does"),
    [
        (WIRE, True),
        (through().replace(b"\n", b"\r\n"), True),
        (through(sent(f"{TEXT}-- \nfooter\n").as_bytes()), True),
        (swapped("至急", "後日"), False),
        (
            b"Message-ID: <ADV-2026-0007.r2.ja.announce-ja@lists.cert.example>\n\n",
            False,
        ),
    ],
)
def test_a_mail_carries_a_text_whatever_else_is_in_it(
    received: bytes, does: bool
) -> None:
    assert compare.carries(WIRE, received) is does


def test_the_text_of_a_mail_is_its_decoded_body() -> None:
    assert compare.text(WIRE) == TEXT.encode()
