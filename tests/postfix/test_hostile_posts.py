"""Each hostile post by each way, on a Mailman behind Postfix."""

from __future__ import annotations

import pytest

from publisher.mailhost import MailRefusedError
from tests.keys import Key
from tests.mailman_plugin import hostile, hosts
from tests.mailman_plugin.hosts import EN, Server

pytestmark = [
    pytest.mark.mailman,
    pytest.mark.gpg,
    pytest.mark.postfix,
    pytest.mark.postgres,
    pytest.mark.enable_socket,
]


@hostile.every_post
@hostile.every_way
def test_it_is_refused_and_nobody_hears_of_it(
    server: Server, stranger_key: Key, post: hostile.Post, way: str
) -> None:
    hostile.is_refused(server, post, way, stranger_key)


def test_what_is_larger_than_any_advisory_is_refused_at_the_door(
    server: Server,
) -> None:
    large = hosts.message(EN, b"x" * 76 * 200_000, "<large@evil.example>")

    with (
        hostile.nobody_hears_of_it(server),
        pytest.raises(MailRefusedError, match="552"),
    ):
        server.host.deliver(large, hostile.MALLORY, EN.address)
