"""Which user ids a key is known by, whatever became of the key."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.adapters.gpg import GpgVerifier
from publisher.model.keys import KeyState
from tests import keys

pytestmark = pytest.mark.gpg
OLD, NEW = "Old <old@cert.example>", "New <new@cert.example>"


@pytest.fixture
def home() -> Iterator[Path]:
    with keys.gnupg_home() as folder:
        yield folder


@pytest.fixture
def ring() -> Iterator[Path]:
    with keys.gnupg_home() as folder:
        yield folder


def made(home: Path, expires: str = "never") -> keys.Key:
    """Make a key of whose two user ids one is revoked."""
    key = keys.make(home, OLD, "ed25519", expires)
    keys.gpg(home, "--quick-add-uid", key.fingerprint, NEW)
    keys.gpg(home, "--quick-revoke-uid", key.fingerprint, OLD)
    return key


def state(key: keys.Key, ring: Path) -> KeyState:
    return GpgVerifier([key.public], ring).keys()[key.fingerprint]


def test_a_revoked_user_id_is_none(home: Path, ring: Path) -> None:
    assert state(made(home), ring).user_ids == (NEW,)


def test_a_revoked_key_keeps_the_user_ids_that_are_not(home: Path, ring: Path) -> None:
    key = made(home)
    revocation = home / "openpgp-revocs.d" / f"{key.fingerprint}.rev"
    text = revocation.read_text("utf-8").replace(":-----BEGIN", "-----BEGIN")
    keys.gpg(home, "--import", data=text.encode())

    found = state(key, ring)

    assert found.revocation is not None
    assert found.user_ids == (NEW,)


def test_an_expired_key_keeps_the_user_ids_that_are_not(home: Path, ring: Path) -> None:
    key = made(home, "seconds=3")
    end = state(key, ring / "before").expires
    assert end is not None
    time.sleep(max(0.0, end.timestamp() - time.time() + 1))

    assert state(key, ring / "after").user_ids == (NEW,)
