"""A key with the user ids of one mail address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.adapters import export
from publisher.adapters.gpg import GpgVerifier
from tests import keys

pytestmark = pytest.mark.gpg
ADDRESS = "csirt@cert.example"


@pytest.fixture
def key() -> Iterator[keys.Key]:
    with keys.gnupg_home() as home:
        made = keys.make(home, f"Team <{ADDRESS}>")
        keys.gpg(home, "--quick-add-uid", made.fingerprint, "Me <me@other.example>")
        yield made


@pytest.fixture
def ring() -> Iterator[Path]:
    with keys.gnupg_home() as home:
        yield home


def packets(key: keys.Key, data: bytes) -> list[str]:
    """Return what gpg sees in a key: its packets, and what its signatures are for."""
    shown = keys.gpg(key.home, "--list-packets", data=data).decode()
    return [
        line.partition("sigclass ")[2] or line
        for line in shown.split("\n")
        if line.startswith((":public", ":user")) or "sigclass" in line
    ]


def test_only_the_user_ids_of_the_address_are_kept(key: keys.Key, ring: Path) -> None:
    verifier = GpgVerifier([key.public], ring)

    data = verifier.exported(key.fingerprint, ADDRESS)

    assert packets(key, data) == [
        ":public key packet:",
        f':user ID packet: "Team <{ADDRESS}>"',
        "0x13",
    ]


def test_the_same_key_is_the_same_bytes(key: keys.Key, ring: Path) -> None:
    first = GpgVerifier([key.public], ring / "1").exported(key.fingerprint, ADDRESS)
    again = GpgVerifier([key.public], ring / "2").exported(key.fingerprint, ADDRESS)

    assert first == again
    assert first


def test_a_key_without_such_a_user_id_is_not_exported(
    key: keys.Key, ring: Path
) -> None:
    verifier = GpgVerifier([key.public], ring)

    assert verifier.exported(key.fingerprint, "nobody@cert.example") == b""
    assert verifier.exported(key.fingerprint, "sirt@cert.example") == b""
    assert verifier.exported("F" * 40, ADDRESS) == b""


def test_subkeys_and_revocations_are_kept(key: keys.Key, ring: Path) -> None:
    old = f"Old <{ADDRESS}>"
    keys.gpg(key.home, "--quick-add-uid", key.fingerprint, old)
    keys.gpg(key.home, "--quick-revoke-uid", key.fingerprint, old)
    keys.gpg(key.home, "--quick-add-key", key.fingerprint, "cv25519", "encr", "1y")
    revocation = key.home / "openpgp-revocs.d" / f"{key.fingerprint}.rev"
    text = revocation.read_text("utf-8").replace(":-----BEGIN", "-----BEGIN")
    keys.gpg(key.home, "--import", data=text.encode())
    verifier = GpgVerifier([key.public], ring)

    data = verifier.exported(key.fingerprint, ADDRESS)

    found = packets(key, data)
    assert found[:2] == [":public key packet:", "0x20"]
    assert set(found) == {
        ":public key packet:",
        f':user ID packet: "Team <{ADDRESS}>"',
        f':user ID packet: "{old}"',
        ":public sub key packet:",
        "0x13",
        "0x18",
        "0x20",
        "0x30",
    }


def test_what_others_certified_is_left_out(key: keys.Key, ring: Path) -> None:
    other = keys.make(key.home, "Other <other@cert.example>", "ed25519")
    option = ("--local-user", other.fingerprint, "--quick-sign-key")
    keys.gpg(key.home, *option, key.fingerprint)
    verifier = GpgVerifier([key.public], ring)

    data = verifier.exported(key.fingerprint, ADDRESS)

    assert packets(key, data).count("0x13") == 1
    assert other.fingerprint[-16:].lower() not in data.hex()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xb4\x01a", {13}),
        (b"\xcd\x01a", {13}),
        (b"\xcd\xc0\x00" + b"a" * 192, {13}),
        (b"\xcd\xff\x00\x00\x00\x01a\x98\x01b", {13, 6}),
        (b"\x99\x00\x02ab\xc2\x01c", {6, 2}),
        (b"\x9a\x00\x00\x00\x01a", {6}),
        (b"", set()),
    ],
)
def test_packets_are_told_by_old_and_new_headers(
    data: bytes, expected: set[int]
) -> None:
    def gpg(*_: str) -> bytes:
        return data

    kept = export.of_address(gpg, "F" * 40, ADDRESS)

    assert kept == (data if 13 in expected else b"")
    assert export._types(data) == expected
