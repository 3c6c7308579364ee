"""A web server for the built site, on this machine only.

It answers as the generated settings have web servers in public answer, with the same
types, headers and conditional requests, but for HSTS: this is plain HTTP.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import sys
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from publisher.errors import WorldError
from publisher.model import headers, media

HOST = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    """Serves files as a web server in public would: no listings, the site's 404."""

    _served = ""
    """The path of the file that is sent, from the site's root."""

    def send_head(self) -> io.BytesIO | None:
        """Answer with the head of a file, and return what its body is read from."""
        asked = unquote(urlsplit(self.path).path).lstrip("/")
        moved = headers.short(asked)
        folder = Path(self.translate_path(self.path)).is_dir()
        if moved or (folder and asked and not asked.endswith("/")):
            self._redirect(moved or f"{asked}/")
            return None
        if asked == "favicon.ico":
            return self._file(media.ICON)
        return self._file(PurePosixPath(asked) / "index.html" if folder else asked)

    def _file(self, path: PurePosixPath | str) -> io.BytesIO | None:
        file = Path(self.translate_path(f"/{path}"))
        if str(path).endswith("/") or _is_hidden(str(path)) or not file.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        self._served = str(path)
        data = file.read_bytes()
        tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        changed = self.date_time_string(int(file.stat().st_mtime))
        fresh = self._is_fresh(tag, changed)
        self.send_response(HTTPStatus.NOT_MODIFIED if fresh else HTTPStatus.OK)
        self.send_header("ETag", tag)
        self.send_header("Last-Modified", changed)
        if not fresh:
            self.send_header("Content-Type", media.media_type(PurePosixPath(path)))
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        return None if fresh else io.BytesIO(data)

    def _is_fresh(self, tag: str, changed: str) -> bool:
        """Tell whether the client has the file as it is (RFC 9110, section 13.2.2)."""
        known = self.headers.get("If-None-Match")
        if known is not None:
            tags = [each.strip().removeprefix("W/") for each in known.split(",")]
            return "*" in tags or tag in tags
        return self.headers.get("If-Modified-Since") == changed

    def _redirect(self, path: str) -> None:
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", f"/{quote(path)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def end_headers(self) -> None:
        """Add the headers that every answer has."""
        for name, value in headers.headers(self._served).items():
            self.send_header(name, value)
        super().end_headers()

    def send_error(
        self, code: int, message: str | None = None, explain: str | None = None
    ) -> None:
        """Answer with the site's own page, if that is what it is for."""
        page = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        data = page.read_bytes()
        self._served = page.name
        self.send_response(code)
        self.send_header("Content-Type", media.HTML)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the caller's terminal is not a log."""


class _Server(ThreadingHTTPServer):
    """A server that does not mind readers who go away."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Show a trace of our own mistakes only."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _is_hidden(path: str) -> bool:
    parts = path.split("/")
    return any(part.startswith(".") for part in parts if part != ".well-known")


@contextlib.contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve `folder` while the context lasts, and give its address.

    Port 0 is any that is free; one that cannot be used is a WorldError.
    """
    handler = functools.partial(_Handler, directory=str(folder))
    try:
        server = _Server((HOST, port), handler)
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
