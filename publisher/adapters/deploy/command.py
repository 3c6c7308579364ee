"""A command of the operator's own puts the site up."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import WorldError
from publisher.ports import PutUp

if TYPE_CHECKING:
    from publisher.model.settings import CommandTarget


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
        try:
            subprocess.run(self._settings.argv, cwd=self._root, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            msg = f"the site was not put up: {error}; nothing was mailed"
            raise WorldError(msg) from error
        return PutUp(None, None)
