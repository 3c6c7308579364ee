"""Which key may sign something new, and what is told of it beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from publisher.errors import OperatorError
from publisher.model import roles
from publisher.model.keys import KeyState, Revocation
from publisher.model.roles import Role
from publisher.model.settings import Team
from publisher.sign import fitness
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


def test_a_clock_behind_the_making_of_a_key_is_told_of() -> None:
    key = builders.key_state(CURRENT)
    made = key.primary.created

    fitness.require(key, team(), made)
    with pytest.raises(OperatorError) as raised:
        fitness.require(key, team(), made - timedelta(seconds=1))

    told = str(raised.value)
    assert f"which is before {CURRENT} was made, at {made.isoformat()}" in told
    assert "set the clock" in told


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
        (builders.key_state(CURRENT, signs=False), "expired on 2020-01-01"),
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
    assert f"gpg --quick-set-expire {CURRENT} 2y '*'`" in line
    with pytest.raises(OperatorError, match="in 20 days"):
        fitness.require(key, team(), NOW)


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
