"""nginx, Caddy and Apache with the settings that `publisher site-config` prints.

Of these only what a test cannot have is changed: the two ports, and the certificate.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from tempfile import TemporaryDirectory

from publisher.model.redirect import Redirect
from publisher.presentation import Presentation
from publisher.render import server as settings_of
from tests import servers

HOST = "www.cert.example"
_LIMIT = 30.0
_MODULES = (
    *("mpm_event", "authz_core", "authz_host", "alias", "deflate", "dir", "filter"),
    *("headers", "http2", "mime", "rewrite", "setenvif", "socache_shmcb", "ssl"),
)


@dataclass(frozen=True)
class Answer:
    """What a web server answered."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes


@dataclass(frozen=True)
class Running:
    """A web server that serves the site."""

    name: str
    secure: int
    plain: int
    """The ports of HTTPS and HTTP."""
    authority: Path
    """The certificate, which vouches for itself."""

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Ask for `path` by HTTPS, as the host of the site."""
        context = ssl.create_default_context(cafile=self.authority)
        raw = socket.create_connection(("127.0.0.1", self.secure), timeout=10)
        with context.wrap_socket(raw, server_hostname=HOST) as connected:
            return _asked(connected, path, method, headers)

    def protocol(self) -> str | None:
        """Return which version of HTTP it chooses for a browser."""
        context = ssl.create_default_context(cafile=self.authority)
        context.set_alpn_protocols(["h2", "http/1.1"])
        raw = socket.create_connection(("127.0.0.1", self.secure), timeout=10)
        with context.wrap_socket(raw, server_hostname=HOST) as connected:
            return connected.selected_alpn_protocol()

    def say(self, request: bytes, *, secure: bool) -> bytes:
        """Return all that it answers to bytes that need be no request."""
        port = self.secure if secure else self.plain
        context = ssl.create_default_context(cafile=self.authority)
        with contextlib.ExitStack() as stack:
            raw = socket.create_connection(("127.0.0.1", port), timeout=10)
            stack.enter_context(raw)
            wrap = context.wrap_socket
            if secure:
                raw = stack.enter_context(wrap(raw, server_hostname=HOST))
            raw.sendall(request)
            found = b""
            with contextlib.suppress(ConnectionError, TimeoutError):
                while data := raw.recv(65536):
                    found += data
            return found

    def get_plain(self, path: str) -> Answer:
        """Ask for `path` by plain HTTP."""
        with socket.create_connection(("127.0.0.1", self.plain), timeout=10) as raw:
            return _asked(raw, path, "GET", {})


def _asked(
    connected: socket.socket, path: str, method: str, headers: Mapping[str, str]
) -> Answer:
    connection = HTTPConnection(HOST)
    connection.sock = connected
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers={**named, "Connection": "close"})
    answer: HTTPResponse = connection.getresponse()
    seen = {name.lower(): value for name, value in answer.getheaders()}
    return Answer(answer.status, seen, answer.read())


@contextlib.contextmanager
def serving(
    name: str,
    files: Mapping[str, bytes],
    moved: tuple[Redirect, ...],
    presentation: Presentation,
) -> Iterator[Running]:
    """Serve `files` by the web server of that name while the context lasts."""
    with TemporaryDirectory(prefix="web-") as made, contextlib.ExitStack() as stack:
        folder = Path(made)
        # Web servers give up root before they look at the first file.
        folder.chmod(0o755)
        root = folder / "site"
        for path, data in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        ports = _free_port(), _free_port()
        certificate = _certificate(folder)
        text = settings_of.config(name, str(root), moved, presentation)
        argv = _PREPARED[name](folder, text, *ports)
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                argv, stdout=log, stderr=log, start_new_session=True
            )
        stack.callback(_stop, process)
        _wait(process, ports[0], folder / "log")
        yield Running(name, *ports, certificate)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _certificate(folder: Path) -> Path:
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    files = ["-keyout", f"{folder}/tls.key", "-out", f"{folder}/tls.pem", "-days", "2"]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    return folder / "tls.pem"


def _changed(text: str, folder: Path, changes: Mapping[str, str]) -> str:
    files = {
        f"/etc/ssl/certs/{HOST}.pem": f"{folder}/tls.pem",
        f"/etc/ssl/private/{HOST}.key": f"{folder}/tls.key",
    }
    for old, new in {**files, **changes}.items():
        assert old in text or old in files, old
        text = text.replace(old, new)
    return text


def _nginx(folder: Path, text: str, secure: int, plain: int) -> list[str]:
    changed = _changed(
        text,
        folder,
        {
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "listen [::]:80;": "",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{secure} ssl http2;",
            "listen [::]:443 ssl http2;": "",
        },
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "site.conf").write_text(changed)
    (folder / "nginx.conf").write_text(
        f"{user}\ndaemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\n"
        f"error_log stderr;\nevents {{ }}\nhttp {{\naccess_log off;\n{places}"
        # As Debian has it: ours goes before it.
        "include /etc/nginx/mime.types;\ndefault_type application/octet-stream;\n"
        f"include {folder}/site.conf;\n}}\n"
    )
    return [servers.program("nginx"), "-c", f"{folder}/nginx.conf", "-e", "stderr"]


def _caddy(folder: Path, text: str, secure: int, plain: int) -> list[str]:
    site = f"https://{HOST}:{secure} {{\n\ttls {folder}/tls.pem {folder}/tls.key"
    changed = _changed(text, folder, {f"\n{HOST} {{": f"\n{site}"})
    # The port is not the usual one, so that Caddy would lead nobody there.
    head = f"{{\n\tadmin off\n\thttp_port {plain}\n}}\n"
    (folder / "Caddyfile").write_text(head + changed)
    config = ["--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"]
    home = [f"XDG_DATA_HOME={folder}/data", f"XDG_CONFIG_HOME={folder}/config"]
    return ["env", *home, servers.program("caddy"), "run", *config]


def _apache(folder: Path, text: str, secure: int, plain: int) -> list[str]:
    changed = _changed(
        text,
        folder,
        {
            "<VirtualHost *:80>": f"<VirtualHost 127.0.0.1:{plain}>",
            "<VirtualHost *:443>": f"<VirtualHost 127.0.0.1:{secure}>",
        },
    )
    modules = Path("/usr/lib/apache2/modules")
    loaded = "".join(
        f"LoadModule {name}_module {modules}/mod_{name}.so\n" for name in _MODULES
    )
    (folder / "site.conf").write_text(changed)
    (folder / "apache.conf").write_text(
        f"{loaded}ServerRoot {folder}\nServerName {HOST}\nPidFile {folder}/pid\n"
        f"Listen 127.0.0.1:{secure}\nListen 127.0.0.1:{plain}\n"
        f"DefaultRuntimeDir {folder}\nMutex file:{folder}\nErrorLog /dev/stderr\n"
        "TypesConfig /etc/mime.types\n"
        "User www-data\nGroup www-data\n"
        # As Debian has them.
        "AddLanguage ja .ja\nAddLanguage en .en\nAddEncoding x-gzip .gz .tgz\n"
        "AddOutputFilterByType DEFLATE text/html text/plain text/css\n"
        f"Include {folder}/site.conf\n"
    )
    return [servers.program("apache2"), "-f", f"{folder}/apache.conf", "-DFOREGROUND"]


_PREPARED = {"nginx": _nginx, "caddy": _caddy, "apache": _apache}
PROGRAMS = {"nginx": "nginx", "caddy": "caddy", "apache": "apache2"}


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _LIMIT
    while True:
        said = log.read_text(errors="replace")
        assert process.poll() is None, said
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        assert time.monotonic() < deadline, said
        time.sleep(0.05)
    # What nginx 1.25.1 says of the form that older ones know; both take it.
    said = re.sub(r'.*"listen ... http2" directive is deprecated.*', "", said)
    assert not re.search(r"\[(warn|emerg|error)\]", said), said


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
