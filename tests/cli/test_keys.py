"""`keys`: role, end and work of each of the team's keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import keys
from tests.cli.terminal import Desk, run, run_json

pytestmark = pytest.mark.gpg


@pytest.fixture
def home() -> Iterator[Path]:
    with keys.gnupg_home() as made:
        yield made


def add(desk: Desk, key: keys.Key, place: str) -> None:
    """Pin one more key, as one that signs or one that signed."""
    (desk.root / "keys" / f"{key.fingerprint}.asc").write_bytes(key.public)
    own = desk.key.fingerprint
    both = f'["{own}", "{key.fingerprint}"]'
    if place == "previous":
        both = f'["{own}"]\nprevious = ["{key.fingerprint}"]'
    desk.settings((f'["{own}"]', both))


def test_each_key_is_shown_with_its_role_and_what_it_has_signed(
    desk: Desk, home: Path
) -> None:
    run("sign", "--yes")
    old = keys.make(home, "Old <old@cert.example>", "rsa3072")
    add(desk, old, "previous")

    lines = run("keys").stdout.splitlines()

    assert lines[0] == f"current   {desk.key.fingerprint}"
    assert lines[1] == "          Team <csirt@cert.example>"
    assert "ed25519, made " in lines[2]
    assert "does not expire" in lines[2]
    assert lines[3].startswith("          has signed 2 texts, from ")
    assert lines[4] == f"previous  {old.fingerprint}"
    assert "rsa3072" in lines[6]
    assert lines[7] == "          has signed nothing here"


@pytest.mark.usefixtures("desk")
def test_each_signature_is_named_on_demand() -> None:
    run("sign", "--yes")

    named = run("keys", "--texts").stdout
    (data,) = run_json("keys")

    paths = [each["path"] for each in data["signed"]]
    # They are ordered by their time, which has seconds.
    assert sorted(path.rpartition("/")[2] for path in paths) == [
        "r1.en.txt.asc",
        "r1.ja.txt.asc",
    ]
    assert all(path in named for path in paths)
    assert (data["role"], data["revoked"], data["signs_until"]) == (
        "current",
        None,
        None,
    )


def test_a_revoked_key_says_what_of_it_counts(desk: Desk, home: Path) -> None:
    old = keys.make(home, "Old <old@cert.example>")
    revocation = home / "openpgp-revocs.d" / f"{old.fingerprint}.rev"
    text = revocation.read_text().replace(":-----BEGIN", "-----BEGIN")
    keys.gpg(home, "--import", data=text.encode())
    add(desk, old, "previous")

    shown = run("keys").stdout

    assert f"revoked   {old.fingerprint}" in shown
    assert "as compromised: nothing that it signed counts" in shown


def test_every_command_warns_of_a_key_that_expires_soon(desk: Desk, home: Path) -> None:
    soon = keys.make(home, "Soon <soon@cert.example>", expires="80d")
    add(desk, soon, "fingerprints")

    for command in ("lint", "status", "keys"):
        told = run(command).stderr
        assert f"publisher: the key {soon.fingerprint} expires on " in told
        assert f"gpg --quick-set-expire {soon.fingerprint}" in told

    assert "expires on" not in run("completion", "bash").stderr


def test_a_project_without_a_key_says_where_to_begin(desk: Desk) -> None:
    desk.settings((f'"{desk.key.fingerprint}"', ""))

    assert "no key is named yet" in run("keys").stdout
