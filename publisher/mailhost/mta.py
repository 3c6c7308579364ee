"""The local MTA: mail for the lists goes to Mailman, all other mail to Maildirs.

- It listens on the loopback interface only and asks nobody who he is. It is no relay,
  for it never sends mail to another host (Mailman does, if a relay is set); but every
  local user can hand mail to it.
- No queue: an answer of 250 means that the mail is in Mailman's queue or in a
  Maildir, on disk.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading

from aiosmtpd.smtp import SMTP

from publisher.mailhost import loopback
from publisher.mailhost.delivery import Delivery
from publisher.mailhost.errors import MailHostError

SIZE_LIMIT = 20 * 1024 * 1024
"""Bytes; a larger message is answered with 552 (RFC 1870)."""

_STOP_LIMIT = 10.0


class Mta:
    """An SMTP server in a thread of its own; it can be started once."""

    def __init__(
        self, delivery: Delivery, *, hostname: str, size_limit: int = SIZE_LIMIT
    ) -> None:
        self._delivery = delivery
        self._hostname = hostname
        self._size_limit = size_limit
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()

    def start(self, port: int) -> None:
        """Listen on `port`, or raise MailHostError when it is taken."""
        # aiosmtpd logs every line of every mail, and advisories may be embargoed.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        try:
            listener = socket.create_server((loopback.HOST, port))
        except OSError as error:
            self._loop.close()
            msg = f"the MTA cannot listen on port {port}: {error.strerror}"
            raise MailHostError(msg) from error
        self._thread = threading.Thread(
            target=self._run, args=(listener,), name="mta", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Close the port and every connection; harmless when done already."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(_STOP_LIMIT)

    def _run(self, listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(listener))

    async def _serve(self, listener: socket.socket) -> None:
        server = await self._loop.create_server(self._session, sock=listener)
        await self._stopping.wait()
        # Not `wait_closed`, which waits for the open sessions (Python 3.12); the
        # runner cancels them as soon as this returns.
        server.close()

    def _session(self) -> SMTP:
        return SMTP(
            self._delivery,
            data_size_limit=self._size_limit,
            enable_SMTPUTF8=True,
            hostname=self._hostname,
            ident="publisher mailhost",
            loop=self._loop,
        )
