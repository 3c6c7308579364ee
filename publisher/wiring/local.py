"""What a project keeps for its next run, and that it was kept by this clone."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from publisher.adapters import closed, marked
from publisher.adapters.clone import Clone
from publisher.adapters.store import parts

STATE = ".publisher"
"""The folder of a project's local state; ignored by git."""
SITE = "site"
"""The folder that the site is built in; ignored by git."""


class Local:
    """A project's own folder of state; each way into it leads through `local`."""

    root: Path

    @property
    def state(self) -> Path:
        """The folder of local state."""
        return self.root / STATE

    @cached_property
    def clone(self) -> Clone:
        """What this clone is known by, and marks what it makes with."""
        return Clone(self.clone_root)

    @property
    def clone_root(self) -> Path:
        """The root of the project whose clone this is in."""
        return self.root

    @cached_property
    def _is_own(self) -> bool:
        self.clone.require_untracked((STATE, SITE))
        return True

    def require_own(self) -> None:
        """Raise OperatorError if local state or the site came with a commit."""
        self._is_own  # noqa: B018  (git is asked once)

    def local(self, name: str) -> Path:
        """Return where a part of the local state is; nobody else can look into it.

        OperatorError if git tracks anything of it, or if links lead elsewhere.
        """
        self.require_own()
        return closed.part(closed.folder(self.state) / name)

    def bound(self, name: str) -> Path:
        """Return a folder of local state that cannot be made again.

        ForeignError unless it was made by this clone, or is missing or empty.
        """
        return marked.require(self.local(name), self.clone.marks(name))

    def database(self, name: str) -> Path:
        """Return where a file of SQLite's is; what lies beside it is no link either."""
        for part in parts(Path(name)):
            self.local(part.name)
        return self.local(name)
