"""In which order a long queue of mail commands is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.mailman_plugin.selfservice import backlog
from tests.mailman_plugin import inside
from tests.mailman_plugin.inside import Mailman


@pytest.fixture(scope="module")
def mailman() -> Iterator[Mailman]:
    with inside.mailman() as running:
        yield running


def test_the_first_of_each_network_goes_before_the_second_of_any() -> None:
    came = {"a1": "a", "a2": "a", "b1": "b", "a3": "a", "b2": "b", "c1": "c"}

    assert backlog.in_turns(came) == ["a1", "b1", "c1", "a2", "b2", "a3"]
    assert backlog.in_turns({}) == []


def queued(number: int, few: int) -> list[str]:
    """Queue bombs of two networks, then others; return what is read, in its order."""
    from email import message_from_string

    from mailman.config import config
    from mailman.email.message import Message

    from publisher.mailman_plugin.selfservice.origin import Networks

    stock = config.switchboards["command"]
    hosts = [f"203.0.113.{each % 250}" for each in range(number)]
    for host in [*hosts, "192.0.2.80", "198.51.100.9"]:
        line = f"Received: from x (y [{host}]) by mx.example (Postfix) with ESMTP\n"
        stock.enqueue(message_from_string(f"{line}Subject: {host}\n\n", Message))
    (Path(stock.queue_directory) / "0.5+0abc.pck").write_bytes(b"damaged")
    stock.enqueue("Subject: text\n\n", _plaintext=True)
    queue, read = backlog.Fair(stock, Networks, few), []
    while names := queue.files:
        for name in names:
            if name.startswith("0.5+"):
                (Path(stock.queue_directory) / f"{name}.pck").unlink()
                read.append("damaged")
                continue
            message, _ = queue.dequeue(name)
            queue.finish(name)
            read.append(str(message["subject"]))
    return read


@pytest.mark.mailman
def test_a_long_queue_is_read_by_turns_and_to_its_end(mailman: Mailman) -> None:
    read = mailman.run(queued, 40, 10)

    assert sorted(read[:4]) == ["192.0.2.80", "198.51.100.9", "203.0.113.0", "damaged"]
    assert len(read) == 44
    assert [each for each in read if each.startswith("203")] == [
        f"203.0.113.{number}" for number in range(40)
    ]


@pytest.mark.mailman
def test_a_short_queue_is_read_as_it_came(mailman: Mailman) -> None:
    read = mailman.run(queued, 3, 10)

    assert read == [
        *("damaged", "203.0.113.0", "203.0.113.1", "203.0.113.2"),
        *("192.0.2.80", "198.51.100.9", "text"),
    ]
