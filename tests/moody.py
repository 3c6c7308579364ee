"""Servers that fail in one way each, on real sockets."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
NO_HOST = "nowhere.invalid"
"""A name that no name server knows (RFC 6761, section 6.4)."""
GARBAGE = b"\x00\xff garbage \xfe\r\n\r\n"
Act = Callable[[socket.socket], None]


def answer(status: int, body: bytes = b"", length: int | None = None) -> Act:
    """Return how an HTTP server answers; with a `length`, it promises more."""
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status} x\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"

    def act(client: socket.socket) -> None:
        client.recv(65536)
        client.sendall(head.encode() + body)

    return act


def close(client: socket.socket) -> None:
    """Close at once."""
    del client


def silent(client: socket.socket) -> None:
    """Take what comes, and say nothing until the client goes."""
    while client.recv(65536):
        pass


def garbage(client: socket.socket) -> None:
    """Say what is no protocol's, and close when the client has heard it."""
    client.sendall(GARBAGE)
    client.shutdown(socket.SHUT_WR)
    silent(client)


def refused() -> int:
    """Return a port on which nothing listens."""
    with socket.create_server((HOST, 0)) as free:
        port: int = free.getsockname()[1]
    return port


@contextmanager
def serving(act: Act, certificate: Path | None = None) -> Iterator[int]:
    """Do the same with each client, over TLS if there is a certificate."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    def serve(client: socket.socket) -> None:
        # Whoever is in the middle of something goes away as it likes.
        with client, contextlib.suppress(OSError):
            if context is None:
                act(client)
            else:
                with context.wrap_socket(client, server_side=True) as secure:
                    act(secure)

    with socket.create_server((HOST, 0)) as listener:

        def listen() -> None:
            while True:
                try:
                    client = listener.accept()[0]
                except OSError:
                    return
                threading.Thread(target=serve, args=(client,), daemon=True).start()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            # Closing alone does not wake up whoever waits in accept.
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def self_signed(folder: Path) -> Path:
    """Return a certificate for this machine that nobody vouches for, with its key."""
    key, file = folder / "key.pem", folder / "both.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=IP:{HOST}"]
    files = ["-keyout", str(key), "-out", str(file), "-days", "2"]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    file.write_bytes(key.read_bytes() + file.read_bytes())
    return file
