"""The plugin's configuration file."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.errors import SettingsError
from publisher.mailman_plugin import configuration
from tests.builders import FINGERPRINT

TEXT = f"[publisher]\nkeys = keys\nfingerprints = {FINGERPRINT.lower()} {'A' * 64}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    for name in ("b.asc", "a.asc", "README"):
        (tmp_path / "keys" / name).write_text(name)
    file = tmp_path / "publisher.cfg"
    file.write_text(TEXT)
    return file


def test_keys_lie_beside_the_file_and_fingerprints_are_in_upper_case(
    file: Path,
) -> None:
    keys = configuration.read(file)

    assert keys.public == (b"a.asc", b"b.asc")
    assert keys.fingerprints == (FINGERPRINT, "A" * 64)


def test_keys_may_lie_anywhere(file: Path, tmp_path: Path) -> None:
    file.write_text(TEXT.replace("keys = keys", f"keys = {tmp_path}/keys"))

    assert len(configuration.read(file).public) == 2


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[publisher]", "[other]", "cannot be read as a file with a section"),
        ("[publisher]", "", "cannot be read as a file with a section"),
        ("keys = keys\n", "", "`keys` has to name a folder"),
        ("keys = keys", "keys = nowhere", "`keys` has to name a folder"),
        ("keys = keys", "keys =", "`keys` has to name a folder"),
        (FINGERPRINT.lower(), FINGERPRINT[:16], "`fingerprints` has to name keys"),
        (f"{FINGERPRINT.lower()} {'A' * 64}", "", "`fingerprints` has to name keys"),
    ],
)
def test_a_broken_file_says_what_is_missing(
    file: Path, old: str, new: str, reason: str
) -> None:
    assert old in TEXT
    file.write_text(TEXT.replace(old, new))

    with pytest.raises(SettingsError, match=reason):
        configuration.read(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.cfg: cannot be read"):
        configuration.read(tmp_path / "nowhere.cfg")


def test_a_key_that_cannot_be_read_is_named(file: Path, tmp_path: Path) -> None:
    (tmp_path / "keys" / "c.asc").mkdir()

    with pytest.raises(SettingsError, match=r"a public key cannot be read: .*c\.asc"):
        configuration.read(file)
