"""What mails say, in whatever charset and form; and which ones no person wrote."""

from __future__ import annotations

from email import message_from_bytes
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mailman.email.message import Message

from publisher.mailman_plugin.runners import command
from publisher.mailman_plugin.selfservice import automatic, commands, origin, reading
from publisher.mailman_plugin.selfservice.commands import Command, Mistake, Verb
from tests.mailman_plugin.selfservice.people import wide


def mail(data: bytes | str, envelope: str = "reader@home.example") -> Message:
    """Return a mail as Mailman holds it."""
    raw = data.encode() if isinstance(data, str) else data
    made = message_from_bytes(raw, Message)
    made.set_unixfrom(envelope)
    return made


def asked(message: Message) -> Command | Mistake:
    return commands.find(reading.subject(message), reading.lines(message))


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("Subject: hello\n\n", Mistake(0)),
        ("Subject: Re: [list]\n\n", Mistake(None)),
        ("\n", Mistake(None)),
        ("\n\n\nhello\nworld\n", Mistake(3)),
        ("\n\n> quoted\n\nhello\n", Mistake(4)),
        ("\n\n> quoted\n-- \nleave us alone\n", Mistake(None)),
        ("Subject: hello\n\nChange it.\n", Mistake(1, "change")),
        ("Subject: join the list\n\nleave now\n", Mistake(0, "join")),
        ("Subject: UNSUBSCRIBE, please\n\n", Mistake(0)),
        ("Subject: UNSUBSCRIBE please\n\n", Mistake(0, "unsubscribe")),
    ],
)
def test_a_mail_without_a_command_is_known_by_a_line(
    text: str, mistake: Mistake
) -> None:
    assert asked(mail(text)) == mistake


@pytest.mark.parametrize("word", [*Verb, "subscribe", "unsubscribe", "subscriptions"])
def test_what_is_shown_in_place_of_a_mistake_is_a_command(word: str) -> None:
    shown = Mistake(1, word).usage

    assert shown
    assert all(isinstance(commands.parse(each), Command) for each in shown)


def html(text: str) -> Message:
    part = MIMEText(text, "html", "utf-8")
    return mail(part.as_bytes())


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("<p>join</p><p>now", ["join", "now"]),
        ("a<BR/>b<br>c<br />d", ["a", "b", "c", "d"]),
        ("one\nline", ["one line"]),
        ("<html><head><title>x</title><b>y</b></head><body>join", ["join"]),
        ("<head>x<body>join", ["join"]),
        ("<style>p > a {}</p></style>join<script>if (a<b) c()</script>", ["join"]),
        ("join<style>leave", ["join"]),
        ("<blockquote>a<blockquote>b</blockquote>c</blockquote>join", ["join"]),
        ("join<blockquote>leave</head></p>leave", ["join"]),
        ("</blockquote>join", ["join"]),
        ('<a title="x > y" href=z>join</a>', ["join"]),
        ("<a title='>' b = \"'>\">join</a>", ["join"]),
        ('<a title=">join</a>', ["join"]),
        ("<img alt=it's>join", ["join"]),
        ("join<!-- <p>leave -->ed", ["joined"]),
        ("join<!-- leave", ["join"]),
        ("<!doctype html><?xml x?>join<![CDATA[x]]>", ["join"]),
        ("join<a leave", ["join"]),
        ("1 < 2 <3 </ 4", ["1 2 3 / 4"]),
        ("jo&#105;n&nbsp;&lt;me&gt; &unknown; &", ["join <me> &unknown; &"]),
        ("&#" + "9" * 5000 + ";", ["&#" + "9" * 998]),
        ("", []),
    ],
)
def test_html_is_read_as_a_reader_sees_it(markup: str, lines: list[str]) -> None:
    assert [line for _, line in reading.lines(html(markup))] == lines


