"""Files in keys/ that hold something else than a public key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.adapters import keyfiles
from publisher.adapters.gpg import GpgVerifier
from publisher.errors import SettingsError
from tests import keys

pytestmark = pytest.mark.gpg
POINTER = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    b"size 613\n"
)
FUTURE = "20991231T000000!"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with keys.gnupg_home() as made:
        yield made


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (POINTER, "is a pointer of Git LFS and not the key: bring it with `git lfs p"),
        (b"<!DOCTYPE html>\n<title>x</title>", "is a web page and not a key"),
        (b"\n <HTML lang=en>", "is a web page and not a key"),
        ("-----BEGIN PGP".encode("utf-16"), "is UTF-16 (`>` in PowerShell)"),
        (b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n", "holds a SECRET key"),
        (b"\x95\x03\x98\x04", "holds a SECRET key"),
        (b"-----BEGIN\n<<<<<<< HEAD\nx\n=======\n", "the marks of a merge conflict"),
    ],
)
def test_what_is_no_key_is_named_with_its_file_and_a_remedy(
    data: bytes, told: str
) -> None:
    doubt = keyfiles.doubt("keys/team.asc", data)

    assert doubt.startswith(f"keys/team.asc: {told}") or told in doubt
    assert "keys/team.asc" in doubt


def test_keys_are_no_matter_of_doubt(home: Path) -> None:
    key = keys.make(home, "Team <csirt@cert.example>")

    assert keyfiles.doubt("x", key.public) == ""
    assert keyfiles.doubt("x", keys.gpg(home, "--export", key.fingerprint)) == ""
    assert keyfiles.doubt("x", b"") == ""
    assert keyfiles.doubt("x", b"<" * 10_000_000) == ""


@pytest.mark.parametrize("data", [b"", b"what\n", b"-----BEGIN PGP PUBLIC KEY BLOCK"])
def test_what_gpg_cannot_read_is_named(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "keys" / "team.asc"
    file.parent.mkdir()
    file.write_bytes(data)

    told = "keys/team.asc: holds no public key that gpg can read: write it there with"
    with pytest.raises(SettingsError, match=told):
        GpgVerifier([file], tmp_path / "rings").keys()


def test_a_key_from_the_future_is_named(home: Path, tmp_path: Path) -> None:
    early = keys.make(
        home, "Early <e@cert.example>", "ed25519", "never",
        "--faked-system-time", FUTURE,
    )  # fmt: skip
    other = keys.make(home, "Other <o@cert.example>")
    told = rf"the key {early.fingerprint} was made on 2099-12-31T00:00:0.\+00:00, which"

    # Alone, and beside another one in the same file.
    both = keys.gpg(home, "--export", early.fingerprint, other.fingerprint)
    for data in (early.public, both):
        file = tmp_path / "team.asc"
        file.write_bytes(data)
        with pytest.raises(SettingsError, match=told):
            GpgVerifier([file], tmp_path / "rings", [early.fingerprint]).keys()


def test_a_subkey_that_is_pinned_is_named_with_its_key(
    home: Path, tmp_path: Path
) -> None:
    key = keys.make(home, "Two <two@cert.example>")
    keys.gpg(home, "--quick-add-key", key.fingerprint, "ed25519", "sign")
    ring = GpgVerifier([key.public], tmp_path / "rings")
    subkey = ring.keys()[key.fingerprint].parts[1].fingerprint

    told = f"{subkey} is a subkey of {key.fingerprint}: name that one in publisher.toml"
    with pytest.raises(SettingsError, match=told):
        GpgVerifier([key.public], tmp_path / "rings", [subkey]).keys()
