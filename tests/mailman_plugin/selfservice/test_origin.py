"""Who counts as the source of a mail, by lines as mail servers write them."""

from __future__ import annotations

from email import message_from_string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import SettingsError
from publisher.mailman_plugin.selfservice import origin, received
from publisher.mailman_plugin.selfservice.origin import Networks, Source

FORGED = "198.51.100.77"
"""What whoever connects calls himself."""
REAL = "203.0.113.5"
SIX = "2001:db8:1:2:3::4"
HERE = "127.0.0.1"

POSTFIX = "by lists.cert.example (Postfix) with ESMTP id 4ABCDEF for <a@b>; Fri, 20 Nov"
EXIM = "by mx.example with esmtp (Exim 4.96)\n\t(envelope-from <a@b>)\n\tid 1sABCD-0001"
TLS = "(using TLSv1.3 with cipher X (256/256 bits)\n\tkey-exchange X25519)"
OPENSMTPD = "by mx.example (OpenSMTPD) with ESMTPS id 1"
QMAIL = "by mx.example with SMTP; 20 Nov"


@pytest.mark.parametrize(
    ("line", "address"),
    [
        # Postfix.
        (f"from [{FORGED}] (unknown [{REAL}])\n\t{POSTFIX}", REAL),
        (f"from [{REAL}] (unknown [{REAL}])\n\t{POSTFIX}", REAL),
        (f"from mx.x.example (mx.x.example [{REAL}])\n\t{POSTFIX}", REAL),
        (f"from x (y [{REAL}])\n\t{TLS}\n\t(No certificate)\n\t{POSTFIX}", REAL),
        (
            f'from x (y [{REAL}])\n\t{TLS}\n\t(Client CN "unknown [{FORGED}]", Issuer'
            f' "z" (not verified))\n\t{POSTFIX}',
            REAL,
        ),
        (f"from x (y [{REAL}]) (Authenticated sender: a@b)\n\t{POSTFIX}", REAL),
        (f"from [IPv6:{SIX}] (unknown [IPv6:2001:db8::7])\n\t{POSTFIX}", "2001:db8::7"),
        (f"from helo=[{FORGED}] (unknown [{REAL}])\n\t{POSTFIX}", REAL),
        ("from x (unknown [unknown])\n\t" + POSTFIX, None),
        ("by lists.cert.example (Postfix, from userid 0)\n\tid 4ABCDEF; Fri, 20", None),
        # OpenSMTPD.
        (f"from [{FORGED}] (h.example [{REAL}])\n\t{OPENSMTPD}", REAL),
        (f"from x (<unknown> [IPv6:{SIX}])\n\t{OPENSMTPD}", SIX),
        (f"from localhost (localhost [local])\n\t{OPENSMTPD}", None),
        # Exim.
        (f"from [{REAL}] (helo=[{FORGED}])\n\t{EXIM}", REAL),
        (f"from [{REAL}] (port=40213 helo=x [{FORGED}])\n\t{EXIM}", REAL),
        (f"from [{REAL}]:40213 (helo=x ident=[{FORGED}])\n\t{EXIM}", REAL),
        (f"from h.example ([{REAL}] helo=[{FORGED}])\n\t{EXIM}", REAL),
        (f"from h.example ([{REAL}]:40213 helo=[{FORGED}])\n\t{EXIM}", REAL),
        (f"from [{SIX}] (helo=x)\n\t{EXIM}", SIX),
        (f"from [{REAL}]\n\t{EXIM}", REAL),
        (f"from [{REAL}]\n\t{EXIM.replace('a@b', '&quot; by &quot;@b')}", REAL),
        ("from root by mx.example with local (Exim 4.96)", None),
        # Sendmail.
        (f"from [{FORGED}] (h.example [{REAL}] (may be forged))\n\tby mx (8.17)", REAL),
        (f"from x ([{REAL}])\n\tby mx (8.17.1/8.17.1) with ESMTP id 3AK1", REAL),
        (f"from x (IDENT:[{FORGED}]@h.example [{REAL}])\n\tby mx (8.17/8.17)", None),
        (f"from x (joe@h.example [{REAL}])\n\t(authenticated)\n\tby mx (8.17)", REAL),
        (f"from x (h [IPv6:{SIX}])\n\tby mx (8.17/8.17) with ESMTPS id 3AK1", SIX),
        # qmail, Courier, Exchange.
        (f"from unknown (HELO [{FORGED}]) ({REAL})\n  {QMAIL}", REAL),
        (f"from h.example (HELO x) (joe@{REAL})\n  {QMAIL}", REAL),
        (f"from h.example ({REAL})\n  {QMAIL}", REAL),
        (f"from x (h [::ffff:{REAL}])\n  by mx.example with ESMTP; Fri", REAL),
        (f"from x (h [IPv6:64:ff9b::cb00:7105])\n\t{POSTFIX}", REAL),
        (f"from h.example ({REAL}) by mx.example ({FORGED}) with Microsoft SMTP", REAL),
        # Our own mail host, and content filters.
        (f"from [{FORGED}] (localhost [127.0.0.1])\n\tby x (publisher mailhost)", HERE),
        ("from mx ([127.0.0.1])\n\tby localhost (mx [127.0.0.1]) (filter)", HERE),
        # Of no form that is known, and of forms that nobody should write.
        (f"from [{FORGED}] by mx.example with SMTP", None),
        (f"from x by mx.example ([{FORGED}])", None),
        (f"from x (a [{FORGED}]) (unknown [{REAL}]) by mx.example", None),
        (f"from x (a [{FORGED}]) y (unknown [{REAL}]) by mx.example", None),
        (f"from x (a [{FORGED}]) by y (unknown [{REAL}]) by mx.example", None),
        (f"from x(a [{FORGED}]) (unknown [{REAL}]) by mx.example", None),
        (f"from x (a (b [{FORGED}]) by mx.example", None),
        (f"from x (y\\) [{FORGED}]) (unknown [{REAL}]) by mx.example", None),
        ("from x (y [999.0.113.5]) by mx.example", None),
        ("from x (y [203.0.113.5/32]) by mx.example", None),
        ("from x (y []) by mx.example", None),
        ("from", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_connection_is_read_and_never_what_was_said_in_helo(
    line: str, address: str | None
) -> None:
    line = line.replace("&quot;", '"')

    found = received.connection(line)

    assert (None if found is None else str(found)) == address
    assert str(found) != FORGED


@given(st.text("from by()[]:\\=.0123456789 hEloIPv6@", max_size=300))
def test_any_line_is_read_or_says_nothing(text: str) -> None:
    received.connection(text)
    received.connection(f"from {text}")
    received.connection(f"from x ({text}) by mx.example")


@given(st.text("()[]\\ =by.0123456789heloIPv6:", max_size=60))
def test_no_helo_in_one_word_hides_who_connects(helo: str) -> None:
    word = "".join("?" if each in " ()\\" else each for each in helo) or "x"

    found = received.connection(f"from {word} (unknown [{REAL}])\n\t{POSTFIX}")

    assert str(found) == REAL


OWN = "from localhost (localhost [127.0.0.1]) by lists.cert.example (Postfix) with SMTP"
FILTER = "from mx ([127.0.0.1]) by localhost (mx [127.0.0.1]) (filter, port 10024)"
CLIENT = f"from [{FORGED}] (unknown [{REAL}]) {POSTFIX}"
LIE = f"from mx.cert.example (mx.cert.example [{FORGED}]) {POSTFIX}"
GATEWAY = f"from gw.cert.example (gw.cert.example [192.0.2.25]) {POSTFIX}"
INSIDE = f"from gw (gw.cert.example [10.0.0.5]) {POSTFIX}"


def mail(lines: list[str]) -> str:
    headers = "".join(f"Received: {each}\n" for each in lines)
    return f"{headers}From: Reader <reader@home.example>\n\n"


def source(*lines: str, **values: str) -> Source:
    message = message_from_string(mail(list(lines)))
    return origin.of(message, Networks.read(values))


@pytest.mark.parametrize(
    ("lines", "own", "host"),
    [
        ([CLIENT, LIE], "", REAL),
        ([OWN, FILTER, CLIENT, LIE], "", REAL),
        ([GATEWAY, CLIENT, LIE], "192.0.2.25", REAL),
        ([GATEWAY, CLIENT, LIE], "192.0.2.0/24 2001:db8::/32", REAL),
        # Nobody has said that these are ours, so what is below may be made up.
        ([GATEWAY, LIE], "", "192.0.2.25"),
        ([INSIDE, LIE], "", "10.0.0.5"),
        ([INSIDE, CLIENT], "10.0.0.0/8", REAL),
    ],
)
def test_only_lines_of_our_own_hosts_are_believed(
    lines: list[str], own: str, host: str
) -> None:
    assert source(*lines, own_hosts=own).host == f"{host}/32"


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["by lists.cert.example (Postfix, from userid 0) id 1", LIE],
        [OWN, "from x by mx.example", LIE],
        [OWN] * 11 + [LIE],
    ],
)
def test_a_domain_is_the_source_where_no_connection_is_told(lines: list[str]) -> None:
    assert source(*lines) == Source("@home.example", "@home.example")


@pytest.mark.parametrize(
    ("address", "values", "host", "network"),
    [
        (REAL, {}, "203.0.113.5/32", "203.0.113.0/24"),
        (REAL, {"source_ipv4": "24"}, "203.0.113.0/24", "203.0.113.0/24"),
        (REAL, {"source_ipv4": "/16"}, "203.0.0.0/16", "203.0.0.0/16"),
        (f"IPv6:{SIX}", {}, "2001:db8:1:2::/64", "2001:db8:1::/48"),
        (f"IPv6:{SIX}", {"source_ipv6": "56"}, "2001:db8:1::/56", "2001:db8:1::/48"),
        (f"IPv6:{SIX}", {"source_ipv6": "32"}, "2001:db8::/32", "2001:db8::/32"),
    ],
)
def test_a_network_is_one_source(
    address: str, values: dict[str, str], host: str, network: str
) -> None:
    line = f"from x (y [{address}]) {POSTFIX}"

    assert source(line, **values) == Source(host, network)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"own_hosts": "mx.cert.example"}, "`own_hosts` cannot be used: 'mx.cert"),
        ({"own_hosts": "192.0.2.25/24"}, "host bits set: write addresses or networks"),
        ({"source_ipv4": "33"}, "write a number from 8 to 32"),
        ({"source_ipv4": "0"}, "write a number from 8 to 32"),
        ({"source_ipv6": "all"}, "'all' is no length of a network"),
        ({"source_ipv6": "1" * 9000}, "write a number from 16 to 128"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_refused(
    values: dict[str, str], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        Networks.read(values)
