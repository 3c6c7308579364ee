"""What security.txt says, and when a new one is due."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher import security_txt
from publisher.config import reading
from publisher.model.keys import KeyPart, KeyState, Revocation
from publisher.model.settings import SecurityTxt, Settings
from publisher.sign import cleartext
from tests import builders
from tests.render import samples

NOW = datetime(2026, 11, 22, 12, 34, 56, 789, tzinfo=UTC)
TELEPHONE = "tel:+81-3-0000-0000"
FULL = SecurityTxt(
    contacts=("mailto:csirt@cert.example", "https://cert.example/report", TELEPHONE),
    policy="https://cert.example/policy?a=1&b=%20#top",
    acknowledgments="https://cert.example/thanks",
)

# RFC 9116, section 4, as far as fields are used here; RFC 3986 for addresses.
_URI = r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+"
_TAG = r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"
_TIME = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})"
)
_LINE = re.compile(
    rf"#.*|(Acknowledgments|Canonical|Contact|Encryption|Policy): {_URI}"
    rf"|Expires: {_TIME}|Preferred-Languages: {_TAG}( *, *{_TAG})*"
)


def settings(
    of: SecurityTxt = FULL, site: str = "https://www.cert.example"
) -> Settings:
    """Return settings with all that security.txt can say."""
    base = builders.settings()
    return replace(base, security_txt=of, site=replace(base.site, url=site))


def part(algorithm: int = 18, *, signs: bool = False, **changes: object) -> KeyPart:
    """Return a subkey that encrypts."""
    whole = KeyPart(
        fingerprint="C" * 40,
        algorithm=algorithm,
        bits=255,
        curve="cv25519",
        created=datetime(2024, 1, 1, tzinfo=UTC),
        expires=None,
        revocation=None,
        signs=signs,
        bound_with=10,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def key(*subkeys: KeyPart, **changes: object) -> KeyState:
    """Return a key with subkeys; `changes` are made to its primary key."""
    primary = replace(samples.KEY.primary, **changes)  # type: ignore[arg-type]
    return replace(samples.KEY, parts=(primary, *subkeys))


def fields(text: str) -> list[tuple[str, str]]:
    """Return the fields of a text in their order."""
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    return [(name, value) for name, _, value in (ln.partition(": ") for ln in lines)]


def test_it_says_all_that_is_known() -> None:
    assert security_txt.text(settings(), key(part()), NOW) == (
        "# How to report a vulnerability in our systems (RFC 9116)\n"
        "Contact: mailto:csirt@cert.example\n"
        "Contact: https://cert.example/report\n"
        "Contact: tel:+81-3-0000-0000\n"
        "Expires: 2027-11-21T12:34:56Z\n"
        "Encryption: https://www.cert.example/keys/"
        "0123456789ABCDEF0123456789ABCDEF01234567.asc\n"
        "Canonical: https://www.cert.example/.well-known/security.txt\n"
        "Preferred-Languages: ja, en\n"
        "Policy: https://cert.example/policy?a=1&b=%20#top\n"
        "Acknowledgments: https://cert.example/thanks\n"
    )


@pytest.mark.parametrize("of", [FULL, builders.settings().security_txt])
@pytest.mark.parametrize("site", ["https://www.cert.example", "http://127.0.0.1:8000"])
@pytest.mark.parametrize("known", [None, samples.KEY, key(part())])
def test_it_keeps_to_the_grammar(
    of: SecurityTxt, site: str, known: KeyState | None
) -> None:
    text = security_txt.text(settings(of, site), known, NOW)

    assert text.endswith("\n")
    assert [line for line in text[:-1].split("\n") if not _LINE.fullmatch(line)] == []
    names = [name for name, _ in fields(text)]
    assert names.count("Contact") == len(of.contacts)
    assert names.count("Expires") == 1
    assert names.count("Preferred-Languages") == 1
    cleartext.check_canonical(text)


def test_all_contacts_that_the_settings_take_keep_to_the_grammar() -> None:
    taken = [
        *FULL.contacts,
        "https://cert.example/%E5%A0%B1?x=[1]",
        "mailto:a+b@c.example",
    ]

    assert all(reading._CONTACT.fullmatch(uri) for uri in taken)
    assert all(_LINE.fullmatch(f"Contact: {uri}") for uri in taken)


def test_a_site_without_https_names_no_address_of_its_own() -> None:
    text = security_txt.text(settings(site="http://127.0.0.1:8000"), key(part()), NOW)

    assert "Canonical" not in text
    assert "Encryption" not in text


def test_the_canonical_address_is_at_the_root_of_the_host() -> None:
    text = security_txt.text(settings(site="https://a.example:8443/csirt"), None, NOW)

    assert "Canonical: https://a.example:8443/.well-known/security.txt\n" in text


@pytest.mark.parametrize(
    ("known", "named"),
    [
        (None, False),
        (key(), False),
        (key(part(22, signs=True)), False),
        (key(part(18)), True),
        (key(part(16)), True),
        (key(part(1)), True),
        (key(part(1, signs=True)), False),
        (key(part(18, expires=NOW)), False),
        (key(part(18, revocation=Revocation(NOW, hard=False, note=""))), False),
        (key(part(18), expires=NOW), False),
        (key(part(18), revocation=Revocation(NOW, hard=False, note="")), False),
        (key(part(18, expires=NOW + timedelta(days=1))), True),
    ],
)
def test_a_key_is_named_only_if_one_can_encrypt_to_it(
    known: KeyState | None, named: bool
) -> None:
    assert ("\nEncryption: " in security_txt.text(settings(), known, NOW)) == named


@given(st.floats(1.5e9, 4e9), st.integers(-14, 14))
def test_it_expires_in_less_than_a_year(seconds: float, hours: int) -> None:
    # RFC 9116, section 2.5.5.
    now = datetime.fromtimestamp(seconds, timezone(timedelta(hours=hours)))
    end = security_txt.expires(security_txt.text(settings(), None, now))

    assert timedelta(days=363) < end - now < timedelta(days=365)
    assert (end.microsecond, end.utcoffset()) == (0, timedelta(0))


def test_the_same_moment_in_another_zone_makes_the_same_text() -> None:
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))

    assert security_txt.text(settings(), None, NOW) == security_txt.text(
        settings(), None, tokyo
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Contact: mailto:a@b.example\n",
        "Expires: tomorrow\n",
        "Expires: 2027-13-01T00:00:00Z\n",
        "Expires: 2027-01-01T00:00:00Z\nExpires: 2028-01-01T00:00:00Z\n",
        "x Expires: 2027-01-01T00:00:00Z\n",
    ],
)
def test_a_text_without_one_date_has_no_end(text: str) -> None:
    with pytest.raises(ValueError, match=r"Expires|month"):
        security_txt.expires(text)
    assert not security_txt.is_of(text, settings(), None, NOW)


def test_a_new_one_is_due_if_there_is_none() -> None:
    assert security_txt.due(None, settings(), None, NOW) == "there is none yet"


def test_a_new_one_is_due_half_a_year_before_the_end() -> None:
    text = security_txt.text(settings(), None, NOW)
    end = security_txt.expires(text)
    before, after = end - timedelta(days=180), end - timedelta(days=180, seconds=-1)

    assert security_txt.due(text, settings(), None, NOW) == ""
    assert security_txt.due(text, settings(), None, before) == ""
    assert (
        security_txt.due(text, settings(), None, after) == "it holds until 2027-11-21"
    )


@pytest.mark.parametrize(
    "other",
    [
        settings(replace(FULL, policy="")),
        settings(replace(FULL, contacts=FULL.contacts[::-1])),
        settings(site="https://other.example"),
        replace(settings(), languages=(builders.EN,)),
    ],
)
def test_a_new_one_is_due_when_the_settings_change(other: Settings) -> None:
    text = security_txt.text(settings(), None, NOW)

    reason = security_txt.due(text, other, None, NOW + timedelta(days=1))

    assert reason == "it says something else than the settings"
    assert not security_txt.holds(text, other, None, NOW)


def test_a_new_one_is_due_when_another_key_signs() -> None:
    text = security_txt.text(settings(), key(part()), NOW)
    new = key(part(), fingerprint="E" * 40)

    assert security_txt.due(text, settings(), new, NOW) != ""
    assert security_txt.due(text, settings(), key(part()), NOW) == ""


def test_one_that_claims_to_hold_longer_than_allowed_is_not_ours() -> None:
    late = NOW + security_txt.FAST + timedelta(seconds=1)
    text = security_txt.text(settings(), None, late)

    assert not security_txt.is_of(text, settings(), None, NOW)


def test_one_from_a_machine_whose_clock_is_fast_is_ours() -> None:
    text = security_txt.text(settings(), None, NOW + timedelta(minutes=10))

    assert security_txt.holds(text, settings(), None, NOW)
    assert security_txt.due(text, settings(), None, NOW) == ""


def test_it_holds_until_it_expires() -> None:
    text = security_txt.text(settings(), None, NOW)
    end = security_txt.expires(text)

    assert security_txt.holds(text, settings(), None, end - timedelta(seconds=1))
    assert not security_txt.holds(text, settings(), None, end)
