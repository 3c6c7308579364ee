"""What survives the embedded mail host, as docs/survival.md tells."""

from __future__ import annotations

import pytest

from tests import survival
from tests.keys import Key
from tests.mailman_plugin import hosts

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]


def test_the_page_tells_what_arrives_and_how(
    team_key: Key, request: pytest.FixtureRequest
) -> None:
    with hosts.running(team_key, plugin=True) as server:
        server.apply(hosts.JA)
        told = survival.outcomes(server)

    survival.compare("embedded", told, update=request.config.getoption("update_golden"))


def test_what_is_set_as_declared_posts_what_is_signed_and_nothing_else() -> None:
    page = survival.PAGE.read_text(encoding="utf-8").splitlines()

    told = {line for line in page if line.startswith("| ours |")}

    assert told == {
        "| ours | REST | same | same | same | - |",
        "| ours | LMTP, SMTP | - | - | - | - |",
    }
