"""A project as `publisher init` makes it, with the team's key, and its operator."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.wiring import Project
from tests.cli import terminal
from tests.keys import Key
from tests.projects import FakeWeb


@pytest.fixture
def gnupg(team_key: Key, monkeypatch: pytest.MonkeyPatch) -> Key:
    """The team's key, where gpg looks by itself."""
    monkeypatch.setenv("GNUPGHOME", str(team_key.home))
    return team_key


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, team_key: Key) -> Path:
    """What `init` makes, once for all tests."""
    folder = tmp_path_factory.mktemp("init") / "ours"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNUPGHOME", str(team_key.home))
        terminal.run("init", str(folder), "--key", team_key.fingerprint)
    terminal.work_alone(folder)
    return folder


@pytest.fixture
def desk(
    template: Path, tmp_path: Path, gnupg: Key, monkeypatch: pytest.MonkeyPatch
) -> terminal.Desk:
    """An operator in a fresh project, whose list server and web are fakes."""
    made = terminal.copy(template, tmp_path / "ours", gnupg)
    monkeypatch.chdir(made.root)
    web = FakeWeb(made.site)
    monkeypatch.setattr(Project, "lists", property(lambda _: made.lists))
    monkeypatch.setattr(Project, "web", property(lambda _: web))
    return made
