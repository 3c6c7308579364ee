"""What a web editor leaves of a merge, and the commands that mend it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.errors import RecordError
from publisher.pipeline import recording
from publisher.record import Record, mended
from tests.cli.terminal import run
from tests.projects import Workplace
from tests.record.test_merge import HERS, HIS, NEXT, git, record, repository, sign

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


def test_the_remedy_is_what_its_command_does(tmp_path: Path) -> None:
    sides = [
        b'{"a":1}\n{"b":2}\r\n=======\n\n{"d":{}}\n',
        b'{"b":2}\n{"a":1}\n{"c":[]}{"e":1}\n{"f":1}',
    ]
    for number, side in enumerate(sides):
        (tmp_path / str(number)).write_bytes(side)
    version = mended.Version("0" * 40, {}, [{FILE: b""}, {FILE: b""}])
    command = mended._command(FILE, version)
    shell = command.partition(" | ")[2].replace(FILE, "made")

    subprocess.run(
        ["sh", "-c", f"(cat 0; echo; cat 1) | {shell}"],
        cwd=tmp_path, check=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip

    assert (tmp_path / "made").read_bytes() == mended.union(*sides)
    assert mended.union(*sides) == b'{"a":1}\n{"b":2}\n{"f":1}\n'


def test_an_archive_of_damage_is_looked_at_once() -> None:
    versions = (mended.Version("0" * 40, {FILE: b"{}\n"}) for _ in range(50))

    assert mended.remedy({FILE: b"x\n" * 10_000}, versions) == ""
    assert Record.parse({}).entries == {}
    assert shutil.which("git")
