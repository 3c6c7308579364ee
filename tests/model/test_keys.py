from dataclasses import replace
from datetime import UTC, datetime

import pytest

from publisher.model.keys import KeyPart, KeyState, Revocation
from tests import builders

MADE = datetime(2020, 1, 1, tzinfo=UTC)
SOON = datetime(2027, 1, 1, tzinfo=UTC)
LATE = datetime(2028, 1, 1, tzinfo=UTC)
REVOKED = Revocation(SOON, hard=False, note="")


def part(**changes: object) -> KeyPart:
    primary = builders.key_state().primary
    return replace(primary, **changes)  # type: ignore[arg-type]


def state(
    *parts: KeyPart, users: tuple[str, ...] = ("A <a@cert.example>",)
) -> KeyState:
    return KeyState(users, parts, b"")


@pytest.mark.parametrize(
    ("algorithm", "curve", "name"),
    [
        (22, "ed25519", "ed25519"),
        (19, "nistp256", "nistp256"),
        (1, "", "rsa3072"),
        (3, "", "rsa3072"),
        (17, "", "dsa3072"),
        (16, "", "elg3072"),
        (99, "", "algorithm 99, 3072"),
    ],
)
def test_an_algorithm_is_called_as_gnupg_calls_it(
    algorithm: int, curve: str, name: str
) -> None:
    assert part(algorithm=algorithm, bits=3072, curve=curve).algorithm_name == name


@pytest.mark.parametrize(
    ("parts", "until"),
    [
        ((part(),), None),
        ((part(expires=LATE),), LATE),
        # A subkey that signs cannot outlive its primary key.
        ((part(expires=SOON), part(expires=LATE)), SOON),
        ((part(signs=False, expires=LATE), part(expires=SOON)), SOON),
        ((part(signs=False), part(expires=SOON), part(expires=LATE)), LATE),
        ((part(signs=False), part(expires=SOON), part()), None),
        ((part(signs=False, expires=LATE), part()), LATE),
        ((part(signs=False), part(revocation=REVOKED), part(expires=SOON)), SOON),
        ((part(), part(expires=SOON)), None),
        # Nothing of it signs.
        ((part(signs=False),), MADE),
        ((part(signs=False), part(signs=False, expires=SOON)), MADE),
        ((part(signs=False), part(revocation=REVOKED)), MADE),
    ],
)
def test_a_key_signs_as_long_as_a_part_of_it_does(
    parts: tuple[KeyPart, ...], until: datetime | None
) -> None:
    assert state(*parts).signs_until == until


def test_the_primary_key_stands_for_the_whole() -> None:
    primary = part(expires=SOON, revocation=REVOKED)

    key = state(primary, part(fingerprint="B" * 40))

    assert key.primary is primary
    assert key.fingerprint == builders.FINGERPRINT
    assert key.expires == SOON
    assert key.revocation == REVOKED


@pytest.mark.parametrize(
    ("users", "addresses"),
    [
        (("Team <csirt@cert.example>",), ("csirt@cert.example",)),
        (("csirt@cert.example",), ("csirt@cert.example",)),
        (("Team <CSIRT@Cert.Example>",), ("csirt@cert.example",)),
        (("A <a@cert.example>", "B <b@cert.example>"),
         ("a@cert.example", "b@cert.example")),
        (("A <a@cert.example>", "B <A@cert.example>"), ("a@cert.example",)),
        (("A <x@evil.example> <a@cert.example>",), ("a@cert.example",)),
        (("Team",), ()),
        (("Team <>",), ()),
        (("Team <@cert.example>",), ()),
        (("Team <csirt@>",), ()),
        (("Team <cs irt@cert.example>",), ()),
        ((), ()),
    ],
)  # fmt: skip
def test_addresses_are_those_of_the_user_ids(
    users: tuple[str, ...], addresses: tuple[str, ...]
) -> None:
    assert state(part(), users=users).addresses == addresses
