"""The ring is made anew when it is not as it was made, and gpg is heard to the end."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.adapters import gnupg, library, ring
from publisher.adapters.gpg import GpgSigner, GpgVerifier
from publisher.errors import GpgError, SettingsError
from tests import keys
from tests.keys import Key

pytestmark = pytest.mark.gpg
TEXT = "Example Server\n\nUpdate it.\n"


@pytest.fixture(scope="module")
def signed(team_key: Key) -> bytes:
    return team_key.clearsign(TEXT)


def names(statuses: tuple[tuple[str, ...], ...]) -> set[str]:
    return {each[0] for each in statuses} & {"GOODSIG", "VALIDSIG", "BADSIG", "ERRSIG"}


def is_good(home: Path, key: Key, text: bytes) -> bool:
    """Ask a new process's view of the ring."""
    verifier = GpgVerifier([key.public], home)
    (report,) = verifier.reports([text])
    return names(report.statuses) == {"GOODSIG", "VALIDSIG"} and set(
        verifier.keys()
    ) == {key.fingerprint}


def made(home: Path, key: Key, text: bytes) -> Path:
    assert is_good(home, key, text)
    (folder,) = home.glob("ring-*")
    return folder


def test_a_byte_that_was_flipped_anywhere_in_the_ring_changes_nothing(
    team_key: Key, signed: bytes, tmp_path: Path
) -> None:
    folder = made(tmp_path, team_key, signed)
    files = sorted(file for file in folder.iterdir() if file.is_file())
    dice = random.Random(1)

    for file in (*files, *files):
        data = bytearray(file.read_bytes())
        if data:
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
            file.write_bytes(data)
            assert is_good(tmp_path, team_key, signed), file.name

    assert [file.name for file in tmp_path.iterdir()] == [folder.name]


def _file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("no folder")


def _folder(folder: Path) -> None:
    (folder / "ring.kbx").unlink()
    (folder / "ring.kbx").mkdir()


