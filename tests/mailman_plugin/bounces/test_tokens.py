"""The token by which a bounce is told: one list's, one member's, one day's."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from publisher.mailman_plugin.bounces import tokens
from publisher.mailman_plugin.bounces.tokens import Membership, Tokens

DAY = date(2026, 11, 20)
ONE = Membership(4711, uuid.UUID(int=1).hex)
OTHER = Membership(4712, uuid.UUID(int=2).hex)
LIST = "announce-en.lists.cert.example"
MADE = Tokens(b"s" * 32, LIST)
TOKEN = MADE.of(ONE, DAY)


def is_good(text: str, *, of: Membership = ONE, today: date = DAY) -> bool:
    claim = MADE.read(text)
    return claim is not None and MADE.is_good(claim, of.member_id, today)


def test_it_says_who_and_when() -> None:
    claim = MADE.read(TOKEN)

    assert claim is not None
    assert (claim.number, claim.day) == (ONE.number, DAY)
    assert is_good(TOKEN)


def test_it_is_the_same_in_any_case_and_fits_beside_a_long_name() -> None:
    assert is_good(TOKEN.upper())
    assert len(TOKEN) == 26
    long = "a" * 29 + "-bounces@lists.cert.example"
    assert tokens.fits(long, "+")
    assert len(tokens.address(long, "+", TOKEN).partition("@")[0]) == 64
    assert not tokens.fits("a" + long, "+")
    assert tokens.address("a" + long, "+", TOKEN) == "a" + long


def test_it_tells_nobody_how_many_readers_there_are() -> None:
    numbers = [Membership(number, uuid.uuid4().hex) for number in range(200)]

    starts = {MADE.of(each, DAY)[:6] for each in numbers}

    assert len(starts) > 190


@pytest.mark.parametrize("days", [-1, 0, 1, 29, 30])
def test_it_is_good_for_thirty_days(days: int) -> None:
    assert is_good(TOKEN, today=DAY + timedelta(days))


@pytest.mark.parametrize("days", [-40_000, -400, -2, 31, 365, 65_536])
def test_it_is_void_before_and_after(days: int) -> None:
    assert not is_good(TOKEN, today=DAY + timedelta(days))


def test_it_is_no_other_members() -> None:
    assert not is_good(TOKEN, of=OTHER)
    # A number that a database gave again, to somebody else.
    assert not is_good(TOKEN, of=Membership(ONE.number, OTHER.member_id))


@pytest.mark.parametrize(
    "other",
    [
        Tokens(b"s" * 32, "announce-ja.lists.cert.example"),
        Tokens(b"t" * 32, LIST),
    ],
    ids=["list", "server"],
)
def test_it_is_no_other_lists_or_servers(other: Tokens) -> None:
    claim = other.read(TOKEN)

    assert claim is None or not other.is_good(claim, ONE.member_id, DAY)


def test_no_letter_of_it_can_be_another() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    changed = {
        TOKEN[:at] + letter + TOKEN[at + 1 :]
        for at in range(len(TOKEN) - 1)
        for letter in letters
        if letter != TOKEN[at]
    }

    assert len(changed) == 25 * 31
    assert not any(map(is_good, changed))


@pytest.mark.parametrize(
    "text", ["", "a", TOKEN[:-1], TOKEN + "a", TOKEN[:-1] + "1", "é" * 26, "0" * 40]
)
def test_what_is_none_is_none(text: str) -> None:
    assert MADE.read(text) is None


def test_what_a_stranger_makes_up_asks_the_database_for_numbers_that_it_has() -> None:
    found = [
        MADE.read(
            f"{number:026d}".replace("0", "a")
            .replace("1", "b")
            .replace("8", "c")
            .replace("9", "d")
        )
        for number in range(200)
    ]

    assert all(claim is None or 0 <= claim.number < 2**31 for claim in found)
    assert any(claim is None for claim in found)
