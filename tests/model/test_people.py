"""Which addresses and names are one person's."""

from __future__ import annotations

import pytest

from publisher.model.people import Person


def somebody(name: str, *addresses: str) -> Person:
    return Person(name, frozenset(addresses), frozenset({name}))


HANAKO = somebody("Hanako Example", "hanako@cert.example")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("x", "hanako@cert.example"),
        ("x", "hanako@users.noreply.github.com"),
        ("x", "12345+hanako@users.noreply.github.com"),
        ("x", "123-hanako@users.noreply.gitlab.example"),
        ("x", "hanako@noreply.codeberg.org"),
        ("hanako  EXAMPLE", "7+hy@users.noreply.github.com"),
        ("hanako", "7+hy@users.noreply.github.com"),
    ],
)
def test_one_person(name: str, address: str) -> None:
    other = somebody(name, address)

    assert HANAKO.is_same(other)
    assert other.is_same(HANAKO)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        # An address that mail reaches says enough.
        ("Hanako Example", "hanako@other.example"),
        ("Taro", "7+taro@users.noreply.github.com"),
        ("Taro", "noreply@github.com"),
        ("", "7+hanako2@users.noreply.github.com"),
    ],
)
def test_two_persons(name: str, address: str) -> None:
    assert not HANAKO.is_same(somebody(name, address))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1+old@users.noreply.github.com", "1+new@users.noreply.github.com", True),
        ("1+me@users.noreply.github.com", "me@users.noreply.github.com", True),
        ("1-me@users.noreply.git.example", "1-it@users.noreply.git.example", True),
        ("1+me@users.noreply.github.com", "1-it@users.noreply.git.example", False),
        ("1+me@users.noreply.github.com", "2+it@users.noreply.github.com", False),
    ],
)
def test_a_forge_knows_people_by_a_number(one: str, other: str, same: bool) -> None:
    assert somebody("One", one).is_same(somebody("Other", other)) is same


def test_somebody_without_a_name_and_an_address_is_nobody() -> None:
    nobody = somebody("")

    assert not nobody.is_same(nobody)
    assert not nobody.is_same(somebody("", "1+me@users.noreply.github.com"))
