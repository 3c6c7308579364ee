"""Signing by python-gnupg, with limits that it does not know by itself."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.adapters import gnupg as own
from publisher.errors import GpgError, ProgramError
from publisher.programs import LIMIT, Watched

_SECONDS = 600
"""In which a signature is made; somebody has to type a passphrase for it."""
_AT_ONCE = 30
"""Seconds in which it says what it can do."""
_PART = 1 << 16
_FLOODED = "gpg wrote without end, and was ended: see that it is your system's"
_CREATED = "SIG_CREATED"


@dataclass(frozen=True, slots=True)
class Made:
    """What gpg made of a text."""

    data: bytes
    signatures: int
    """How many it says that it made."""
    code: int
    told: str
    """All that it said, statuses and messages."""


def clear_signed(
    text: str, home: Path | None, options: Sequence[str], users: Sequence[str]
) -> Made:
    """Have `text` cleartext-signed (RFC 9580, section 7), or raise GpgError.

    Whether it is signed is for the caller to see. It is also a GpgError if gpg cannot
    be run, takes longer than ten minutes, or writes without end.
    """
    if shutil.which("gpg") is None:
        # Says what is to be installed.
        own.version()
    limited = _limited()
    try:
        gpg = limited(
            gpgbinary="gpg",
            gnupghome=None if home is None else str(home),
            options=list(options),
            encoding="utf-8",
            # What it says is read as UTF-8, whatever the user's own locale is.
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        signed = gpg.sign(text, clearsign=True, extra_args=list(users))
    except ProgramError as error:
        raise GpgError(str(error)) from error
    except (OSError, ValueError) as error:
        msg = f"gpg cannot be used: {str(error).strip()}"
        raise GpgError(_FLOODED if limited.is_flooded else msg) from error
    if limited.is_flooded:
        raise GpgError(_FLOODED)
    if signed.returncode < 0:
        msg = f"gpg was ended by signal {-signed.returncode}: try again"
        raise GpgError(msg)
    made = sum(status[0] == _CREATED for status in own.statuses(signed.stderr))
    return Made(signed.data, made, signed.returncode, signed.stderr)


def _limited() -> Any:
    """Return the library's class with programs that end; it is loaded when it signs.

    Only signing needs it, so a host that only verifies does not have to have it.
    """
    import gnupg

    # It warns of every exit code that is not 0, and repeats what it is given when it
    # debugs; what gpg did is judged by its results, and texts are not logged.
    logging.getLogger("gnupg").setLevel(logging.CRITICAL)

    class Limited(gnupg.GPG):  # type: ignore[misc]
        is_flooded = False

        def _open_subprocess(self, args: Any, passphrase: bool = False) -> Any:
            command = self.make_args(args, passphrase)
            seconds = _SECONDS if "--clearsign" in args else _AT_ONCE
            self._watched = Watched(command, seconds=seconds, environment=self.env)
            self._left = LIMIT
            self.on_data = self._counted
            return self._watched.process

        def _collect_output(self, *args: Any, **kwargs: Any) -> Any:
            try:
                return super()._collect_output(*args, **kwargs)
            finally:
                self._watched.close()

        def _read_response(self, stream: Any, result: Any) -> None:
            """Keep all that it says, which need be neither UTF-8 nor true."""
            told = bytearray()
            while part := stream.stream.read1(_PART):
                if self._counted(part):
                    told += part
            result.stderr = told.decode("utf-8", "replace")

        def _counted(self, part: bytes) -> bool:
            """Tell whether a part of the output is kept."""
            self._left -= len(part)
            if self._left < 0 and not self.is_flooded:
                type(self).is_flooded = True
                self._watched.process.kill()
            return not self.is_flooded

    return Limited
