"""Which key may sign something new, and what is told of it beforehand."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from publisher.errors import OperatorError
from publisher.model import roles
from publisher.model.keys import KeyPart, KeyState, Revocation
from publisher.model.roles import Role
from publisher.model.settings import Team
from publisher.sign import fitness, renewal
from tests import builders

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CURRENT, PREVIOUS = "A" * 40, "B" * 40
REVOKED = Revocation(datetime(2026, 11, 1, tzinfo=UTC), hard=False, note="")


def team(
    fingerprints: Sequence[str] = (CURRENT,), previous: Sequence[str] = (PREVIOUS,)
) -> Team:
    return replace(
        builders.settings().team,
        fingerprints=tuple(fingerprints),
        previous=tuple(previous),
    )


def ending(days: float) -> KeyState:
    return builders.key_state(CURRENT, expires=NOW + timedelta(days=days))


def told(key: KeyState) -> list[str]:
    return list(fitness.warnings({key.fingerprint: key}, team(), NOW))


@pytest.mark.parametrize(
    ("key", "role"),
    [
        (builders.key_state(CURRENT), Role.CURRENT),
        (builders.key_state(PREVIOUS), Role.PREVIOUS),
        (builders.key_state(CURRENT, revocation=REVOKED), Role.REVOKED),
        (builders.key_state(PREVIOUS, revocation=REVOKED), Role.REVOKED),
        (ending(0.1), Role.CURRENT),
        (ending(0), Role.PREVIOUS),
    ],
)
def test_a_key_has_one_role(key: KeyState, role: Role) -> None:
    assert roles.role(key, team(), NOW) is role


@pytest.mark.parametrize("days", [30, 31, 90, 5000])
def test_a_key_with_a_month_left_may_sign(days: int) -> None:
    fitness.require(ending(days), team(), NOW)


def test_a_key_that_never_expires_may_sign() -> None:
    fitness.require(builders.key_state(CURRENT), team(), NOW)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (builders.key_state(PREVIOUS), "is not in team.fingerprints"),
        (builders.key_state("C" * 40), "is not in team.fingerprints"),
        (builders.key_state(CURRENT, revocation=REVOKED), "was revoked"),
        (builders.key_state(CURRENT, algorithm=1, bits=2048, curve=""),
         "is RSA with 2048 bits, below 3072: make a new key"),
        (builders.key_state(CURRENT, curve="secp256k1"), "of the kind secp256k1"),
        (builders.key_state(CURRENT, bound_with=2), "with SHA-1 only"),
        (ending(29.99), "expires on 2026-12-22, in 29 days: extend it"),
        (ending(1.5), "in 1 day: extend it"),
        (ending(0.5), "in 0 days: extend it"),
        (ending(-1), "expired on 2026-11-21: extend it"),
        (builders.key_state(CURRENT, signs=False),
         f"has no part that signs: add a subkey with `gpg --quick-add-key {CURRENT} "),
        (builders.key_state(CURRENT, created=NOW + timedelta(minutes=5)),
         "was made on 2026-11-22T12:05:00.00:00, which is later than now"),
    ],
)  # fmt: skip
def test_a_key_that_is_not_fit_signs_nothing_new(key: KeyState, reason: str) -> None:
    with pytest.raises(OperatorError, match=reason):
        fitness.require(key, team(), NOW)


@pytest.mark.parametrize(
    ("days", "warning"),
    [
        (91, ""),
        (90, ""),
        (89.9, "in 89 days"),
        (89, "in 89 days"),
        (31, "in 31 days"),
        (30, "in 30 days"),
        (29, "in 29 days"),
        (1, "in 1 day:"),
        (-1, "expired on 2026-11-21"),
    ],
)
def test_the_end_of_a_key_is_told_for_three_months(days: float, warning: str) -> None:
    if not warning:
        assert told(ending(days)) == []
        return
    (line,) = told(ending(days))

    assert warning in line
    assert f"gpg --quick-set-expire {CURRENT} 2y`" in line


def test_a_subkey_that_signs_counts_by_its_own_end() -> None:
    primary = builders.key_state(CURRENT, signs=False)
    subkey = replace(
        primary.primary,
        fingerprint="D" * 40,
        signs=True,
        expires=NOW + timedelta(days=20),
    )
    key = replace(primary, parts=(primary.primary, subkey))

    (line,) = told(key)

    assert "in 20 days" in line
    # gpg's '*' leaves those out that have expired.
    assert f"`gpg --quick-set-expire {CURRENT} 2y {'D' * 40}`, then `gpg --arm" in line
    with pytest.raises(OperatorError, match="in 20 days"):
        fitness.require(key, team(), NOW)


def with_subkeys(primary: KeyState, *subkeys: KeyPart) -> KeyState:
    return replace(primary, parts=(primary.primary, *subkeys))


def subkey(letter: str, **changes: Any) -> KeyPart:
    return builders.key_state(letter * 40, **changes).primary


def test_what_ends_is_extended_and_nothing_else() -> None:
    over, soon = NOW - timedelta(days=1), NOW + timedelta(days=5)
    parts = (subkey("D", expires=over), subkey("E", expires=soon))

    key = with_subkeys(builders.key_state(CURRENT, signs=False), *parts)
    both = with_subkeys(builders.key_state(CURRENT, signs=False, expires=soon), *parts)

    # What has ended long ago was replaced.
    assert renewal.extend(key, NOW) == [
        f"gpg --quick-set-expire {CURRENT} 2y {'E' * 40}"
    ]
    assert renewal.extend(both, NOW) == [
        f"gpg --quick-set-expire {CURRENT} 2y",
        f"gpg --quick-set-expire {CURRENT} 2y {'E' * 40}",
    ]
    assert renewal.extend(key, NOW, parts[0]) == [
        f"gpg --quick-set-expire {CURRENT} 2y {'D' * 40}"
    ]


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (subkey("D"), ""),
        (subkey("D", revocation=REVOKED), f"{'D' * 40} was revoked: it signs nothing"),
        (subkey("D", signs=False), f"{'D' * 40} does not sign texts"),
        (subkey("D", created=NOW + timedelta(days=1)), "later than now"),
        (subkey("D", algorithm=1, bits=2048, curve=""), "is RSA with 2048 bits"),
        (subkey("D", expires=NOW), f"{'D' * 40} expires on .* in 0 days: extend it"),
    ],
)
def test_a_subkey_that_was_chosen_has_to_be_fit_itself(
    part: KeyPart, reason: str
) -> None:
    key = with_subkeys(builders.key_state(CURRENT), subkey("E"), part)

    fitness.require(key, team(), NOW, "E" * 40)
    if not reason:
        fitness.require(key, team(), NOW, part.fingerprint)
        return
    with pytest.raises(OperatorError, match=reason):
        fitness.require(key, team(), NOW, part.fingerprint)


CONTACT = "Example CERT <csirt@cert.example>"


def unreachable(*keys: KeyState) -> list[str]:
    named = {key.fingerprint: key for key in keys}
    return list(fitness.warnings(named, team([*named]), NOW))


def test_a_revoked_user_id_with_the_address_of_the_team_is_told() -> None:
    gone = replace(
        builders.key_state(CURRENT, "Other <o@cert.example>"), former_ids=(CONTACT,)
    )

    (line,) = unreachable(gone)

    assert line.startswith(f"the key {CURRENT} has no user id with csirt@cert.example")
    # That very user id cannot be added once more.
    assert f"`gpg --quick-add-uid {CURRENT} 'Example CERT コーディ" in line
    assert unreachable(gone, builders.key_state("C" * 40)) == []
    # Whoever signs for the team may have another address.
    assert unreachable(replace(gone, former_ids=())) == []


def test_a_new_user_id_is_always_another_one() -> None:
    known: list[str] = []
    for _ in range(3):
        key = replace(builders.key_state(CURRENT), former_ids=tuple(known))
        line = renewal.add_user_id(key, ["It's us"], "csirt@cert.example", NOW)
        known.append(shlex.split(line)[-1])

    assert known == [
        "It's us <csirt@cert.example>",
        "csirt@cert.example",
        "It's us 2026 <csirt@cert.example>",
    ]


def test_a_revoked_key_among_those_that_sign_is_told() -> None:
    key = builders.key_state(CURRENT, revocation=REVOKED)

    assert told(key) == [
        f"the key {CURRENT} was revoked: take it from team.fingerprints"
    ]


def test_nothing_is_told_of_keys_that_do_not_sign() -> None:
    old = replace(ending(1).primary, fingerprint=PREVIOUS)
    previous = replace(ending(1), parts=(old,))

    assert list(fitness.warnings({PREVIOUS: previous}, team(), NOW)) == []
    assert list(fitness.warnings({}, team(), NOW)) == []