def test_a_mail_in_a_mail_is_not_what_its_sender_says() -> None:
    head = "Content-Type: multipart/mixed; boundary=b\n\n"
    inner = "--b\nContent-Type: message/rfc822\n\nSubject: x\n\nleave\n"

    assert not list(reading.lines(mail(f"{head}{inner}--b--\n")))


@pytest.mark.parametrize("name", ["punycode", "idna", "unicode_escape", "hex", "x-odd"])
def test_a_charset_that_is_none_is_guessed(name: str) -> None:
    made = mail(f"Content-Type: text/plain; charset={name}\n\njoin\n")

    assert asked(made) == Command(Verb.JOIN)


JOIN = Command(Verb.JOIN)
NEW = "new@home.example"


@pytest.mark.parametrize(
    "subject",
    [
        b"join",
        b"JOIN",
        b"Subscribe",
        b"Re: join",
        b"RE: Re: join",
        b"Re[2]: join",
        b"AW: join",
        b"SV:join",
        b"[EXTERNAL] join",
        b"Re: [announce] join",
        b"join digest=mime",
        wide("join").encode(),
        wide("join").encode("cp932"),
        wide("join").encode("iso2022_jp"),
        "返信: join".encode("cp932"),
        f"返信：{wide('join')}".encode("iso2022_jp"),
        "\u3000join\u200b".encode(),
        b"=?ISO-2022-JP?B?GyRCI2ojbyNpI24bKEI=?=",
        b"=?Shift_JIS?B?goqCj4KJgo4=?=",
        b"=?UTF-8?B?772K772P772J772O?=",
        b"=?utf-8?q?Re=3A?= =?utf-8?q?_join?=",
        b"=?x-unknown?q?join?=",
        b"=?iso-2022-jp?q?join?=",
    ],
)
def test_a_subject_is_understood_in_all_forms(subject: bytes) -> None:
    wanted = JOIN
    message = mail(b"From: a@home.example\nSubject: " + subject + b"\n\nHello\n")

    assert asked(message) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "join\n",
        "\n\n  join  \n",
        f"お世話になっております。\n\n{wide('join')}\n\n株式会社例\n",
        "join\n-- \nleave\n",
        "join\n\nThis message is confidential. Leave it alone.\nHelp save paper.\n",
        "> leave\n| leave\njoin\n",
        "join\n-----Original Message-----\nleave\n",
        "join\n\n2026年11月20日(金) 10:00 CERT <a@b.example>:\nleave\n",
        "join\nhelp\nleave\n",
        "Please join us\njoin\n",
    ],
)
def test_the_first_command_of_a_text_counts(text: str) -> None:
    assert asked(mail(f"Subject: Hello\n\n{text}")) == JOIN


@pytest.mark.parametrize("charset", ["iso-2022-jp", "shift_jis", "euc-jp", "utf-8"])
@pytest.mark.parametrize("declared", [True, False])
def test_a_text_is_understood_in_all_charsets(charset: str, declared: bool) -> None:
    header = f"Content-Type: text/plain; charset={charset}\n" if declared else ""
    text = f"よろしくお願いします。\n{wide('leave')}\n".encode(charset)

    assert asked(mail(header.encode() + b"\n" + text)) == Command(Verb.LEAVE)


@pytest.mark.parametrize("declared", [True, False])
def test_a_surname_that_the_charset_lacks_hides_nothing(declared: bool) -> None:
    header = b"Content-Type: text/plain; charset=iso-2022-jp\n" if declared else b""
    text = b"\x1b$B|b66\x1b(B\n" + wide("leave").encode("iso2022_jp")

    assert asked(mail(header + b"\n" + text + b"\n")) == Command(Verb.LEAVE)


def test_an_absence_notice_is_known_by_whatever_name_is_in_it() -> None:
    # In full: "automatic answer: ..." with a surname, as Outlook writes it.
    subject = b"=?ISO-2022-JP?B?GyRCPCtGMEpWPy4hJ3xiNjYbKEI=?="
    message = mail(b"From: a@home.example\nSubject: " + subject + b"\n\njoin\n")

    assert reading.subject(message) == "自動返信:髙橋"
    assert automatic.reason(message)


