"""What a release leaves to be committed is said, or committed and pushed."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.wiring import Project
from tests import repositories
from tests.cli.terminal import Desk, run
from tests.repositories import HANAKO, Repository

pytestmark = pytest.mark.gpg


@pytest.fixture
def repository(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Repository:
    """The desk's project in git, with a remote, and a colleague's work in it."""
    repositories.isolate(monkeypatch, tmp_path / "home")
    monkeypatch.setenv("GNUPGHOME", str(desk.key.home))
    made = Repository.make(desk.root)
    made.git("config", "user.name", "Taro")
    made.git("config", "user.email", "taro@cert.example")
    made.commit(HANAKO)
    made.git("init", "--quiet", "--bare", str(tmp_path / "remote.git"))
    made.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    made.git("push", "--quiet", "--set-upstream", "origin", "main")
    run("lists", "apply")
    made.write("notes.txt", "not yet")
    return made


def test_the_end_of_a_release_says_what_to_commit(
    desk: Desk, repository: Repository
) -> None:
    shown = run("publish", "--yes").stdout.splitlines()

    name = desk.folder().name
    texts = (f"advisories/2026/{name}/r1.{each}.txt.asc" for each in ("en", "ja"))
    paths = " ".join([*texts, "record/2026.jsonl", "security.txt"])
    assert shown[-2:] == [
        f"    git add -- {paths}",
        f"    git commit --message 'Publish {name}' && git push",
    ]
    assert "ahead" not in repository.git("status", "--branch", "--porcelain")
    assert run("publish", "--yes", "--no-sign").stdout.count("git add") == 0


def test_with_commit_it_is_pushed_and_nothing_else_is(
    desk: Desk, repository: Repository
) -> None:
    name = desk.folder().name
    shown = run("publish", "--yes", "--commit").stdout

    assert "pushed   " in shown
    assert repository.git("log", "-1", "--format=%s", "origin/main") == (
        f"Publish {name}\n"
    )
    assert repository.git("status", "--porcelain") == "?? notes.txt\n"
    assert "git add" not in run("publish", "--yes").stdout


def test_a_source_that_was_signed_is_committed_and_other_work_is_not(
    desk: Desk, repository: Repository
) -> None:
    folder = f"advisories/2026/{desk.folder().name}"
    edited = desk.folder() / "en.md"
    edited.write_text(edited.read_text(encoding="utf-8") + "\nOne more line.\n")
    run("sign", "--yes")
    repository.write(f"{folder}/fr.md", "not begun yet")

    waiting = Project(desk.root).commits.waiting()

    assert f"{folder}/en.md" in waiting
    assert f"{folder}/r1.en.txt.asc" in waiting
    assert not {f"{folder}/fr.md", "notes.txt"} & {*waiting}


def test_commit_without_a_repository_is_refused_before_anything_is_done(
    desk: Desk,
) -> None:
    result = run("publish", "--yes", "--commit", code=2)

    assert "leave --commit out" in result.stderr
    assert desk.signed() == []


def test_what_git_will_not_push_is_an_error_and_stays_published(
    desk: Desk, repository: Repository
) -> None:
    repository.git("remote", "set-url", "origin", "/nowhere")

    result = run("publish", "--yes", "--commit", code=2)

    assert "`git push` failed" in result.stderr
    assert len(desk.lists.mails) == 2


def test_without_git_there_is_nothing_to_commit(desk: Desk) -> None:
    run("lists", "apply")

    assert "git add" not in run("publish", "--yes").stdout
    assert desk.site.is_dir()
