"""A web server for the built site, on this machine only."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files with the types that browsers and feed readers expect."""

    extensions_map = {  # noqa: RUF012  (the base class declares it so)
        **SimpleHTTPRequestHandler.extensions_map,
        ".asc": "text/plain; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".xml": "application/rss+xml; charset=utf-8",
    }

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the caller's terminal is not a log."""


@contextlib.contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve `folder` while the context lasts, and give its address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = ThreadingHTTPServer((HOST, port), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def forever(folder: Path, port: int, say: Callable[[str], object]) -> None:
    """Serve `folder` until Ctrl-C."""
    with serving(folder, port) as url, contextlib.suppress(KeyboardInterrupt):
        say(f"serving {folder} at {url}/ until Ctrl-C")
        threading.Event().wait()