@pytest.mark.parametrize(
    "charset", ["", "us-ascii", "x-unknown", "hex", "rot13", "undefined", "\x00"]
)
def test_a_charset_that_is_wrong_is_passed_over(charset: str) -> None:
    header = f'Content-Type: text/plain; charset="{charset}"\n\n'

    assert asked(mail(header.encode() + f"{wide('join')}\n".encode())) == JOIN


@pytest.mark.parametrize(
    "text",
    [
        "<p>join</p>",
        "<html><head><title>x</title><style>leave</style></head><body>join</body>",
        "<div>Hello</div><div>join</div><div>Regards</div>",
        "join<br>Regards",
        "<blockquote>leave</blockquote><p>join",
        "<p>&#106;oin</p>",
        "<blockquote><p>leave</blockquote></p>join",
    ],
)
def test_a_mail_of_nothing_but_html_is_understood(text: str) -> None:
    assert asked(html(text)) == JOIN


def test_plain_text_goes_before_html_and_attachments_do_not_count() -> None:
    both = MIMEMultipart("mixed")
    attached = MIMEText("help\n")
    attached["Content-Disposition"] = "attachment"
    both.attach(attached)
    both.attach(MIMEText("<p>leave</p>", "html"))
    both.attach(MIMEText("join\n"))

    assert asked(mail(both.as_bytes())) == JOIN


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("leave", Command(Verb.LEAVE)),
        ("leave old@home.example", Command(Verb.LEAVE, "old@home.example")),
        ("leave address=Old@Home.example", Command(Verb.LEAVE, "old@home.example")),
        (f"change {NEW}", Command(Verb.CHANGE, NEW)),
        (f"change <{NEW}>", Command(Verb.CHANGE, NEW)),
        (f"change {NEW}<mailto:{NEW}>", None),
        (f"change {NEW} <mailto:{NEW}>", Command(Verb.CHANGE, NEW)),
        (f"CHANGE {NEW} ALL", Command(Verb.CHANGE, NEW, everywhere=True)),
        ("change your password at once", None),
        ("change", None),
        (f"change {NEW} other@home.example", None),
        (f"change {wide(NEW)}", None),
        ("confirm 0123456789abcdef", Command(Verb.CONFIRM, "0123456789abcdef")),
        ("confirm your address", None),
        ("confirm", None),
        ("undo 0123456789ABCDEF", Command(Verb.UNDO, "0123456789abcdef")),
        ("language en", Command(Verb.LANGUAGE, "en")),
        ("language English", Command(Verb.LANGUAGE, "en")),
        ("language 日本語", Command(Verb.LANGUAGE, "ja")),
        ("language pt-BR", Command(Verb.LANGUAGE, "pt_br")),
        ("language is a virus", None),
        ("language !", None),
        ("lists", Command(Verb.LISTS)),
        ("subscriptions", Command(Verb.LISTS)),
        ("help.", Command(Verb.HELP)),
        ("help join", None),
        ("who", Command(Verb.HELP)),
        ("joining", None),
        ("", None),
    ],
)
def test_a_line_is_a_command_or_it_is_none(line: str, command: Command | None) -> None:
    assert commands.parse(line) == command


