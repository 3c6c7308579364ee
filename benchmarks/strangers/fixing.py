"""Runs `publisher lint --fix` on a project, if this version has it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from publisher.cli.authoring import lint_command
from publisher.model.ids import AdvisoryId

_AT_ONCE = 500


def is_known() -> bool:
    """Tell whether `publisher lint` has the option."""
    return any("--fix" in each.opts for each in lint_command.params)


def fix(root: Path, wanted: Sequence[AdvisoryId]) -> None:
    """Have the sources of `wanted` mended in place.

    The program exits with 1 where something is left, and is asked no more than that.
    """
    for first in range(0, len(wanted), _AT_ONCE):
        names = [str(each) for each in wanted[first : first + _AT_ONCE]]
        command = [sys.executable, "-m", "publisher", "lint", "--fix", *names]
        done = subprocess.run(command, cwd=root, check=False, capture_output=True)
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr.decode(errors="replace"))
