"""One Postfix, with all that stands behind it, for all tests in here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import postgres
from tests.keys import Key
from tests.mailman_plugin import hosts
from tests.postfix import site


@pytest.fixture(scope="module")
def running_server(team_key: Key) -> Iterator[hosts.Server]:
    site.need()
    with postgres.running() as cluster, site.running(team_key, cluster) as running:
        yield running


@pytest.fixture
def server(running_server: hosts.Server) -> hosts.Server:
    """Mailman behind Postfix, and both lists, each with one subscriber."""
    return running_server
