"""An SMTP server that answers as a test wants it, and remembers what it was sent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

LOST = b""
"""As an answer: the connection ends without one."""
Script = Callable[[str], "bytes | None"]
"""What to answer to a command, or to `TEXT`; None: what a friendly server says."""
TEXT = "(text)"


def friendly(command: str) -> bytes | None:
    """Take everything."""
    del command
    return None


@dataclass
class Transaction:
    """A mail that was taken."""

    sender: str
    recipients: list[str]
    content: bytes
    """As it came, dots and all."""


@dataclass
class Server:
    """What came in."""

    port: int
    script: Script
    pipelining: bool
    forgets: bool = True
    """Whether a text that is refused ends the transaction, as it should."""
    taken: list[Transaction] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    together: int = 0
    """The most commands that came before the first of them was answered."""

    @property
    def recipients(self) -> list[str]:
        """Who was taken for, mail after mail."""
        return [each for mail in self.taken for each in mail.recipients]


class _Session:
    def __init__(self, server: Server, connection: socket.socket) -> None:
        self._server = server
        self._connection = connection
        self._buffer = b""
        self._sender = ""
        self._recipients: list[str] = []
        self._open = False

    def run(self) -> None:
        self._server.connections += 1
        self._say(b"220 smtpd.example ESMTP")
        while (line := self._until(b"\r\n")) is not None:
            waiting = 1 + self._buffer.count(b"\r\n")
            self._server.together = max(self._server.together, waiting)
            if not self._command(line.decode("ascii")):
                return

    def _command(self, line: str) -> bool:
        self._server.commands.append(line)
        verb = line[:4].upper()
        answer = self._server.script(line)
        if answer is None:
            answer = self._friendly(verb, line)
        if answer == LOST:
            return False
        self._say(answer)
        if verb == "DATA" and answer.startswith(b"354"):
            return self._text()
        return verb != "QUIT" and not answer.startswith(b"421")

    def _friendly(self, verb: str, line: str) -> bytes:
        if verb == "EHLO":
            end = b"\r\n250 PIPELINING" if self._server.pipelining else b"\r\n250 HELP"
            return b"250-smtpd.example" + end
        if verb == "MAIL":
            if self._open:
                return b"503 nested MAIL"
            self._open = True
            self._sender = line[len("MAIL FROM:<") : line.index(">")]
        if verb == "RCPT":
            if not self._open:
                return b"503 no MAIL"
            self._recipients.append(line[len("RCPT TO:<") : line.index(">")])
        if verb == "RSET":
            self._end()
        if verb == "DATA":
            return b"354 go on" if self._recipients else b"554 no recipients"
        return b"221 bye" if verb == "QUIT" else b"250 fine"

    def _text(self) -> bool:
        # The end of a line stands before the first one, too.
        self._buffer = b"\r\n" + self._buffer
        content = self._until(b"\r\n.\r\n")
        answer = self._server.script(TEXT)
        if answer == LOST or content is None:
            return False
        answer = answer or b"250 taken"
        if answer.startswith(b"250"):
            text = (content + b"\r\n").removeprefix(b"\r\n")
            mail = Transaction(self._sender, self._recipients, text)
            self._server.taken.append(mail)
        if answer.startswith(b"250") or self._server.forgets:
            self._end()
        self._say(answer)
        return True

    def _end(self) -> None:
        self._open, self._sender, self._recipients = False, "", []

    def _say(self, answer: bytes) -> None:
        self._connection.sendall(answer + b"\r\n")

    def _until(self, end: bytes) -> bytes | None:
        while end not in self._buffer:
            data = self._connection.recv(1 << 16)
            if not data:
                return None
            self._buffer += data
        unit, _, self._buffer = self._buffer.partition(end)
        return unit


@contextmanager
def running(
    script: Script = friendly, *, pipelining: bool = True, forgets: bool = True
) -> Iterator[Server]:
    """Run it on a free port; one connection after another."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(listener.getsockname()[1], script, pipelining, forgets)

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(20)
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    try:
                        _Session(server, connection).run()
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            # Closing alone does not wake who waits in accept.
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(20)
