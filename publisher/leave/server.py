"""A small server for the page, for teams that run no other one."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from publisher.errors import WorldError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HOST = "127.0.0.1"


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout: ClassVar[float | None] = 30.0

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the addresses are keys."""


@contextlib.contextmanager
def serving(application: WSGIApplication, port: int = 0) -> Iterator[str]:
    """Serve the page on this machine while the context lasts; give its address.

    Port 0 is any that is free; one that cannot be used is a WorldError.
    """
    try:
        server = make_server(HOST, port, application, _Server, _Handler)
    except OSError as error:
        msg = f"port {port} cannot be used: {error.strerror}; choose another one"
        raise WorldError(msg) from error
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def forever(
    application: WSGIApplication, port: int, say: Callable[[str], object]
) -> None:
    """Serve the page until Ctrl-C."""
    with serving(application, port) as url, contextlib.suppress(KeyboardInterrupt):
        say(f"subscribers leave at {url}, until Ctrl-C")
        threading.Event().wait()
