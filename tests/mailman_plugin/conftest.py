"""One Mailman with the plugin for all tests in here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.keys import Key
from tests.mailman_plugin import hosts


@pytest.fixture(scope="session")
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
