"""GnuPG as a program: found, run in time, and heard to the end."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from publisher import programs
from publisher.errors import GpgError, ProgramError
from publisher.programs import Done

_SECONDS = 120
"""In which gpg verifies a batch of texts, or lists its keys."""
_STATUS = "[GNUPG:] "
_VERSION = re.compile(rb"^gpg \(GnuPG[^)]*\) ([0-9.]+)")


def run(
    arguments: Sequence[str],
    *,
    given: bytes = b"",
    folder: Path | None = None,
    seconds: float = _SECONDS,
    locale: str = "C.UTF-8",
) -> Done:
    """Run gpg, or raise GpgError if it cannot be, is ended from outside, or hangs."""
    environment = {**os.environ, "LC_ALL": locale} if locale else None
    try:
        done = programs.run(
            ["gpg", *arguments],
            seconds=seconds,
            given=given,
            folder=folder,
            environment=environment,
        )
    except FileNotFoundError as error:
        msg = "'gpg' is not installed: install GnuPG 2.2 or newer"
        raise GpgError(msg) from error
    except OSError as error:
        msg = f"gpg cannot be run: {error}"
        raise GpgError(msg) from error
    except ProgramError as error:
        raise GpgError(str(error)) from error
    if done.code < 0:
        msg = f"gpg was ended by signal {-done.code}: try again"
        raise GpgError(msg)
    return done


def version() -> str:
    """Return gpg's version, e.g. `2.2.40`."""
    match = _VERSION.match(run(["--version"]).output)
    if match is None:
        msg = "gpg does not say its version: see `gpg --version`; install GnuPG 2.2"
        raise GpgError(msg)
    return match[1].decode()


def statuses(output: str) -> Iterator[tuple[str, ...]]:
    """Yield the status lines in what gpg wrote, as words (GnuPG, doc/DETAILS)."""
    for line in output.split("\n"):
        if line.startswith(_STATUS) and line[len(_STATUS) :].strip():
            yield tuple(line[len(_STATUS) :].split())
