"""What survives Postfix, as docs/survival.md tells."""

from __future__ import annotations

import pytest

from tests import survival
from tests.mailman_plugin.hosts import Server

pytestmark = [
    pytest.mark.mailman,
    pytest.mark.gpg,
    pytest.mark.postfix,
    pytest.mark.postgres,
    pytest.mark.enable_socket,
]


def test_the_page_tells_what_arrives_and_how(
    server: Server, request: pytest.FixtureRequest
) -> None:
    told = survival.outcomes(server, survival.MOST_TELLING)

    survival.compare("postfix", told, update=request.config.getoption("update_golden"))
