"""What strangers send takes time in proportion to its length, wherever it is read."""

from __future__ import annotations

import io

import pytest
from mailman.email.message import Message

from publisher.leave import app
from publisher.mailhost import delivery
from publisher.mailman_plugin.bounces import received, verdict
from publisher.mailman_plugin.runners import lmtp
from publisher.mailman_plugin.selfservice import automatic, commands, origin, reading
from publisher.mime import addresses, limits, parts
from publisher.model.found import Found
from publisher.pipeline import unpacking
from publisher.push import compare
from tests import builders, growth, letters
from tests.mime import costly

_LARGEST = 2**17
"""Bytes. Of tags that do not end, as many took minutes once."""


def _by_a_list(data: bytes) -> None:
    """Read as Mailman's intake does, and what it lets pass as the commands do."""
    if lmtp.refused(data, []):
        return
    _as_command(parts.parse(data, limits.LIST, kind=Message))


def _by_bounces(data: bytes) -> None:
    """Read as Mailman's intake does, and what it lets pass as a report."""
    if lmtp.refused(data, []):
        return
    message = parts.parse(data, limits.LIST, kind=Message)
    received.extension(message, "announce-en-bounces@lists.cert.example", "+")
    report = received.read(message)
    verdict.judge(report)
    verdict.dead(report, 100)


def _as_command(message: Message) -> None:
    message.set_unixfrom("mallory@evil.example")
    automatic.reason(message)
    reading.sender(message)
    origin.of(message, origin.Networks())
    addresses.found([str(each) for each in message.get_all("to", [])])
    commands.find(reading.subject(message), reading.lines(message))


def _by_the_host(data: bytes) -> None:
    delivery.refusal(data)


def _by_the_canary(data: bytes) -> None:
    wanted = letters.mail(b"text\n")
    compare.carries(wanted, data)
    compare.differences(wanted, data, builders.settings().lists[0])


def _by_verify(data: bytes) -> None:
    unpacking.pieces(Found("x.eml", data, "a folder"))


def _by_a_form(data: bytes) -> None:
    for kind in ("multipart/form-data; boundary=b", data[:60_000].decode("latin-1")):
        environ = {
            "CONTENT_TYPE": "multipart/form-data" + kind,
            "CONTENT_LENGTH": "4096",
            "wsgi.input": io.BytesIO(data),
        }
        app.is_one_click(environ)


READERS = {
    "list": _by_a_list,
    "bounces": _by_bounces,
    "mail host": _by_the_host,
    "canary": _by_the_canary,
    "verify": _by_verify,
    "form": _by_a_form,
}


@pytest.mark.large
@pytest.mark.parametrize("kind", costly.KINDS)
def test_time_grows_with_the_length(kind: str) -> None:
    made = {n: costly.KINDS[kind](n) for n in (_LARGEST // 4, _LARGEST)}

    for read in READERS.values():
        growth.is_linear(lambda n, read=read: read(made[n]), *made)  # type: ignore[misc]


def test_what_grows_faster_is_found() -> None:
    def quadratic(size: int) -> None:
        data = bytes(size)
        for _ in range(size // 256):
            sum(data)

    with pytest.raises(pytest.fail.Exception, match="or longer"):
        growth.is_linear(quadratic, _LARGEST // 4, _LARGEST)
