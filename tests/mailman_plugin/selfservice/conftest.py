"""A Mailman of their own for each file: these tests leave subscribers behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.keys import Key
from tests.mailman_plugin import hosts


@pytest.fixture(scope="module")
def running_server(team_key: Key) -> Iterator[hosts.Server]:
    with hosts.running(team_key, plugin=True) as running:
        for mailing_list in (hosts.JA, hosts.EN):
            running.apply(mailing_list)
        yield running
