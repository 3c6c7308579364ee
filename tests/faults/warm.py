"""The warm process from which commands are forked, as the harness sees it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).parents[2]
_LIMIT = 60
"""Seconds that a run may take."""


@dataclass(frozen=True)
class Ran:
    """A command that is over."""

    code: int
    """Its exit code; -9: it was killed."""
    output: str
    fault: str
    """The point at which the fault was, with its number; empty: not reached."""


@dataclass
class Driver:
    """The warm process from which commands are forked."""

    environment: Mapping[str, str]
    told: Path

    def __post_init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver"],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read()

    def start(self, project: Path, *arguments: str, **fault: Any) -> int:
        """Begin a command, and return its process id; then `end` it."""
        self.told.unlink(missing_ok=True)
        job = {
            "project": str(project),
            "arguments": arguments,
            "environment": dict(self.environment),
            "told": str(self.told),
            **fault,
        }
        self._stream("stdin").write(f"{json.dumps(job)}\n")
        self._stream("stdin").flush()
        return int(self._read()["process"])

    def end(self) -> Ran:
        """Wait for the command's end."""
        answer = self._read()
        fault = self.told.read_text() if self.told.exists() else ""
        return Ran(answer["code"], answer["output"], fault)

    def run(self, project: Path, *arguments: str, **fault: Any) -> Ran:
        """Run a command to its end; one that does not end is killed."""
        process = self.start(project, *arguments, **fault)
        timer = threading.Timer(_LIMIT, os.kill, (process, signal.SIGKILL))
        timer.start()
        try:
            return self.end()
        finally:
            timer.cancel()

    def close(self) -> None:
        self._stream("stdin").close()
        self._stream("stdout").close()
        self._process.wait()

    def _stream(self, name: str) -> TextIO:
        stream: TextIO = getattr(self._process, name)
        return stream

    def _read(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._stream("stdout").readline())
        return answer
