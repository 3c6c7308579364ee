"""A Mailman with the plugin for each file of tests in here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from tests import postgres
from tests.keys import Key
from tests.mailman_plugin import hosts

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the sockets on for all tests in here, whatever they are about.

    The server that they share mails when it likes, say a warning after bounces, to
    this very process: what is not taken in stops Mailman for good.
    """
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL server."""
    with postgres.running() as running:
        yield running


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind that there is."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/mailman.db"
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    return cluster.new_database()


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """An empty database, of each kind that there is."""
    made = create_engine(database_url, poolclass=NullPool)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def running_server(team_key: Key) -> Iterator[hosts.Server]:
    with hosts.running(team_key, plugin=True) as running:
        for mailing_list in (hosts.JA, hosts.EN):
            running.apply(mailing_list)
            reader = f"reader-{mailing_list.language}@home.example"
            running.subscribe(mailing_list, reader)
        yield running


@pytest.fixture
def server(running_server: hosts.Server) -> Iterator[hosts.Server]:
    """Mailman with the plugin and both lists, each with one subscriber."""
    yield running_server
    # Its mail comes to this process, which has no sockets during other tests.
    running_server.host.settle()
