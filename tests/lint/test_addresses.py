"""Addresses: what readers can use, and what looks like something else."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.lint import addresses


@pytest.mark.parametrize(
    "url",
    [
        "https://vendor.example/sb-1",
        "http://vendor.example",
        "https://vendor.example:8443/a?b=c&d=%20#e",
        "HTTPS://Vendor.Example./",
        "https://192.0.2.1/",
        "https://[2001:db8::1]/",
        "https://日本語.example/脆弱性",
        "https://_dmarc.vendor.example/",
        "https://vendor.example/(a)",
    ],
)
def test_these_can_be_used(url: str) -> None:
    assert addresses.fault(url) is None


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("", "does not begin with"),
        ("vendor.example/sb-1", "does not begin with"),
        ("//vendor.example/", "does not begin with"),
        ("javascript:alert(1)", "does not begin with"),
        ("JavaScript://vendor.example/%0aalert(1)", "does not begin with"),
        ("data:text/html,x", "does not begin with"),
        ("mailto:csirt@cert.example", "does not begin with"),
        ("https:vendor.example", "no usable host"),
        ("https:///sb-1", "no usable host"),
        ("https://", "no usable host"),
        ("https://-a.example/", "no usable host"),
        ("https://a..example/", "no usable host"),
        ("https://。/", "no usable host"),
        (f"https://{'a' * 64}.example/", "no usable host"),
        (f"https://{'a.' * 130}example/", "no usable host"),
        ("https://user@vendor.example/", "user name or password"),
        ("https://vendor.example@evil.example/", "user name or password"),
        ("https://vendor.example:https/", "cannot be read"),
        ("https://vendor.example:0/", "cannot be read"),
        ("https://vendor.example:65536/", "cannot be read"),
        ("https://[::1/", "cannot be read"),
        ("https://vendor.example\uff0f@evil.example/", "cannot be read"),
        ("https://vendor.example/a b", r"U\+0020"),
        ("https://vendor.example/\n", r"U\+000A"),
        ("https://vendor.example/\u202etxt", r"U\+202E"),
        ("https://vendor.example\\@evil.example/", r"U\+005C"),
        ('https://vendor.example/"', r"U\+0022"),
        ("https://vendor.example/" + "a" * 2000, "2023 characters"),
    ],
)
def test_these_cannot_be_used(url: str, fault: str) -> None:
    found = addresses.fault(url)

    assert found is not None
    assert re.search(fault, found)


@pytest.mark.parametrize(
    ("url", "likeness"),
    [
        ("https://vendor.example/\u043e", None),
        ("https://vend\u043er.example/", "mixes the scripts CYRILLIC, LATIN"),
        ("https://xn--vendr-jye.example/", "mixes the scripts CYRILLIC, LATIN"),
        ("https://\u0430\u0435\u043e.example/", "mixes the scripts CYRILLIC, LATIN"),
        ("https://日本語ドメイン.example/", "other letters than a to z"),
        ("https://xn--.example/", None),
        ("https://xn--\u65e5.example/", "other letters than a to z"),
        ("https://xn--99999999999.example/", "other letters than a to z"),
        (f"https://xn--{'a' * 70}.example/", None),
        ("https://[", None),
    ],
)
def test_hosts_that_look_like_others_are_told(url: str, likeness: str | None) -> None:
    found = addresses.likeness(url)

    assert (found is None) == (likeness is None)
    assert (likeness or "") in (found or "")


@pytest.mark.parametrize(
    ("text", "url", "imitates"),
    [
        ("the bulletin", "https://a.example/", False),
        ("https://a.example/x", "https://a.example/x", False),
        ("https://A.example", "https://a.example/", False),
        ("a.example", "https://www.a.example/x", False),
        ("www.a.example", "https://a.example/x", False),
        ("a.example:8443/x", "https://a.example:8443/x", False),
        ("see https://a.example/ there", "https://a.example/x", False),
        ("version 2.4.1", "https://a.example/", False),
        ("2.4.1", "https://a.example/", False),
        ("https://b.example/", "https://a.example/", True),
        ("https://a.example/y", "https://a.example/x", True),
        ("see https://b.example/ there", "https://a.example/x", True),
        ("see https://[ there", "https://a.example/x", True),
        ("b.example", "https://a.example/", True),
        ("b.example/x", "https://a.example/", True),
        ("a.example", "https://a.example.evil.example/", True),
        ("銀行.example", "https://a.example/", True),
        ("x.example", "https://[", False),
        # Another host of the same site.
        ("cert.example", "https://www.cert.example/advisories/", False),
        ("www.cert.example", "https://lists.cert.example/", False),
        ("https://cert.example", "https://www.cert.example/a", False),
        ("https://cert.example/a", "https://www.cert.example/a", False),
        ("https://cert.example/b", "https://www.cert.example/a", True),
        ("example.co.jp", "https://www.example.co.jp/", False),
        ("example.co.jp", "https://example1.co.jp/", True),
        ("co.jp", "https://example1.co.jp/", True),
        ("example1.tokyo.jp", "https://example2.tokyo.jp/", True),
        ("example.github.io", "https://example1.github.io/", True),
        ("github.io", "https://example1.github.io/", True),
        ("192.0.2.1/x.example", "https://198.51.100.1/", False),
        ("https://192.0.2.1", "https://198.51.2.1", True),
        ("https://[2001:db8::1]", "https://[2001:db8::2]", True),
        ("localhost.example", "https://localhost/", True),
        # Another spelling of the same address.
        ("https://a.example/%7Ex%20y", "https://a.example/~x%20y", False),
        (
            "https://a.example/脆弱性",
            "https://a.example/%E8%84%86%E5%BC%B1%E6%80%A7",
            False,
        ),
        ("https://a.example/x/", "https://A.example:443/x", False),
        ("http://a.example", "http://a.example:80/", False),
        ("http://a.example/x", "https://a.example/x", False),
        ("https://日本語.example", "https://xn--wgv71a119e.example/", False),
        ("日本語.example", "https://xn--wgv71a119e.example/", False),
        ("日本語.example", "https://xn--eckwd4c7c.example/", True),
        ("HTTPS://A.EXAMPLE/", "https://a.example", False),
        ("https://bank.example", "https://evil.example", True),
        ("https://bank.example:8443/", "https://evil.example:8443/", True),
        ("Bank.Example", "https://evil.example", True),
        ("bank.example", "https://evil.example/bank.example", True),
        ("bank.example/README.md", "https://evil.example/README.md", True),
        ("example.com", "https://evil.example/example.com", True),
        # Names of files and products.
        ("README.md", "https://code.example/", False),
        ("security.md", "https://code.example/x", False),
        ("notes.md", "https://code.example/x/notes.md?plain=1#l5", False),
        ("notes.md", "https://code.example/x", True),
        ("config.yml", "https://code.example/", False),
        ("setup.py", "https://code.example/", False),
        ("main.rs", "https://code.example/", False),
        ("bank.sh", "https://evil.example/", True),
        ("log4j-core-2.17.1.jar", "https://code.example/", False),
        ("example-1.0.tar.gz", "https://code.example/", False),
        ("example.zip", "https://code.example/example.zip", False),
        ("Node.js", "https://node.example/", False),
        ("ASP.NET", "https://vendor.example/", False),
        ("Socket.IO", "https://vendor.example/", False),
        ("System.Net.Http", "https://vendor.example/", False),
        # Mail.
        ("team@cert.example", "mailto:team@cert.example", False),
        ("Team@CERT.example", "mailto:team@cert.example", False),
        ("mailto:team@cert.example", "mailto:team@cert.example", False),
        ("Mail team@cert.example", "mailto:team@cert.example?subject=x", False),
        ("write to us", "mailto:team@cert.example", False),
        ("cert.example", "mailto:team@cert.example", False),
        ("team@bank.example", "mailto:team@cert.example", True),
        ("Mail <team@bank.example>", "mailto:team@cert.example", True),
        ("https://bank.example", "mailto:team@cert.example", True),
        ("bank.example", "mailto:team@cert.example", True),
        ("team@cert.example", "https://www.cert.example/contact", False),
        ("team@bank.example", "https://evil.example/", True),
    ],
)
def test_a_link_shows_where_it_leads(text: str, url: str, imitates: bool) -> None:
    assert addresses.imitates(text, url) is imitates


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mailto:team@cert.example", "team@cert.example"),
        ("MAILTO:first.last+x@lists.cert.example", "first.last+x@lists.cert.example"),
        ("mailto:team@cert.example?subject=x", None),
        ("mailto:team@cert.example,evil@b.example", None),
        ("mailto:team%40cert.example", None),
        ("mailto:team@cert", None),
        ("mailto:team@-a.example", None),
        ("mailto:team@a..example", None),
        ("mailto:team@xn--wgv71a119e.example", None),
        ("mailto:", None),
        ("https://cert.example/", None),
        (f"mailto:{'a' * 250}@b.example", None),
    ],
)
def test_only_plain_mail_addresses_are_some(url: str, address: str | None) -> None:
    assert addresses.mail(url) == address


@pytest.mark.parametrize(
    "text",
    ["a" * 500_000, "a." * 250_000, "a@" * 250_000, "://" * 150_000, "%61" * 150_000],
)
def test_huge_texts_of_links_take_no_time(text: str) -> None:
    begun = time.process_time()

    addresses.imitates(text, "https://a.example/")
    addresses.imitates(text, "mailto:a@a.example")

    assert time.process_time() - begun < 5


@given(st.text(max_size=80), st.text(max_size=80))
def test_anything_is_judged(text: str, url: str) -> None:
    for address in (url, f"https://{url}", f"mailto:{url}"):
        addresses.mail(address)
        addresses.likeness(address)
        addresses.imitates(text, address)
        if addresses.fault(address) is None:
            assert address.lower().startswith(("http://", "https://"))
