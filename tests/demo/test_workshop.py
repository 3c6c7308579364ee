from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.demo import run, workshop
from publisher.demo.stranger import Stranger
from publisher.demo.workshop import EN, JA, Keyring
from publisher.errors import GpgError, OperatorError
from publisher.pipeline import checking
from publisher.wiring import Project
from tests import keys

pytestmark = pytest.mark.gpg


@pytest.fixture
def keyring() -> Iterator[Keyring]:
    with keys.gnupg_home() as home:
        yield workshop.make_key(home)


@pytest.fixture
def project(tmp_path: Path, keyring: Keyring) -> Iterator[Project]:
    made = workshop.make_project(
        tmp_path,
        keyring,
        url="http://127.0.0.1:1",
        rest="http://127.0.0.1:2/3.1",
        maildir=tmp_path / "canary",
    )
    yield made
    made.close()


def test_the_samples_are_there_and_none_is_signed(project: Project) -> None:
    snapshot = project.repository.snapshot()

    assert workshop.REVISED in snapshot
    assert not list(project.root.rglob("*.txt.asc"))


def test_a_revision_is_one_in_both_languages_and_passes_lint(project: Project) -> None:
    summary = {EN: "Exploitation observed", JA: "悪用を確認"}
    date = "2026-11-21T12:00:00+09:00"

    workshop.revise(project.root, 2, summary, date)

    (loaded,) = checking.load(project.tools(), [workshop.REVISED], {})
    assert loaded.checked is not None, loaded.findings
    advisory = loaded.checked.advisory
    assert [text.revision for text in advisory.texts] == [2, 2]
    assert advisory.revision.date.isoformat() == date
    assert {text.summaries[-1] for text in advisory.texts} == set(summary.values())


def test_the_agent_of_the_key_ends_with_it(keyring: Keyring) -> None:
    socket = workshop.agent_socket(keyring.home)
    assert socket.exists()

    keyring.close()
    keyring.close()

    assert not socket.exists()


def test_a_key_that_cannot_be_made_is_an_error_of_gpg(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 120)

    with pytest.raises(GpgError, match="gpg failed"):
        workshop.make_key(long)


def test_a_stranger_trusts_the_one_key_only(
    tmp_path: Path, team_key: keys.Key, stranger_key: keys.Key
) -> None:
    (tmp_path / "home").mkdir(mode=0o700)
    stranger = Stranger(tmp_path / "home", "http://127.0.0.1:1")
    for key in (team_key, stranger_key):
        stranger._gpg("--import", data=key.public)
    good = team_key.clearsign("hello\n")

    assert stranger.verifies(good, team_key.fingerprint)
    assert not stranger.verifies(good, stranger_key.fingerprint)
    assert not stranger.verifies(good.replace(b"hello", b"hullo"), team_key.fingerprint)
    assert not stranger.verifies(b"hello\n", team_key.fingerprint)


def test_a_folder_that_holds_something_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()

    with pytest.raises(OperatorError, match="is not empty"):
        run(serve=False, keep=tmp_path, as_json=False, say=str, tell=str)

    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]
