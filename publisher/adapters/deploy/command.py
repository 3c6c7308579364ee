"""A command of the operator's own puts the site up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import programs
from publisher.errors import ProgramError, WorldError
from publisher.ports import PutUp

if TYPE_CHECKING:
    from publisher.model.settings import CommandTarget


_SECONDS = 3600
"""In which the site has to be up."""


class Command:
    """Runs in the project's folder; what it writes goes where ours does."""

    def __init__(self, settings: CommandTarget, root: Path) -> None:
        """Take the project's folder."""
        self._settings = settings
        self._root = root

    @property
    def name(self) -> str:
        """The command line."""
        return str(self._settings)

    def put_up(self, progress: Callable[[str, int, int], None]) -> PutUp:
        """Run it, or raise WorldError if it fails."""
        del progress
        reason = ""
        try:
            done = programs.attended(
                self._settings.argv, seconds=_SECONDS, folder=self._root, captured=False
            )
        except OSError as error:
            reason = f"{self._settings.argv[0]!r} cannot be run: {error.strerror}"
        except ProgramError as error:
            reason = str(error)
        else:
            if done.code == 0:
                return PutUp(None, None)
            reason = f"`{self.name}` ended with {done.code}"
        msg = f"the site was not put up: {reason}; nothing was mailed"
        raise WorldError(msg)
