"""Time a full build and a build after one change against reading the sources.

    python -m benchmarks [--size 10000] [--keep DIR]

The limits, measured in the same run: to `stat` every file below advisories/, and to
read and digest each of them. A build cannot know what changed with less than the
first; a build from nothing cannot do with less than the second.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import click

from benchmarks import archive
from publisher.demo import workshop
from publisher.pipeline import building
from publisher.wiring import Project


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def files(top: Path) -> list[str]:
    return [f"{folder}/{name}" for folder, _, names in os.walk(top) for name in names]


def stat_all(top: Path) -> None:
    for file in files(top):
        os.stat(file)  # noqa: PTH116  (the limit itself, with nothing around it)


def read_all(top: Path) -> None:
    for file in files(top):
        sha256(Path(file).read_bytes()).hexdigest()


def build(root: Path) -> building.Built:
    project = Project(root, gnupg_home=root.parent / "team")
    try:
        return building.build(project.tools())
    finally:
        project.close()


@click.command()
@click.option("--size", default=10_000, show_default=True)
@click.option("--repeat", default=5, show_default=True)
@click.option(
    "--keep", type=click.Path(path_type=Path), help="Use or make the archive here."
)
def main(size: int, repeat: int, keep: Path | None) -> None:
    folder = keep or Path(tempfile.mkdtemp(prefix="pb-"))
    root = folder / "project"
    if not root.exists():
        folder.mkdir(exist_ok=True)
        seconds = timed(lambda: archive.make(folder, size))
        click.echo(f"made {size} signed advisories in {seconds:.0f} s")
    shutil.rmtree(root / "site", ignore_errors=True)
    shutil.rmtree(root / ".publisher", ignore_errors=True)
    top = root / "advisories"
    stat = statistics.median(timed(lambda: stat_all(top)) for _ in range(repeat))
    read = statistics.median(timed(lambda: read_all(top)) for _ in range(repeat))
    full = timed(lambda: build(root))
    nothing = statistics.median(timed(lambda: build(root)) for _ in range(repeat))
    ones = []
    # An archive that was kept has revisions of earlier runs.
    done = len(list(top.glob(f"*/*-{size // 2:04d}/r*.en.txt.asc")))
    for revision in range(done + 1, done + 1 + repeat):
        project = Project(root, gnupg_home=folder / "team")
        archive.sign(project, archive.write(root, size // 2, revision))
        project.close()
        ones.append(timed(lambda: build(root)))
    one = statistics.median(ones)
    click.echo(f"{'':34}{'seconds':>9}  {'/ stat all':>11}  {'/ read all':>11}")
    for name, seconds in (
        ("stat all sources", stat),
        ("read and digest all sources", read),
        ("full build", full),
        ("build with nothing changed", nothing),
        ("build after one change", one),
    ):
        click.echo(
            f"{name:34}{seconds:9.2f}  {seconds / stat:11.1f}  {seconds / read:11.1f}"
        )
    # The agent that signed the revisions.
    workshop.Keyring(folder / "team", "", b"").close()
    if keep is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
