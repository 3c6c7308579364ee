"""Two people sign on two branches, and git merges what they did."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher import wiring
from publisher.model.ids import AdvisoryId
from publisher.pipeline import recording
from publisher.record import Record, state
from tests.projects import ID, Workplace
from tests.repositories import HANAKO, Repository, isolate

pytestmark = pytest.mark.gpg

HIS, HERS, NEXT = (AdvisoryId("ADV", 2026, number) for number in (8, 9, 10))


def git(workplace: Workplace, *arguments: str) -> None:
    identity = ("-c", "user.name=Hanako", "-c", "user.email=hanako@cert.example")
    Repository(workplace.root).git(*identity, *arguments)


def sign(workplace: Workplace, advisory: AdvisoryId) -> set[str]:
    """Write and sign an advisory, and return the digests of its entries."""
    workplace.write(advisory=advisory)
    workplace.sign()
    Repository(workplace.root).commit(HANAKO)
    return {entry.digest for entry in record(workplace).by_advisory[advisory]}


def record(workplace: Workplace) -> Record:
    return recording.current(workplace.tools())


@pytest.fixture
def repository(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Workplace:
    """A project in git with one published advisory."""
    isolate(monkeypatch, tmp_path / "home")
    for name in ("gitattributes", "gitignore"):
        (workplace.root / f".{name}").write_text(wiring.skeleton(name))
    Repository.make(workplace.root)
    sign(workplace, ID)
    workplace.build()
    return workplace


def test_what_two_people_signed_is_merged_and_goes_on(repository: Workplace) -> None:
    before = set(record(repository).heads)
    git(repository, "switch", "--quiet", "--create", "his")
    his = sign(repository, HIS)
    git(repository, "switch", "--quiet", "main")
    hers = sign(repository, HERS)

    git(repository, "merge", "--quiet", "--no-edit", "his")

    merged = record(repository)
    assert {e for d in his | hers for e in merged.entries[d].after} == before
    assert set(merged.heads) == his | hers
    repository.build()
    assert {path.name for path in repository.site.glob("advisories/2026/*")} >= {
        str(HIS),
        str(HERS),
    }

    sign(repository, NEXT)

    after = record(repository)
    for entry in after.by_advisory[NEXT]:
        assert set(entry.after) == his | hers
        assert state(entry.after) == merged.state
    repository.build()


def test_a_rebase_is_as_good_as_a_merge(repository: Workplace) -> None:
    git(repository, "switch", "--quiet", "--create", "his")
    his = sign(repository, HIS)
    git(repository, "switch", "--quiet", "main")
    hers = sign(repository, HERS)
    git(repository, "switch", "--quiet", "his")

    git(repository, "rebase", "--quiet", "main")

    assert set(record(repository).heads) == his | hers
    repository.build()
