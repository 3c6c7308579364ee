"""A key in keys/ that lags behind the signer's gpg, or the other way round."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from publisher.model.keys import Chosen, KeyPart, KeyState, Revocation
from publisher.sign import stale
from tests import builders

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY, OLD, NEW = "A" * 40, "B" * 40, "C" * 40
GONE = Revocation(NOW, hard=False, note="")
SOON, LATER = NOW + timedelta(days=5), NOW + timedelta(days=700)
EXPORT = f"`gpg --armor --export {KEY} > keys/{KEY}.asc`"


def part(name: str, **changes: Any) -> KeyPart:
    return builders.key_state(name, **changes).primary


def key(*subkeys: KeyPart, **changes: Any) -> KeyState:
    made = builders.key_state(KEY, **changes)
    return replace(made, parts=(made.primary, *subkeys))


def doubt(public: KeyState, own: KeyState, chosen: str = "") -> str:
    return stale.doubt(Chosen(KEY, chosen), public, own, NOW)


YOUNG = part(NEW, created=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("public", "own"),
    [
        (key(), key()),
        (key(part(OLD)), key(part(OLD))),
        # What keys/ has beyond that is no matter.
        (key(part(OLD), YOUNG), key(part(OLD))),
        (key(), key(part(OLD, signs=False))),
        (key(), key(part(OLD, revocation=GONE))),
        (key(), key(part(OLD, expires=NOW))),
        (key(), key(part(OLD, created=LATER))),
        # Readers who have it so still take it.
        (key(expires=NOW + timedelta(days=60)), key(expires=LATER)),
        # What is wrong with both is said elsewhere.
        (key(revocation=GONE), key(revocation=GONE)),
        (key(expires=NOW), key(expires=NOW)),
    ],
)
def test_both_agree_as_far_as_it_matters(public: KeyState, own: KeyState) -> None:
    assert doubt(public, own) == ""


def test_a_new_subkey_that_is_not_exported_is_named() -> None:
    told = doubt(key(part(OLD)), key(part(OLD), YOUNG))

    assert told.startswith(f"keys/ does not have the subkey {NEW} of {KEY}, with which")
    assert EXPORT in told
    assert "`--key SUBKEY!`" in told
    assert doubt(key(part(OLD)), key(part(OLD), YOUNG), OLD) == ""
    assert doubt(key(part(OLD)), key(part(OLD), YOUNG), NEW)


@pytest.mark.parametrize(
    ("public", "own", "name"),
    [
        (key(expires=SOON), key(expires=LATER), KEY),
        (key(expires=NOW), key(), KEY),
        (key(part(OLD, expires=SOON)), key(part(OLD, expires=LATER)), OLD),
        (key(part(OLD, expires=NOW)), key(part(OLD)), OLD),
    ],
)
def test_what_was_extended_and_not_exported_is_named(
    public: KeyState, own: KeyState, name: str
) -> None:
    told = doubt(public, own)

    assert told.startswith(f"keys/ has {name} as it was before it was extended in your")
    assert EXPORT in told


def test_what_was_revoked_and_not_exported_is_named() -> None:
    assert doubt(key(), key(revocation=GONE)).startswith(f"your gpg has {KEY} as revok")


def test_what_was_extended_elsewhere_is_to_be_imported() -> None:
    whole = doubt(key(expires=LATER), key(expires=NOW))
    subkey = doubt(
        key(part(OLD, expires=LATER), signs=False),
        key(part(OLD, expires=NOW), signs=False),
    )

    assert whole == subkey
    assert whole.endswith(f"`gpg --import keys/{KEY}.asc`")
    # The secret half of a subkey that is not here is no matter of its end.
    assert not doubt(key(part(NEW), signs=False), key(signs=False))
