"""A PostgreSQL server of our own, that is thrown away afterwards.

It has no port, only a socket in its folder, into which its owner alone can look.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from tests import servers

_USER = "postgres"
_START_LIMIT = 60.0


@dataclass
class Cluster:
    """A running PostgreSQL."""

    folder: Path
    made: int = 0

    def url(self, database: str) -> str:
        """Return the address of a database, for SQLAlchemy and for mailman.cfg."""
        return f"postgresql+psycopg2://{_USER}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """Return the address of a new, empty database."""
        self.made += 1
        name = f"mailman{self.made}"
        engine = create_engine(
            self.url(_USER), isolation_level="AUTOCOMMIT", poolclass=NullPool
        )
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return self.url(name)


@contextmanager
def running() -> Iterator[Cluster]:
    """Run a PostgreSQL; skip the test if it is not installed."""
    pytest.importorskip("psycopg2")
    servers.need("postgresql", ("initdb", "postgres"), _nobody_to_run_it())
    with TemporaryDirectory(prefix="pg-") as name:
        folder = Path(name)
        if os.getuid() == 0:
            shutil.chown(folder, _owner(), _owner())
        data = folder / "data"
        subprocess.run(
            [
                *(servers.program("initdb"), f"--pgdata={data}", f"--username={_USER}"),
                *("--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"),
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            user=_owner(),
        )
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "shared_buffers": "16MB",
        }
        options = [part for item in settings.items() for part in ("-c", "=".join(item))]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [servers.program("postgres"), "-D", data, *options],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                user=_owner(),
            )
        try:
            cluster = Cluster(folder)
            _wait(cluster, process)
            yield cluster
        finally:
            # PostgreSQL's "fast shutdown": it ends the connections that are open.
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _owner() -> str:
    """Return who PostgreSQL runs as: it refuses root."""
    return pwd.getpwuid(os.getuid()).pw_name if os.getuid() else _USER


def _nobody_to_run_it() -> str:
    try:
        pwd.getpwnam(_owner())
    except KeyError:
        return f"there is no user {_USER}, and it does not run as root"
    return ""


def _wait(cluster: Cluster, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_LIMIT
    engine = create_engine(cluster.url(_USER), poolclass=NullPool)
    while True:
        try:
            engine.connect().close()
        except OperationalError:
            log = (cluster.folder / "log").read_text()
            assert process.poll() is None, log
            assert time.monotonic() < deadline, log
            time.sleep(0.05)
        else:
            return
