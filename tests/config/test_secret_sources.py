"""Where a secret may come from, and what no message says of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher import config
from publisher.config import secrets
from publisher.errors import SettingsError

WORD = "wallflower-4711"
NAME = "mailman.password"


def refusal(source: object, root: Path, **environ: str) -> str:
    """Return why a secret cannot be had; nothing that is raised holds it."""
    with pytest.raises(SettingsError) as caught:
        config.secret(NAME, source, root, environ)

    for error in chain(caught.value):
        assert WORD not in f"{error} {error!r} {vars(error)}"
    return str(caught.value)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with the secret that nobody else can read."""
    made = tmp_path / "password"
    made.write_text(f"{WORD}\n")
    made.chmod(0o600)
    return made


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_of_ones_own_is_read(file: Path, mode: int) -> None:
    file.chmod(mode)

    assert config.secret(NAME, {"file": file.name}, file.parent, {}) == WORD


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601])
def test_a_file_that_others_may_open_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)

    assert "chmod 600" in refusal({"file": file.name}, file.parent)


def test_a_file_of_somebody_else_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = os.geteuid()
    if own == 0:
        os.chown(file, 4711, 4711)
    monkeypatch.setattr(os, "geteuid", lambda: own + 4712)

    assert "belongs to somebody else" in refusal({"file": file.name}, file.parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to root")
def test_a_file_of_root_is_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4711)

    assert config.secret(NAME, {"file": file.name}, file.parent, {}) == WORD


def test_of_a_link_the_file_that_it_leads_to_is_judged(file: Path) -> None:
    link = file.with_name("link")
    link.symlink_to(file)

    assert config.secret(NAME, {"file": "link"}, file.parent, {}) == WORD

    file.chmod(0o644)
    assert f"chmod 600 {file}" in refusal({"file": "link"}, file.parent)


@pytest.mark.parametrize("which", ["link", "file"])
def test_a_folder_in_which_everybody_may_write_is_refused(
    file: Path, tmp_path: Path, which: str
) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    if which == "link":
        (folder / "password").symlink_to(file)
    else:
        file.rename(folder / "password")

    reason = refusal({"file": "open/password"}, tmp_path)
    folder.chmod(0o1777)

    assert f"everybody may replace files in {folder}" in reason
    assert config.secret(NAME, {"file": "open/password"}, tmp_path, {}) == WORD


def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "folder").mkdir(mode=0o700)
    (tmp_path / "loop").symlink_to("loop")

    assert "is no plain file" in refusal({"file": "pipe"}, tmp_path)
    assert "cannot be read" in refusal({"file": "folder/none"}, tmp_path)
    assert "Is a directory" in refusal({"file": "folder"}, tmp_path)
    assert "cannot be read" in refusal({"file": "loop"}, tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", f"{WORD}\n{WORD}\n".encode(), f"{WORD}\0".encode(),
     f"{WORD}\xff".encode("latin-1"), WORD.encode() * 400],
)  # fmt: skip
def test_what_is_not_one_line_of_text_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    assert "not one line of text" in refusal({"file": file.name}, file.parent)


def test_blanks_within_a_secret_are_kept(file: Path) -> None:
    file.write_text(" 秘密 の 言葉 \n", encoding="utf-8")

    found = config.secret(NAME, {"file": file.name}, file.parent, {})

    assert found == " 秘密 の 言葉 "


@pytest.mark.parametrize("script", ["echo {} ; exit 3", "echo {} >&2 ; exit 3"])
def test_what_a_command_that_fails_wrote_is_told_nowhere(
    tmp_path: Path, script: str
) -> None:
    # The settings are no place for it; the script reads it from elsewhere.
    (tmp_path / "word").write_text(WORD)
    source = {"command": ["sh", "-c", script.format('"$(cat word)"')]}

    assert "the command 'sh' failed: it ended with 3" in refusal(source, tmp_path)


def test_a_command_that_hangs_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "_COMMAND_SECONDS", 0.5)
    (tmp_path / "word").write_text(WORD)
    source = {"command": ["sh", "-c", "cat word; exec sleep 60"]}

    assert "did not end within 0.5 s" in refusal(source, tmp_path)


def test_a_command_runs_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "word").write_text(WORD)

    assert config.secret(NAME, {"command": ["cat", "word"]}, tmp_path, {}) == WORD


def test_what_stands_for_a_variable_and_is_none_is_not_shown(tmp_path: Path) -> None:
    assert "not the name of a variable" in refusal({"env": WORD}, tmp_path)


@pytest.mark.parametrize("more", [{"file": "x"}, {"value": WORD}])
def test_two_places_at_once_are_refused(tmp_path: Path, more: dict[str, str]) -> None:
    reason = refusal({"env": "SECRET", **more}, tmp_path, SECRET=WORD)

    assert "never the secret itself" in reason
