"""Every command says the same of state that came with a commit."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.adapters.journal import SqliteJournal
from publisher.ports import Outcome
from tests.adapters.announcements import ANNOUNCEMENT
from tests.cli.terminal import Desk, run
from tests.projects import NOW
from tests.repositories import Repository, isolate

pytestmark = pytest.mark.gpg

COMMANDS = (
    "lint", "sign", "build", "push", "publish", "publish --no-sign --quiet",
    "publish --dry-run", "status", "status --all --json", "keys", "confirm",
    "drill --history", "lists check", "serve", "site-config nginx", "adopt",
    "verify publisher.toml", "new note --title X", "mailhost",
)  # fmt: skip


def test_every_command_refuses_the_same_tree_with_the_same_words(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolate(monkeypatch, tmp_path / "home")
    repository = Repository.make(desk.root)
    repository.write("site/en/index.html", "defaced")
    repository.git("add", "--force", "site")

    told = {run(*line.split(), code=2).stderr for line in COMMANDS}

    (words,) = told
    assert words.startswith("publisher: site/en/index.html: tracked by git")
    assert not (desk.root / ".publisher").exists()


def test_a_journal_that_was_brought_along_is_adopted_by_hand(desk: Desk) -> None:
    run("status")
    file = desk.root / ".publisher" / "journal.sqlite"
    file.unlink()
    unmarked = SqliteJournal(file)
    unmarked.record(ANNOUNCEMENT, Outcome.ACCEPTED, NOW)
    unmarked.close()

    for line in ("status", "push", "publish --no-sign"):
        assert "`publisher adopt`" in run(*line.split(), code=2).stderr
    assert "1 mail" in run("adopt", "--dry-run").stdout
    assert "Aborted" not in run("adopt", answers="n\n", code=130).stdout
    assert "adopted" in run("adopt", "--yes").stdout
    assert "nothing to adopt" in run("adopt").stdout
    run("status")
