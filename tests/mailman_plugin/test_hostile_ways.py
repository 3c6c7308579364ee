"""Each hostile post by each way, on the embedded mail host."""

from __future__ import annotations

import pytest

from tests.keys import Key
from tests.mailman_plugin import hostile
from tests.mailman_plugin.hosts import Server

pytestmark = [pytest.mark.mailman, pytest.mark.gpg, pytest.mark.enable_socket]


@hostile.every_post
@hostile.every_way
def test_it_is_refused_and_nobody_hears_of_it(
    server: Server, stranger_key: Key, post: hostile.Post, way: str
) -> None:
    hostile.is_refused(server, post, way, stranger_key)
