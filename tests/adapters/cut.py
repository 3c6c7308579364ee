"""A program: a run that is killed at one of its acts, as by a power cut."""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path

from publisher.adapters.site import SiteFolder
from publisher.adapters.store import SqliteCache
from publisher.model.settings import TargetSettings
from publisher.pipeline.tools import silent
from tests.adapters import contract_target

_ACTS = frozenset(
    {
        "open",
        "os.chmod",
        "os.link",
        "os.listdir",
        "os.mkdir",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.scandir",
        "os.symlink",
        "shutil.rmtree",
        "socket.connect",
        "socket.getaddrinfo",
        "http.client.send",
        "sqlite3.connect",
        "subprocess.Popen",
    }
)
"""What Python says of itself before it does it (PEP 578)."""


def at(number: int, root: str, settings: TargetSettings) -> None:
    """Put the site of `root` up, and be killed before the act of this number."""
    cache = SqliteCache(Path(root, "cache.sqlite"))
    site = SiteFolder(Path(root, "site"), cache)
    target = contract_target.target(settings, Path(root), site, cache)
    acts = count()

    def heard(event: str, _arguments: object) -> None:
        if event in _ACTS and next(acts) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    # What is imported only now must not count.
    import requests.adapters  # noqa: F401

    sys.addaudithook(heard)
    target.put_up(silent)
    # What is open may stay open: its end is no act of ours.
    os._exit(0)
