"""Posts that must reach nobody, and by which ways they can come.

Each is tried by every way on every MTA: `test_hostile_posts` and `tests/postfix`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.mailhost.lmtp import Lmtp
from publisher.model.settings import MailingList
from tests.keys import Key
from tests.mailman_plugin import hosts
from tests.mailman_plugin.hosts import EN, Server, edition_key

MALLORY = "mallory@evil.example"
Make = Callable[[Server, Key], bytes]


@dataclass(frozen=True)
class Post:
    """A post that somebody has who would like it to reach the readers."""

    name: str
    make: Make
    reason: str
    """Why it is refused even if it comes by REST, as a pattern."""
    sender: str = MALLORY


def _wire(data: bytes, server: Server, **headers: str) -> bytes:
    return hosts.message(EN, data, f"<{server.new_id()}.x@evil.example>", **headers)


def _signed(server: Server, *options: str, revision: int = 1, extra: str = "") -> bytes:
    key = edition_key(server.new_id(), "en", revision)
    return server.key.clearsign(hosts.text(key, extra), *options)


def _forged(server: Server, _: Key) -> bytes:
    return _wire(b"Install https://evil.example/update at once.\n", server)


def _stale(server: Server, _: Key) -> bytes:
    long_ago = ("--faked-system-time", "20200101T000000", "--ignore-time-conflict")
    return _wire(_signed(server, *long_ago, "--ignore-valid-from"), server)


def _replayed(server: Server, _: Key) -> bytes:
    key = edition_key(server.new_id(), "en")
    mail = hosts.announcement(EN, key, server.key.clearsign(hosts.text(key)))
    server.lists.post(mail)
    server.host.settle()
    return mail.message


def _older(server: Server, _: Key) -> bytes:
    advisory = server.new_id()
    newer, older = (edition_key(advisory, "en", number) for number in (2, 1))
    data = server.key.clearsign(hosts.text(newer))
    server.lists.post(hosts.announcement(EN, newer, data))
    server.host.settle()
    return _wire(server.key.clearsign(hosts.text(older)), server)


def _with_a_line_inside(server: Server, _: Key) -> bytes:
    data = _signed(server)
    return _wire(data.replace(b"buffer.\n", b"buffer.\nSee evil.example.\n"), server)


def _with_a_line_below(server: Server, _: Key) -> bytes:
    return _wire(_signed(server) + b"See evil.example.\n", server)


def _strangers(server: Server, stranger: Key) -> bytes:
    key = edition_key(server.new_id(), "en")
    return _wire(stranger.clearsign(hosts.text(key)), server)


def _eight_bit(server: Server, _: Key) -> bytes:
    data = _signed(server, extra="～①—\n")
    head = _wire(b"", server).partition(b"\n\n")[0]
    return head.replace(b"quoted-printable", b"8bit") + b"\n\n" + data


def _oversized(server: Server, stranger: Key) -> bytes:
    key = edition_key(server.new_id(), "en")
    return _wire(stranger.clearsign(hosts.text(key, "x" * 75 + "\n") * 1500), server)


def _to_itself(server: Server, _: Key) -> bytes:
    return _wire(
        b"This mail could not be delivered.\n",
        server,
        sender=f"<{EN.sub_address('bounces')}>",
        Reply_To=EN.address,
        Auto_Submitted="auto-replied",
    )


POSTS = (
    Post("forged From", _forged, "does not begin", sender=hosts.OWNER),
    Post("stale signature", _stale, "older than the key"),
    Post("replay", _replayed, "was posted at", sender=hosts.OWNER),
    Post("older revision", _older, "was posted at .* is older"),
    Post("line added inside", _with_a_line_inside, "changed after it was signed"),
    Post("line added below", _with_a_line_below, "goes on"),
    Post("signed by a stranger", _strangers, "not among the team's"),
    Post("8bit", _eight_bit, "damaged, or encoded"),
    Post("oversized", _oversized, "not among the team's"),
    Post("bounce to itself", _to_itself, "does not begin", sender=""),
    Post(
        "sent by the list",
        _to_itself,
        "does not begin",
        sender=EN.sub_address("bounces"),
    ),
)


def by_rest(server: Server, to: MailingList, sender: str, message: bytes) -> None:
    """Hand it over as who has got hold of the REST password."""
    del sender
    text = message.decode()
    server.rest.call("queues/in", {"list_id": to.list_id, "text": text})


def by_lmtp(server: Server, to: MailingList, sender: str, message: bytes) -> None:
    """Hand it over as who has got onto the machine."""
    content = message.replace(b"\n", b"\r\n")
    reply = Lmtp(server.host.lmtp_port).hand_over(sender, to.address, content)
    assert reply.startswith("250")


def by_smtp(server: Server, to: MailingList, sender: str, message: bytes) -> None:
    """Mail it, as anybody can."""
    server.host.deliver(message, sender, to.address)


WAYS = {"REST": by_rest, "LMTP": by_lmtp, "SMTP": by_smtp}


def mails(server: Server) -> list[Path]:
    """Return all mails that anybody at all has got."""
    return sorted(server.host.settings.directory.glob("mailboxes/*/new/*"))


@contextmanager
def nobody_hears_of_it(server: Server) -> Iterator[None]:
    """Make sure that no mail goes to anybody, nothing is held, nothing put aside."""
    server.host.settle()
    before = mails(server)

    yield

    server.host.settle()
    assert mails(server) == before
    assert server.held(EN) == 0
    for queue in ("shunt", "bad", "out", "virgin"):
        assert not list(server.host.settings.directory.glob(f"queue/{queue}/*.pck"))


def is_refused(server: Server, post: Post, way: str, stranger: Key) -> None:
    """Try one post by one way."""
    message = post.make(server, stranger)
    [message_id] = re.findall(rb"^Message-ID: (\S+)$", message, re.MULTILINE)

    with nobody_hears_of_it(server):
        WAYS[way](server, EN, post.sender, message)

    reason = post.reason if way == "REST" else "it came by mail"
    name = re.escape(message_id.decode())
    said = rf"{re.escape(EN.list_id)} refuses '{name}': .*(?:{reason})"
    told = [line for line in server.log().split("\n") if message_id.decode() in line]
    assert re.search(said, "\n".join(told)), told


every_post = pytest.mark.parametrize("post", POSTS, ids=lambda post: post.name)
every_way = pytest.mark.parametrize("way", WAYS)
