"""A proxy between the program and Mailman's REST interface that misbehaves once."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.serving import started


@dataclass
class Proxy:
    """Where it listens, and what it does to the request that comes next."""

    target: Callable[[], int]
    """Tells the port of the real server."""
    port: int = 0
    fault: str = ""
    """What becomes of the answer: `500`, `hang`, `close`, `garbage`, or `half`."""
    at: int = 0
    """The number of the request that the fault is for, from 1; 0: none."""
    reached: bool = True
    """Whether the server gets that request before the answer is spoilt."""
    only: str = ""
    """Requests are counted whose method and path begin so."""
    count: int = 0
    hit: str = ""
    """The request that the fault was for."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, fault: str = "", at: int = 0, *, reached: bool = True) -> None:
        self.fault, self.at, self.reached = fault, at, reached
        self.count, self.hit = 0, ""

    def take(self, request: str) -> bool:
        """Count a request; tell whether it is the one."""
        if not request.startswith(self.only):
            return False
        with self._lock:
            self.count += 1
            if self.count != self.at:
                return False
            self.hit = request
            return True


class _Handler(BaseHTTPRequestHandler):
    proxy: Proxy

    def _pass(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        spoilt = self.proxy.take(f"{self.command} {self.path}")
        answer = None
        if not spoilt or self.proxy.reached:
            answer = self._asked(body)
        self.close_connection = True
        if spoilt:
            self._spoil(answer)
        elif answer is not None:
            self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass  # noqa: N815

    def _asked(self, body: bytes) -> bytes:
        """Return the server's answer as it is to be written."""
        target = http.client.HTTPConnection(
            "127.0.0.1", self.proxy.target(), timeout=60
        )
        try:
            headers = {k: v for k, v in self.headers.items() if k != "Connection"}
            target.request(self.command, self.path, body, headers)
            response = target.getresponse()
            data = response.read()
        except OSError:
            # Mailman is down: so is this, for whoever asks.
            return b""
        finally:
            target.close()
        head = [f"HTTP/1.1 {response.status} {response.reason}"]
        skipped = ("connection", "transfer-encoding", "content-length")
        head += [f"{k}: {v}" for k, v in response.getheaders() if k not in skipped]
        head += [f"Content-Length: {len(data)}", "Connection: close", "", ""]
        return "\r\n".join(head).encode("latin-1") + data

    def _spoil(self, answer: bytes | None) -> None:
        fault = self.proxy.fault
        if fault == "500":
            self.wfile.write(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")
        elif fault == "garbage":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n\xff{nope}")
        elif fault == "half":
            whole = answer or b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
            self.wfile.write(whole[: max(20, len(whole) // 2)])
        elif fault == "hang":
            # Longer than whoever asked waits.
            time.sleep(4)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def running(target: Callable[[], int]) -> Iterator[Proxy]:
    """Run one on a free port."""
    proxy = Proxy(target)
    handler = type("Handler", (_Handler,), {"proxy": proxy})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    proxy.port = server.server_port
    with started(server):
        yield proxy
