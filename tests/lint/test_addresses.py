"""Addresses: what readers can use, and what looks like something else."""

from __future__ import annotations

import re

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
    ],
)
def test_a_link_shows_where_it_leads(text: str, url: str, imitates: bool) -> None:
    assert addresses.imitates(text, url) is imitates


@given(st.text(max_size=80), st.text(max_size=80))
def test_anything_is_judged(text: str, url: str) -> None:
    for address in (url, f"https://{url}"):
        addresses.likeness(address)
        addresses.imitates(text, address)
        if addresses.fault(address) is None:
            assert address.lower().startswith(("http://", "https://"))
