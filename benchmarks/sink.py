"""An SMTP server that takes everything, pipelines, and keeps nothing but counts.

It is there to be faster than what is measured against it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized

_HELLO = b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
_ANSWERS = {
    b"EHLO": _HELLO,
    b"HELO": b"250 sink.example\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


class _Session(asyncio.Protocol):
    def __init__(self, taken: Synchronized[int]) -> None:
        self._taken = taken
        self._buffer = b""
        self._in_text = False
        self._recipients = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        answers: list[bytes] = []
        while (answer := self._next()) is not None:
            answers.append(answer)
        if answers:
            self._transport.write(b"".join(answers))

    def _next(self) -> bytes | None:
        end = b"\r\n.\r\n" if self._in_text else b"\r\n"
        unit, found, rest = self._buffer.partition(end)
        if not found:
            return None
        self._buffer = rest
        if self._in_text:
            self._in_text = False
            with self._taken.get_lock():
                self._taken.value += self._recipients
            self._recipients = 0
            return b"250 taken\r\n"
        verb = unit[:4].upper()
        if verb == b"RCPT":
            self._recipients += 1
        self._in_text = verb == b"DATA"
        return _ANSWERS.get(verb, b"250 fine\r\n")


def _serve(listener: socket.socket, taken: Synchronized[int]) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Session(taken), sock=listener)
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def running() -> Iterator[tuple[int, Synchronized[int]]]:
    """Run it in a process of its own; give its port and how many mails it took."""
    taken = multiprocessing.Value("i", 0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = multiprocessing.Process(target=_serve, args=(listener, taken))
        process.start()
        try:
            yield listener.getsockname()[1], taken
        finally:
            process.terminate()
            process.join()