@pytest.mark.parametrize(
    "subject", ["Fwd: Your subscription", "FW: x", "転送: x", "Re: Fwd: x"]
)
def test_a_forwarded_mail_asks_for_nothing(subject: str) -> None:
    assert asked(mail(f"Subject: {subject}\n\njoin\n")) == Mistake(0)


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("From: Reader <Reader@Home.example>", "reader@home.example"),
        ("From: =?x?q?=2C?= <a@home.example>", "a@home.example"),
        ("From: a@home.example, b@home.example", ""),
        ("From: a@home.example\nFrom: b@home.example", ""),
        ("From: 読者@home.example", ""),
        (f"From: {'a' * 300}@home.example", ""),
        (f"From: {'a ' * 600}<a@home.example>", ""),
        ("From:", ""),
        ("To: a@home.example", ""),
    ],
)
def test_the_sender_is_the_one_address_in_from(header: str, address: str) -> None:
    assert reading.sender(mail(f"{header}\n\n")) == address


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner-email=x",
        "Precedence: bulk",
        "Precedence: JUNK",
        "Precedence: list",
        "X-Auto-Response-Suppress: All",
        "X-Autoreply: yes",
        "X-Loop: x",
        "List-Id: <announce.lists.cert.example>",
        "List-Unsubscribe: <mailto:x@home.example>",
        "Return-Path: <>",
        "Content-Type: multipart/report; report-type=delivery-status",
        "Subject: Automatic reply: confirm",
        "Subject: Out of office",
        "Subject: =?utf-8?b?6Ieq5YuV6L+U5L+h?=",
        "Subject: 不在のお知らせ",
        "From: MAILER-DAEMON@home.example",
        "From: Postmaster <postmaster@home.example>",
        "From: no-reply@home.example",
        "From: majordomo@lists.example",
        "From: owner-announce@lists.example",
        "From: announce-bounces@lists.example",
        "From: announce-confirm+0123@lists.example",
    ],
)
def test_what_no_person_wrote_is_known(header: str) -> None:
    sender = "" if header.startswith("From") else "From: a@home.example\n"

    assert automatic.reason(mail(f"{sender}{header}\n\njoin\n"))


@pytest.mark.parametrize("envelope", ["", "<>", "MAILER-DAEMON@home.example"])
def test_what_comes_from_the_null_sender_was_written_by_nobody(envelope: str) -> None:
    assert automatic.reason(mail("From: a@home.example\n\njoin\n", envelope))


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "Precedence: first-class",
        "Subject: Re: Please confirm that you join: Alerts",
        "X-Mailer: Example",
        "Reply-To: shop-owner@home.example",
        "In-Reply-To: <x@lists.cert.example>",
    ],
)
def test_what_a_person_wrote_is_taken(header: str) -> None:
    assert not automatic.reason(mail(f"From: a@home.example\n{header}\n\njoin\n"))


@given(st.binary(max_size=400), st.binary(max_size=80))
def test_no_mail_whatever_makes_it_fail(body: bytes, header: bytes) -> None:
    line = header.replace(b"\n", b" ")
    for data in (
        body,
        b"From: " + line + b"\nSubject: " + line + b"\n\n" + body,
        b"Subject: =?utf-8?B?" + line + b"?=\nContent-Type: " + line + b"\n\n" + body,
        b"Content-Type: text/html; charset=" + line + b"\n\n<" + body,
        b"Received: " + line + b"\nAuto-Submitted: " + line + b"\n\n" + body,
    ):
        message = mail(data)
        automatic.reason(message)
        reading.sender(message)
        origin.of(message, origin.Networks())
        asked(message)


class Named:
    """A list, as far as its address for confirmations goes."""

    def __init__(self, name: str) -> None:
        self.name = name

    def confirm_address(self, cookie: str) -> str:
        return f"{self.name}-confirm+{cookie}@lists.cert.example"


@pytest.mark.parametrize("name", ["announce-en", "cookie-news", "a.b", "x" * 60])
def test_the_token_is_read_whatever_the_list_is_called(name: str) -> None:
    token = "0123456789abcdef" * 2
    address = Named(name).confirm_address(token)

    for written in (address, address.upper(), f'"A, B" <{address}>'):
        message = mail(f"To: a@b.example, {written}\nSubject: Re: x\n\nYes\n")
        assert command._token(Named(name), message) == token