def _link(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to("nowhere")


DAMAGES: list[Callable[[Path], object]] = [
    lambda folder: (folder / "ring.kbx").write_bytes(b""),
    lambda folder: os.truncate(folder / "ring.kbx", 100),
    lambda folder: (folder / "ring.kbx").unlink(),
    lambda folder: (folder / "sum").unlink(),
    _folder,
    lambda folder: (folder / "ring.kbx").write_bytes(b"nonsense" * 999),
    shutil.rmtree,
    _file,
    _link,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_ring_that_is_not_as_it_was_made_is_made_anew(
    damage: Callable[[Path], object], team_key: Key, signed: bytes, tmp_path: Path
) -> None:
    damage(made(tmp_path, team_key, signed))

    assert is_good(tmp_path, team_key, signed)


def test_a_ring_is_on_the_disk_before_it_has_its_name(
    team_key: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    sync, rename = os.fsync, Path.rename

    def synced(descriptor: int) -> None:
        done.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        sync(descriptor)

    def renamed(path: Path, target: Path) -> Path:
        done.append(f"to {target.name}")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)

    ring.make(tmp_path / "rings" / "ring-1", [("team.asc", team_key.public)])

    assert done == ["sum", "ring.kbx", "ring", "to ring-1", "rings"]


def test_what_is_no_key_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"keys/a\.asc: "):
        ring.make(tmp_path / "ring-1", [("keys/a.asc", b"no key")])

    assert list(tmp_path.iterdir()) == []


REAL = shutil.which("gpg")


@pytest.fixture
def lying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A gpg that does what the file says, with the real one as `$REAL`."""
    script = tmp_path / "bin" / "gpg"
    script.parent.mkdir()
    script.write_text('#!/bin/sh\nexec "$REAL" "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("REAL", str(REAL))
    monkeypatch.setenv("PATH", str(script.parent), prepend=os.pathsep)
    return script


LIES = {
    "nothing, and all is well": "exit 0",
    "nothing, and it failed": "exit 2",
    "killed": "kill -9 $$",
    "by half": '"$REAL" "$@" | head -c 300',
    "without the last line": '"$REAL" "$@" | sed "\\$d"',
    "of another file": '"$REAL" "$@" | sed "s/0.asc/1.asc/"',
    "of one file twice": '"$REAL" "$@"; "$REAL" "$@"',
    "noise": "head -c 100000 /dev/urandom",
    "an end that never was begun": "echo '[GNUPG:] FILE_DONE'",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=list(LIES))
def test_of_a_gpg_that_does_not_say_all_nothing_is_believed(
    lie: str, lying: Path, team_key: Key, signed: bytes, tmp_path: Path
) -> None:
    made(tmp_path, team_key, signed)
    verifier = GpgVerifier([team_key.public], tmp_path)
    lying.write_text(f"#!/bin/sh\n{lie}\n")

    with pytest.raises(GpgError):
        verifier.reports([signed])


@pytest.mark.parametrize("lie", [*LIES][:5])
def test_a_signature_that_is_not_whole_is_none(
    lie: str, lying: Path, team_key: Key
) -> None:
    lying.write_text(f"#!/bin/sh\n{LIES[lie]}\n")

    with pytest.raises(GpgError):
        GpgSigner([team_key.fingerprint], team_key.home).sign(TEXT)


SAID = {
    "no UTF-8": (
        r"printf 'gpg: m\374ller: No such file\n' >&2; exit 2",
        "No such file",
    ),
    "no status": (
        "echo '[GNUPG:] SIG_CREATED' >&2; echo '[GNUPG:] ' >&2; exit 0",
        "not sign",
    ),
    "messages without end": ("exec yes gpg: ah >&2", "wrote without end"),
    "a line without end": ("exec cat /dev/zero >&2", "wrote without end"),
    "a text without end": ("exec yes", "wrote without end"),
}


@pytest.mark.parametrize(("said", "told"), SAID.values(), ids=list(SAID))
@pytest.mark.parametrize("when", ["*clearsign*", "*list-config*"])
def test_whatever_gpg_says_when_it_signs_is_heard_to_its_end(
    said: str, told: str, when: str, lying: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "LIMIT", 1 << 20)
    lying.write_text(
        f'#!/bin/sh\ncase "$*" in {when}) {said};; *) exec "$REAL" "$@";; esac\n'
    )

    with pytest.raises(GpgError, match=told):
        GpgSigner(["0" * 40]).sign(TEXT)


@pytest.mark.parametrize("lie", ["exit 0", "exit 2", '"$REAL" "$@" | head -c 300'])
def test_keys_that_gpg_lists_by_half_are_no_keys(
    lie: str, lying: Path, team_key: Key, signed: bytes, tmp_path: Path
) -> None:
    made(tmp_path, team_key, signed)
    verifier = GpgVerifier([team_key.public], tmp_path)
    lying.write_text(f"#!/bin/sh\n{lie}\n")

    with pytest.raises(GpgError):
        verifier.keys()


def test_a_gpg_that_hangs_is_named(
    lying: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lying.write_text("#!/bin/sh\nsleep 1000\n")
    monkeypatch.setattr(library, "_AT_ONCE", 0.2)

    with pytest.raises(GpgError, match=r"'gpg' did not end within 0\.2 s"):
        GpgSigner(["0" * 40]).sign(TEXT)
    with pytest.raises(GpgError, match=r"'gpg' did not end within 0\.1 s"):
        gnupg.run(["--version"], seconds=0.1)
    lying.write_text(
        '#!/bin/sh\ncase "$*" in *clearsign*) sleep 1000;; esac\nexec "$REAL" "$@"\n'
    )
    monkeypatch.setattr(library, "_SECONDS", 0.2)
    monkeypatch.setattr(library, "_AT_ONCE", 30)
    with pytest.raises(GpgError, match=r"'gpg' did not end within 0\.2 s"):
        GpgSigner(["0" * 40]).sign(TEXT)


def test_a_gpg_that_is_missing_or_no_program_is_told(
    lying: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(GpgError, match="gpg cannot be run"):
        gnupg.run(["--version"], folder=lying)
    lying.write_text("#!/bin/sh\necho gpg of my own\n")
    with pytest.raises(GpgError, match="does not say its version"):
        gnupg.version()
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(GpgError, match="'gpg' is not installed"):
        gnupg.run(["--version"])


def test_the_version_is_that_of_gpg() -> None:
    first = keys.gpg(Path("/nowhere"), "--version").decode().split("\n")[0]

    assert first.endswith(gnupg.version())
