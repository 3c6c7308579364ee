"""`review.other_person`: whoever signs is not who wrote the source."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import keys, repositories
from tests.cli.terminal import Desk, run
from tests.cli.vault import Vault
from tests.repositories import HANAKO, TARO, Repository

pytestmark = pytest.mark.gpg

BOTH = ["r1.en.txt.asc", "r1.ja.txt.asc"]
TEAM = "Somebody <CSIRT@cert.example>"
"""An author whose address is that of the team's key."""


@pytest.fixture
def repository(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Repository:
    """The desk's project in git, as a team that reviews; nothing is committed."""
    home = str(desk.key.home)
    repositories.isolate(monkeypatch, tmp_path / "home")
    monkeypatch.setenv("GNUPGHOME", home)
    desk.settings(("other_person = false", "other_person = true"))
    return Repository.make(desk.root)


@pytest.fixture
def second(desk: Desk) -> Iterator[keys.Key]:
    """Another key of the team's: Hanako's."""
    with keys.gnupg_home() as home:
        made = keys.make(home, HANAKO)
        (desk.root / "keys" / "second.asc").write_bytes(made.public)
        current = f'["{desk.key.fingerprint}"]'
        desk.settings((current, f'["{desk.key.fingerprint}", "{made.fingerprint}"]'))
        yield made


def be(repository: Repository, address: str) -> None:
    """Let git know who runs the program."""
    repository.git("config", "user.name", "Operator")
    repository.git("config", "user.email", address)


def test_somebody_else_signs(desk: Desk, repository: Repository) -> None:
    repository.commit(HANAKO)
    be(repository, "taro@cert.example")

    run("sign", "--yes")

    assert desk.signed() == BOTH


@pytest.mark.parametrize("options", [("--yes",), ("--dry-run",)])
def test_the_author_does_not_sign(
    desk: Desk, repository: Repository, options: tuple[str, ...]
) -> None:
    commit = repository.commit(HANAKO)
    be(repository, "hanako@cert.example")

    result = run("sign", *options, code=2)

    for language in ("en", "ja"):
        source = f"advisories/2026/CSIRT-2026-0001/{language}.md"
        assert f"{source}: {HANAKO} wrote its last change (commit {commit[:10]})" in (
            result.stderr
        )
    assert "who signs, as Operator <hanako@cert.example>" in result.stderr
    assert "How to check what we publish" not in result.stdout
    assert desk.signed() == []


def test_whose_key_it_is_counts_as_well(desk: Desk, repository: Repository) -> None:
    repository.commit(TEAM)
    be(repository, "taro@cert.example")

    result = run("sign", "--yes", code=2)

    assert f"who signs, as key {desk.key.fingerprint} <csirt@cert" in result.stderr
    assert desk.signed() == []


def test_publish_does_not_go_around_it(desk: Desk, repository: Repository) -> None:
    repository.commit(TEAM)

    run("publish", "--yes", code=2)

    assert desk.signed() == []
    assert not desk.site.exists()


def test_a_squash_merge_makes_nobody_else_the_author(
    desk: Desk, repository: Repository
) -> None:
    source = "advisories/2026/CSIRT-2026-0001"
    repository.git("add", "publisher.toml")
    repository.git(
        "-c", "user.name=x", "-c", "user.email=x@cert.example",
        "commit", "--quiet", "--message=Begin", "--author=Jiro <jiro@cert.example>",
    )  # fmt: skip
    repository.git("switch", "--quiet", "--create", "side")
    forge = "Hanako <12345+hanako@users.noreply.github.com>"
    repository.commit(forge, "Write it")
    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "--squash", "side")
    message = (repository.root / ".git" / "SQUASH_MSG").read_text()
    repository.commit(TARO, message)
    merged = f"{message}\nMerged-by: {TARO}\n"
    repository.commit(TARO, merged, "--amend")

    be(repository, "hanako@cert.example")
    refused = run("sign", "--dry-run", code=2)
    be(repository, "taro@cert.example")
    run("sign", "--yes")

    assert f"{source}/ja.md: {forge} wrote its last change" in refused.stderr
    assert desk.signed() == BOTH


def test_what_is_not_committed_is_not_signed(
    desk: Desk, repository: Repository
) -> None:
    repository.commit(HANAKO)
    desk.edit(("## ", "## X "))

    result = run("sign", "--yes", code=2)

    assert result.stderr.count("commit it first") == 2
    assert desk.signed() == []


def test_what_the_author_would_sign_is_not_exported(
    desk: Desk, repository: Repository, tmp_path: Path
) -> None:
    repository.commit(TEAM)

    result = run("sign", "--export", str(tmp_path / "stick"), code=2)

    assert "wrote its last change" in result.stderr
    assert not (tmp_path / "stick").exists()
    assert desk.signed() == []


def test_who_exports_and_imports_may_have_written_it(
    desk: Desk, repository: Repository, tmp_path: Path
) -> None:
    repository.commit(HANAKO)
    be(repository, "hanako@cert.example")
    run("sign", "--export", str(tmp_path / "stick"))
    Vault(tmp_path / "stick", desk.key).sign(answers="y\ny\ny\n")

    run("sign", "--import", str(tmp_path / "stick"))

    assert desk.signed() == BOTH


def test_what_the_author_signed_elsewhere_is_not_kept(
    desk: Desk, repository: Repository, second: keys.Key, tmp_path: Path
) -> None:
    repository.commit(HANAKO)
    run("sign", "--export", str(tmp_path / "stick"))
    shutil.copytree(tmp_path / "stick", tmp_path / "vault")
    vault = Vault(tmp_path / "vault", second)
    vault.sign(second.fingerprint, answers="y\ny\ny\n")

    result = run("sign", "--import", str(vault.folder), code=2)

    assert f"as key {second.fingerprint} <hanako@cert.example>" in result.stderr
    assert result.stderr.count("wrote its last change") == 2
    assert desk.signed() == []
    # Nobody's words, so nobody is its author.
    assert (desk.root / "security.txt").exists()
