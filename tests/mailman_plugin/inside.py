"""A Mailman without its runners, in a process of its own, for what tests call in it.

A test gives a function of its module, which runs there with the arguments and may use
all of Mailman; what it returns comes back. A process of its own, since Mailman can be
set up once in a process and leaves nothing as it was.
"""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

DOMAIN = "lists.cert.example"
_LIMIT = 120


@dataclass
class Mailman:
    """The other process, as this one sees it."""

    _pipe: Connection

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Return what `function` returns there, or raise what it raised, as text."""
        self._pipe.send((function, args))
        if not self._pipe.poll(_LIMIT):
            raise AssertionError(f"nothing within {_LIMIT} s")
        result, error = self._pipe.recv()
        assert not error, error
        return result


def _serve(pipe: Connection, directory: Path) -> None:
    _initialize(directory)
    pipe.send(None)
    while (job := pipe.recv()) is not None:
        function, args = job
        try:
            pipe.send((function(*args), ""))
        except BaseException:  # noqa: BLE001  (the test is to show it)
            pipe.send((None, traceback.format_exc()))


def _initialize(directory: Path) -> None:
    from mailman.config import config
    from mailman.core.initialize import initialize
    from mailman.interfaces.domain import IDomainManager
    from zope.component import getUtility

    from publisher.mailhost import MailHostSettings, files
    from publisher.mailhost.loopback import Ports

    settings = MailHostSettings(
        directory=directory,
        domain=DOMAIN,
        site_owner="postmaster@cert.example",
        relay=("127.0.0.1", 9),
    )
    files.make_folders(directory)
    files.write_configuration(settings, Ports(rest=9, smtp=9, lmtp=9), "none")
    initialize(str(directory / "etc" / "mailman.cfg"))
    getUtility(IDomainManager).add(DOMAIN)
    config.db.commit()


def new_list(name: str) -> Any:
    """Make a list in our style; for functions that run there."""
    from mailman.app.lifecycle import create_list
    from mailman.config import config

    made = create_list(f"{name}@{DOMAIN}", [], "publisher-announce")
    config.db.commit()
    return made


@contextmanager
def mailman() -> Iterator[Mailman]:
    """Run one."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    with TemporaryDirectory(prefix="mm-") as folder:
        process = context.Process(target=_serve, args=(there, Path(folder) / "host"))
        process.start()
        try:
            here.recv()
            yield Mailman(here)
            here.send(None)
            process.join(20)
        finally:
            process.kill()
            process.join()
