"""What a web editor leaves of a merge, and the commands that mend it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.errors import RecordError
from publisher.pipeline import recording
from publisher.record import mended
from tests.cli.terminal import run
from tests.projects import Workplace
from tests.record.records import entry, lines
from tests.record.test_merge import HERS, HIS, NEXT, git, record, repository, sign
from tests.repositories import HANAKO, Repository, isolate

__all__ = ["repository"]

pytestmark = pytest.mark.gpg
FILE = "record/2026.jsonl"


@pytest.fixture
def merged(repository: Workplace) -> Workplace:
    """Two branches, joined as git does it; the next text was signed after that."""
    git(repository, "switch", "--quiet", "--create", "his")
    sign(repository, HIS)
    git(repository, "switch", "--quiet", "main")
    sign(repository, HERS)
    git(repository, "merge", "--quiet", "--no-edit", "his")
    return repository


def commands(root: Path) -> list[str]:
    """Return what a command that fails says is to be done."""
    told = run("build", "--project", str(root), code=2).stderr
    return [line.strip() for line in told.splitlines() if line.startswith("    ")]


def do(root: Path, told: list[str]) -> None:
    assert told
    for command in told:
        subprocess.run(["sh", "-c", command], cwd=root, check=True)


def rewrite(workplace: Workplace, data: bytes) -> None:
    """Put the record in the place of what the last merge has."""
    (workplace.root / FILE).write_bytes(data)
    git(workplace, "commit", "--quiet", "--all", "--amend", "--no-edit")


def marks(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join(
        [*lines[:2], b"<<<<<<< his\n", *lines[2:4], b"=======\n", *lines[4:],
         b">>>>>>> main\n"]
    )  # fmt: skip


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "marks": marks,
    "line ends": lambda data: data.replace(b"\n", b"\r\n"),
    "an empty line": lambda data: data.replace(b"\n", b"\n\n", 1),
    "no last line end": lambda data: data.rstrip(b"\n"),
    "two in a line": lambda data: data.replace(b"\n", b"", 1),
    "a changed line": lambda data: data.replace(b'"revision":2', b'"revision":3', 1),
    "a word processor": lambda data: data.replace(b'"', "”".encode()),
    "nothing but a mark": lambda _: b"=======\n",
}


def test_what_a_web_editor_left_is_mended_as_told(merged: Workplace) -> None:
    before = record(merged).entries
    data = (merged.root / FILE).read_bytes()
    for name, damage in DAMAGES.items():
        rewrite(merged, damage(data))

        do(merged.root, commands(merged.root))

        assert record(merged).entries == before, name
        assert not (merged.root / f"{FILE}.new").exists()
    merged.build()


def test_a_side_that_was_dropped_and_built_upon_comes_back(merged: Workplace) -> None:
    his = {each.digest for each in record(merged).by_advisory[HIS]}
    sign(merged, NEXT)
    data = (merged.root / FILE).read_text(encoding="ascii")
    kept = [line for line in data.splitlines(keepends=True) if str(HIS) not in line]
    (merged.root / FILE).write_text("".join(kept), encoding="ascii")
    git(merged, "commit", "--quiet", "--all", "--message", "Tidy up")

    do(merged.root, commands(merged.root))

    assert his <= record(merged).entries.keys()
    assert NEXT in record(merged).by_advisory


def test_what_is_not_committed_yet_is_taken_back(repository: Workplace) -> None:
    before = record(repository).entries
    (repository.root / FILE).write_bytes(b"{}\n")

    (command,) = commands(repository.root)

    assert command.startswith("git checkout ")
    do(repository.root, [command])
    assert record(repository).entries == before


def test_without_git_the_doubts_alone_are_told(workplace: Workplace) -> None:
    workplace.sign()
    (workplace.root / FILE).write_bytes(b"{}\n")

    assert commands(workplace.root) == []
    with pytest.raises(RecordError, match="has other fields than"):
        recording.current(workplace.tools())


def test_the_remedy_is_what_its_command_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolate(monkeypatch, tmp_path / "home")
    # A folder below the top, whose name has a blank, and settings that change diffs.
    repository = Repository.make(tmp_path / "re po")
    repository.git("config", "diff.upper.textconv", "tr a-z A-Z <")
    repository.git("config", "core.autocrlf", "true")
    repository.write(".gitattributes", "* diff=upper\n")
    root = repository.root / "our project"
    sides = [
        b'{"a":1}\n{"b":2}\r\n=======\n\n{"d":{}}\n{"\xff":1}\n{"g":1}',
        b'{"b":2}\n{"a":1}\n{"c":[]}{"e":1}\n{"f":1}\n{"B":1}\n{"A":1}',
    ]
    made: dict[str, Mapping[str, bytes]] = {}
    for side in sides:
        (root / "record").mkdir(parents=True, exist_ok=True)
        (root / FILE).write_bytes(side)
        made[repository.commit(HANAKO)] = {FILE: side}
    command = mended._command(FILE, mended.Version("0" * 40, {}, made))

    for shell in ("sh", "bash"):
        (root / FILE).write_bytes(b"broken")
        subprocess.run([shell, "-c", command], cwd=root, check=True)
        assert (root / FILE).read_bytes() == mended.union(*sides), shell
    assert b'{"g":1}\n' in mended.union(*sides)
    assert not (root / f"{FILE}.new").exists()
    # In a clone that does not have those commits, nothing is written.
    elsewhere = Repository.make(tmp_path / "elsewhere")
    elsewhere.write(FILE, "broken")
    done = subprocess.run(
        ["sh", "-c", command], cwd=elsewhere.root, check=False, capture_output=True
    )
    assert done.returncode != 0
    assert (elsewhere.root / FILE).read_bytes() == b"broken"


def test_a_merge_that_is_not_finished_is_joined(repository: Workplace) -> None:
    (repository.root / ".gitattributes").unlink()
    Repository(repository.root).commit(HANAKO)
    git(repository, "switch", "--quiet", "--create", "his")
    his = sign(repository, HIS)
    git(repository, "switch", "--quiet", "main")
    hers = sign(repository, HERS)
    with pytest.raises(AssertionError):
        git(repository, "merge", "--quiet", "--no-edit", "his")
    # As git calls the program in a hook.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_DIR", "/nowhere")
        told = commands(repository.root)

    do(repository.root, told)

    assert his | hers <= record(repository).entries.keys()
    git(repository, "add", "record")
    git(repository, "commit", "--quiet", "--message", "Joined")
    repository.build()


def chain(first: int, number: int) -> Iterator[bytes]:
    """Yield the lines of advisories that were signed one after the other."""
    after: list[str] = []
    for each in range(first, first + number):
        made = entry(each, after)
        after = [made.digest]
        yield f"{made}\n".encode()


def test_a_whole_merge_is_brought_back_rather_than_made_again() -> None:
    first, other = b"".join(chain(1, 2)), b"".join(chain(11, 2))
    sides = {"1" * 40: {FILE: first}, "2" * 40: {FILE: other}}
    merge = mended.Version("3" * 40, {FILE: first + other}, sides)
    side = mended.Version("1" * 40, {FILE: first})

    told = mended.remedy({FILE: b"{}\n"}, iter([merge, side]))
    marked = replace(merge, files={FILE: first + b"=======\n" + other})
    again = mended.remedy(marked.files, iter([marked, side]))

    assert told.splitlines()[-1] == f"    git checkout {'3' * 12} -- record"
    assert again.startswith("the merge 333333333333 lost it")
    assert "project's folder" in again.splitlines()[0]


def test_three_sides_and_two_years_are_joined() -> None:
    last = FILE.replace("2026", "2025")
    before = entry(1, year=2025)
    news = [entry(each, [before.digest]) for each in (7, 8, 9)]
    sides = {
        str(number) * 40: {FILE: lines(each), last: lines(before)}
        for number, each in enumerate(news)
    }
    merge = mended.Version("a" * 40, {FILE: b"x\n", last: b""}, sides)

    told = mended.remedy(merge.files, iter([merge])).splitlines()

    assert len(told) == 3
    assert [line.count("git show") for line in told[1:]] == [3, 3]


def test_a_long_record_is_tried_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mended, "_TRIED", 10_000)
    tried = []

    def damaged(size: int) -> Iterator[mended.Version]:
        for number in range(50):
            tried.append(size)
            yield mended.Version(f"{number:040}", {FILE: b"x\n" * size})

    assert mended.remedy({FILE: b"x\n"}, damaged(50)) == ""
    assert mended.remedy({FILE: b"x\n"}, damaged(2000)) == ""

    assert tried.count(50) == 50
    assert tried.count(2000) == 3
