"""What a clone is known by, and what git tracks of its state."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from publisher.adapters.clone import Clone
from publisher.errors import OperatorError, WorldError
from tests.repositories import HANAKO, Repository, isolate

NAMES = (".publisher", "site")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    isolate(monkeypatch, tmp_path / "home")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home" / "state"))
    return tmp_path / "home"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository.make(tmp_path / "ours")
    made.save(HANAKO, "ours/publisher.toml", "")
    return made


def mark(root: Path) -> str:
    return Clone(root).marks("cache").own


def test_each_clone_and_each_work_tree_has_marks_of_its_own(
    repository: Repository, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        repository.git("clone", "--quiet", ".", str(tmp_path / name))
    repository.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"))
    roots = [repository.root, tmp_path / "a", tmp_path / "b", tmp_path / "tree"]

    marks = [mark(root) for root in roots]

    assert len(set(marks)) == 4
    assert [mark(root) for root in roots] == marks
    assert mark(repository.root / "ours") == marks[0]
    assert Clone(repository.root).marks("journal").own not in marks
    assert repository.git("status", "--porcelain") == ""
    shutil.copytree(tmp_path / "a", tmp_path / "copy")
    assert mark(tmp_path / "copy") == marks[1]


def test_the_secret_is_the_users_alone(repository: Repository) -> None:
    mark(repository.root)

    place = repository.root / ".git" / "publisher"
    assert [file.name for file in place.iterdir()] == ["clone"]
    assert (place / "clone").stat().st_mode & 0o777 == 0o600
    assert place.stat().st_mode & 0o777 == 0o700


def test_what_was_made_before_git_init_is_known_after_it(tmp_path: Path) -> None:
    root = tmp_path / "new"
    root.mkdir()
    before = mark(root)

    Repository.make(root)

    marks = Clone(root).marks("cache")
    assert marks.own != before
    assert marks.know(before)
    assert not marks.know("")
    assert not marks.know(None)


def test_a_git_folder_that_cannot_be_written_leaves_the_users_place(
    repository: Repository, home: Path
) -> None:
    # Root may write anywhere; but nobody makes a folder where a file is.
    (repository.root / ".git" / "publisher").write_bytes(b"")

    assert mark(repository.root)
    assert (home / "state" / "publisher" / "user").is_file()


def test_without_any_place_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))

    with pytest.raises(OperatorError, match="set XDG_STATE_HOME"):
        mark(tmp_path)


@pytest.mark.parametrize("damage", [b"", b"0" * 65, b"f" * 4096])
def test_a_secret_that_this_program_did_not_write_is_refused(
    repository: Repository, damage: bytes
) -> None:
    mark(repository.root)
    (repository.root / ".git" / "publisher" / "clone").write_bytes(damage)

    with pytest.raises(OperatorError, match=r"publisher/clone: .*take it away"):
        mark(repository.root)


def test_a_secret_that_is_a_link_is_refused(
    repository: Repository, tmp_path: Path
) -> None:
    mark(repository.root)
    secret = repository.root / ".git" / "publisher" / "clone"
    secret.rename(tmp_path / "secret")
    secret.symlink_to(tmp_path / "secret")

    with pytest.raises(OperatorError, match="is a link"):
        mark(repository.root)


@pytest.mark.parametrize(
    "name",
    [".publisher/cache.sqlite", ".Publisher/new/x", "site/en/index.html", "SITE/x",
     ".publisher/drill/history.jsonl", ".publisher", "site"],
)  # fmt: skip
def test_whatever_git_tracks_of_it_is_named(repository: Repository, name: str) -> None:
    root = repository.root / "ours"
    repository.write(f"ours/{name}", "x")
    Clone(root).require_untracked(NAMES)
    repository.git("add", "--force", ".")

    with pytest.raises(OperatorError, match=rf"^{name}: tracked by git.*`git rm -r "):
        Clone(root).require_untracked(NAMES)


def test_a_link_and_a_repository_within_are_named_too(
    repository: Repository, tmp_path: Path
) -> None:
    root = repository.root / "ours"
    (root / ".publisher").symlink_to(tmp_path)
    within = Repository.make(root / "site")
    within.save(HANAKO, "index.html", "x")
    repository.git("-c", "advice.addEmbeddedRepo=false", "add", "--force", ".")

    with pytest.raises(OperatorError, match=r"^\.publisher, site: tracked"):
        Clone(root).require_untracked(NAMES)


def test_git_may_keep_the_place_of_the_site_with_an_empty_file(
    repository: Repository,
) -> None:
    repository.write("ours/site/.gitkeep", "")
    repository.git("add", "--force", ".")
    Clone(repository.root / "ours").require_untracked(NAMES)

    repository.write("ours/site/.gitkeep", "x")
    repository.git("add", "--force", ".")

    with pytest.raises(OperatorError, match=r"^site/\.gitkeep: tracked"):
        Clone(repository.root / "ours").require_untracked(NAMES)


def test_what_lies_beside_it_is_no_concern(repository: Repository) -> None:
    for name in (".publisher.toml", "sites/x", "advisories/site/x", "../site/x"):
        repository.write(f"ours/{name}", "x")
    repository.git("add", "--force", ".")

    Clone(repository.root / "ours").require_untracked(NAMES)


def test_a_folder_that_passes_itself_off_as_a_repository_is_not_asked(
    repository: Repository,
) -> None:
    # As git finds it: a folder with HEAD, objects and refs, and settings of its own.
    root = repository.root / "ours"
    bare = repository.root / "bare"
    repository.git("clone", "--quiet", "--bare", ".", str(bare))
    shutil.copytree(bare, root, dirs_exist_ok=True)
    config = "[core]\nbare = false\nworktree = .\nfsmonitor = touch was-run; false\n"
    (root / "config").write_text(config)
    repository.write("ours/.publisher/x", "x")
    repository.git("add", "--force", "ours/.publisher")

    with pytest.raises(OperatorError, match="tracked by git"):
        Clone(root).require_untracked(NAMES)
    assert not list(repository.root.rglob("was-run"))


def test_a_hooks_environment_leads_nowhere_else(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository.make(tmp_path / "other")
    repository.write(".publisher/x", "x")
    repository.git("add", "--force", ".")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.root / ".git" / "index"))

    with pytest.raises(OperatorError, match="tracked by git"):
        Clone(repository.root).require_untracked(NAMES)


def test_a_repository_that_git_cannot_read_is_named(repository: Repository) -> None:
    (repository.root / ".git" / "index").write_bytes(b"no index")

    with pytest.raises(WorldError, match="see what `git status` says"):
        Clone(repository.root).require_untracked(NAMES)


def test_without_git_the_marks_alone_decide(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.devnull)

    Clone(repository.root).require_untracked(NAMES)
    assert mark(repository.root)
