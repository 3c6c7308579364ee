"""A demo in a process of its own, and what is left of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]


@dataclass
class Demo:
    """A running demo, whose temporary files are all in one folder."""

    process: subprocess.Popen[bytes]
    temporary: Path
    told: str = field(default="")

    def wait_for(self, text: str) -> None:
        """Read what it tells until it says `text`."""
        assert self.process.stdout is not None
        while text not in self.told:
            line = self.process.stdout.readline().decode()
            assert line, self.told
            self.told += line

    def end(self, seconds: float = 30) -> int:
        """Wait for its end, and return its exit code."""
        told, _ = self.process.communicate(timeout=seconds)
        self.told += told.decode()
        return self.process.returncode

    @property
    def left(self) -> list[str]:
        """What is left: temporary files, and processes that know of them."""
        files = [str(each) for each in self.temporary.iterdir()]
        return files + [str(pid) for pid in processes_of(self.temporary)]


@contextmanager
def started(*options: str) -> Iterator[Demo]:
    """Start `publisher demo`, and end it with the context at the latest."""
    # Short, since an agent of gpg puts a socket there.
    with TemporaryDirectory(prefix="d-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "publisher", "demo", *options],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "PYTHONUNBUFFERED": "1",
                "TMPDIR": folder,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Demo(process, Path(folder))
        finally:
            process.terminate()
            process.communicate(timeout=30)


def processes_of(folder: Path) -> list[int]:
    """Return the living processes whose command line names `folder`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if os.fsencode(folder) in line:
            found.append(int(entry.name))
    return found
