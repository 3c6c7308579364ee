"""All samples can be signed from scratch, and then are what their sources make."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.pipeline import building, checking
from publisher.record import Record
from publisher.wiring import Project
from tests import resign_samples, sign_samples

pytestmark = pytest.mark.gpg

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def copied(root: Path) -> Path:
    for name in ("publisher.toml", "security.txt"):
        shutil.copy(ROOT / name, root)
    for folder in ("advisories", "keys", "record"):
        shutil.copytree(ROOT / folder, root / folder)
    return root


def state(root: Path) -> dict[str, bytes]:
    files = [*root.glob("record/*.jsonl"), *root.glob("advisories/*/*/*")]
    return {str(file.relative_to(root)): file.read_bytes() for file in files}


def shape(root: Path) -> set[tuple[object, ...]]:
    """Return what the record says, with names in the place of digests."""
    files = {f"record/{file.name}": file.read_bytes() for file in root.glob("record/*")}
    entries = Record.parse(files).entries
    return {
        (e.key, e.signature, e.date, e.first, *sorted(entries[d].key for d in e.after))
        for e in entries.values()
    }


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = copied(tmp_path_factory.mktemp("samples"))
    resign_samples.resign(made)
    return made


@pytest.fixture(scope="module")
def project(root: Path) -> Iterator[Project]:
    opened = Project(root)
    yield opened
    opened.close()


def test_files_sources_and_the_order_of_the_record_stay(root: Path) -> None:
    before, after = state(ROOT), state(root)

    assert after.keys() == before.keys()
    assert {n: d for n, d in after.items() if n.endswith(".md")} == {
        n: d for n, d in before.items() if n.endswith(".md")
    }
    assert shape(root) == shape(ROOT)


def test_they_are_what_their_sources_make(project: Project) -> None:
    tools = replace(project.tools(), now=NOW)

    found = list(sign_samples.made_anew(tools))

    assert len(found) >= 25
    for name, signed, anew in found:
        assert signed == anew, name


def test_they_are_built(project: Project) -> None:
    tools = replace(project.tools(), now=NOW)
    snapshot = tools.repository.snapshot()
    loaded = checking.load(tools, snapshot, checking.succession(tools, snapshot))

    built = building.build(tools)

    assert len(built.summaries) == len(loaded) - 2


def test_another_run_changes_nothing(root: Path) -> None:
    before = state(root)

    resign_samples.resign(root)

    assert state(root) == before


def test_nothing_is_changed_when_a_file_would_be_missing(tmp_path: Path) -> None:
    root = copied(tmp_path)
    extra = root / "advisories/2026/ADV-2026-0001/r1.fr.txt.asc"
    shutil.copy(root / "advisories/2026/ADV-2026-0001/r1.en.txt.asc", extra)
    before = state(root)

    with pytest.raises(RuntimeError, match=r"not the same files .*r1\.fr\.txt\.asc"):
        resign_samples.resign(root)

    assert state(root) == before


def test_a_source_is_found_in_git(tmp_path: Path) -> None:
    file = tmp_path / "en.md"
    old = b"one\n"

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=T", "-c", "user.email=t@cert.example"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True)

    git("init", "--quiet")
    for text in (old, b"two\n"):
        file.write_bytes(text)
        git("add", "en.md")
        git("commit", "--quiet", "--message", "x")
    digest = hashlib.sha256(old).hexdigest()

    assert resign_samples._by_digest(file, b"two\n", digest) == old
    with pytest.raises(RuntimeError, match="neither in git nor below"):
        resign_samples._by_digest(file, b"two\n", "0" * 64)
