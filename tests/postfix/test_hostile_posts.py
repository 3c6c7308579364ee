"""Each hostile post by each way, on a Mailman behind Postfix."""

from __future__ import annotations

import pytest

from publisher.mailhost import MailRefusedError
from tests.keys import Key
from tests.mailman_plugin import hostile, hosts
from tests.mailman_plugin.hosts import EN, Server
from tests.mime import costly

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
    large = hosts.message(EN, b"x" * 76 * 20_000, "<large@evil.example>")

    with (
        hostile.nobody_hears_of_it(server),
        pytest.raises(MailRefusedError, match="552"),
    ):
        server.host.deliver(large, hostile.MALLORY, EN.address)


def test_what_only_mailman_refuses_is_returned_once_without_its_text(
    server: Server,
) -> None:
    fields = costly.fields(b"a: b\r\n")(10_000) + b"Visit evil.example.\r\n"

    for content in (costly.levels(800), costly.levels(5000), fields):
        server.host.deliver(content, "forged@home.example", EN.sub_address("join"))
    server.host.settle()

    told = [each.as_string() for each in server.host.messages("forged@home.example")]
    assert len(told) == 3
    assert sum("has more than 20 nested parts" in each for each in told) == 2
    assert sum("has more than 1000 header fields" in each for each in told) == 1
    assert not any("Visit" in each or "--b1" in each for each in told)
