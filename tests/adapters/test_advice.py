"""What helps against what real programs say."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import shutil
from pathlib import Path, PurePosixPath

import pytest

from publisher.adapters import advice, history
from publisher.adapters.gpg import GpgSigner
from publisher.adapters.history import GitHistory
from publisher.errors import GpgError, OperatorError, ProgramError
from tests import keys, repositories
from tests.repositories import HANAKO, Repository

FILE = "advisories/2026/ADV-2026-0007/ja.md"
ENOTTY = 83918950
"""As gpg 2.2.40 wrote it: by pinentry, ENOTTY."""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    repositories.isolate(monkeypatch, tmp_path / "home")
    made = Repository.make(tmp_path / "ours")
    made.save(HANAKO, FILE, "one\n")
    made.save(HANAKO, FILE, "two\n")
    return made


def said(repository: Repository) -> str:
    with pytest.raises(OperatorError) as raised:
        list(GitHistory(repository.root).changes(PurePosixPath(FILE)))
    return str(raised.value)


def object_file(repository: Repository, name: str) -> Path:
    found = repository.git("rev-parse", name).strip()
    return repository.root / ".git" / "objects" / found[:2] / found[2:]


@pytest.mark.parametrize("what", ["HEAD", "HEAD~1", "HEAD:advisories", f"HEAD:{FILE}"])
@pytest.mark.parametrize("damage", ["gone", "empty", "flipped"])
def test_a_clone_with_missing_objects_is_to_be_made_anew(
    what: str, damage: str, repository: Repository
) -> None:
    file = object_file(repository, what)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.chmod(0o600)
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(b"" if damage == "empty" else data)

    assert "see `git fsck`" in said(repository)


def test_a_partial_clone_without_its_origin_has_to_bring_all_of_it(
    repository: Repository, tmp_path: Path
) -> None:
    repository.git("config", "uploadpack.allowFilter", "true")
    partial = Repository(tmp_path / "partial")
    options = ("--quiet", "--no-checkout", "--filter=blob:none")
    repository.git("clone", *options, f"file://{repository.root}", str(partial.root))
    assert len(list(GitHistory(partial.root).changes(PurePosixPath(FILE)))) == 2

    shutil.rmtree(partial.root)
    repository.git("clone", *options, f"file://{repository.root}", str(partial.root))
    shutil.move(repository.root, tmp_path / "elsewhere")

    assert "`git fetch --refetch --no-filter`" in said(partial)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_repository_of_another_account_is_trusted_by_name_or_not_at_all(
    repository: Repository,
) -> None:
    for path in (repository.root, *repository.root.rglob("*")):
        os.chown(path, 12345, 12345)

    text = said(repository)

    assert f"git config --global --add safe.directory {repository.root}" in text
    assert "git init" not in text


def test_git_that_hangs_is_named(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "bin" / "git"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\nsleep 1000\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(script.parent), prepend=os.pathsep)
    monkeypatch.setattr(history, "_SECONDS", 0.2)

    with pytest.raises(ProgramError, match=r"'git' did not end within 0\.2 s"):
        list(GitHistory(repository.root).changes(PurePosixPath(FILE)))


@pytest.mark.parametrize(
    ("failure", "helps"),
    [
        (str(ENOTTY), "GPG_TTY"),
        ("67108949", "install a pinentry"),
        ("33554509", "gpgconf --launch gpg-agent"),
        ("83886179", "try again and type it"),
        (str(4 << 24 | 301), "make it larger"),
        (str(6 << 24 | 112), "gpg --card-status"),
        ("4", ""),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_a_failure_of_gpg_has_what_helps(failure: str, helps: str) -> None:
    assert helps in advice.for_gpg(failure)
    assert bool(helps) is bool(advice.for_gpg(failure))


def test_the_numbers_are_those_of_the_library() -> None:
    name = ctypes.util.find_library("gpg-error")
    if name is None:
        pytest.skip("libgpg-error is not installed")
    strerror = ctypes.CDLL(name).gpg_strerror
    strerror.restype = ctypes.c_char_p
    told = {number: strerror(number).decode() for number in advice.GPG}

    assert told[77] == "No agent running"
    assert told[85] == "No pinentry"
    assert told[112] == "Card not present"
    assert told[301] == "Screen or window too small"
    assert told[0x8000 | 102] == "Inappropriate ioctl for device"
    assert told[0x8000 | 91] == "No space left on device"


@pytest.mark.gpg
def test_real_agents_that_cannot_ask_have_what_helps(tmp_path: Path) -> None:
    pinentry = tmp_path / "pinentry"
    with keys.gnupg_home() as home:
        keys.gpg(home, "--passphrase", "secret", "--quick-gen-key", "a", "ed25519")
        (fingerprint,) = keys.fingerprints(home)
        said = {}
        for error in (None, 85, 99, 301, 0x8000 | 102):
            (home / "gpg-agent.conf").write_text(f"pinentry-program {pinentry}\n")
            if error is not None:
                _answering(pinentry, 5 << 24 | error)
            keys.gpgconf(home, "--kill", "all")
            with pytest.raises(GpgError) as raised:
                GpgSigner([fingerprint], home).sign("text\n")
            said[error] = str(raised.value)

    assert "install a pinentry" in said[None]
    for error in (85, 99, 301, 0x8000 | 102):
        assert advice.GPG[error] in said[error]


def _answering(file: Path, error: int) -> None:
    """Make a pinentry that answers each question with an error."""
    file.write_text(
        "#!/bin/sh\necho OK\nwhile read -r word rest; do case $word in "
        f"GETPIN) echo 'ERR {error} no';; *) echo OK;; esac; done\n"
    )
    file.chmod(0o755)
