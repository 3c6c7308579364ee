"""A web server for the built site, on this machine only."""

from __future__ import annotations

import contextlib
import functools
import io
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from publisher.errors import WorldError

HOST = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    """Serves files as a web server in public would: no listings, the site's 404."""

    extensions_map = {  # noqa: RUF012  (the base class declares it so)
        **SimpleHTTPRequestHandler.extensions_map,
        ".asc": "text/plain; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".txt": "text/plain; charset=utf-8",
        ".xml": "application/rss+xml; charset=utf-8",
    }

    def list_directory(self, path: str) -> io.BytesIO | None:  # type: ignore[override]
        """Answer that there is nothing at `path`."""
        del path
        self.send_error(HTTPStatus.NOT_FOUND)
        return None

    def send_error(
        self, code: int, message: str | None = None, explain: str | None = None
    ) -> None:
        """Answer with the site's own page, if that is what it is for."""
        page = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        data = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", self.extensions_map[".html"])
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the caller's terminal is not a log."""


@contextlib.contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve `folder` while the context lasts, and give its address.

    Port 0 is any that is free; one that cannot be used is a WorldError.
    """
    handler = functools.partial(_Handler, directory=str(folder))
    try:
        server = ThreadingHTTPServer((HOST, port), handler)
    except OSError as error:
        msg = f"port {port} cannot be used: {error.strerror}; choose another one"
        raise WorldError(msg) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
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
