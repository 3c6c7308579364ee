"""Reads the files of an archive, from a folder or from a git directory."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.strangers.formats import FORMATS, Format


def files(folder: Path) -> Iterator[tuple[Format, str, str]]:
    """Yield each advisory of an archive: its format, its path, its text."""
    listed = sorted(_paths(folder))
    wanted = [(form, path) for path in listed if (form := format_of(path))]
    texts = _read(folder, [path for _, path in wanted])
    for (form, path), text in zip(wanted, texts, strict=True):
        if text is not None:
            yield form, path, text


def format_of(path: str) -> Format | None:
    """Return the format that files of this path have."""
    return next((each for each in FORMATS if each.paths.fullmatch(path)), None)


def _is_bare(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir()


def _paths(folder: Path) -> Iterator[str]:
    if _is_bare(folder):
        command = ["git", "-C", str(folder), "ls-tree", "-rz", "--name-only", "HEAD"]
        listed = subprocess.run(command, check=True, capture_output=True).stdout
        yield from listed.decode(errors="replace").split("\0")
        return
    for file in folder.rglob("*"):
        if file.is_file():
            yield file.relative_to(folder).as_posix()


def _read(folder: Path, paths: Sequence[str]) -> Iterator[str | None]:
    """Yield the text of each path; None if it is not there or not UTF-8."""
    datas = (
        _objects(folder, paths)
        if _is_bare(folder)
        else ((folder / path).read_bytes() for path in paths)
    )
    for data in datas:
        try:
            yield None if data is None else data.decode()
        except UnicodeDecodeError:
            yield None


def _objects(folder: Path, paths: Sequence[str]) -> Iterator[bytes | None]:
    """Yield what `git cat-file --batch` says of each path."""
    command = ["git", "-C", str(folder), "cat-file", "--batch"]
    asked = "".join(f"HEAD:{path}\n" for path in paths).encode()
    answer = subprocess.run(command, check=True, capture_output=True, input=asked)
    said, at = answer.stdout, 0
    for _ in paths:
        end = said.index(b"\n", at)
        words = said[at:end].split()
        at = end + 1
        if words[-1] == b"missing":
            yield None
            continue
        size = int(words[-1])
        yield said[at : at + size]
        at += size + 1
