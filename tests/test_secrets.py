"""Neither secrets nor what is under embargo come to light, whatever goes wrong.

The commands are real processes that log all they can.
"""

from __future__ import annotations

import base64
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click
import pytest

from publisher import config
from publisher.adapters.mailman import MailmanLists
from publisher.cli import cli
from publisher.errors import SettingsError
from publisher.model.settings import Mailman
from tests.cli.conftest import desk, gnupg, template  # noqa: F401  (fixtures)
from tests.cli.terminal import Desk, copy, path, run
from tests.keys import Key

SECRET = "wallflower-4711-秘密"
SHAPES = (
    SECRET,
    base64.b64encode(f"restadmin:{SECRET}".encode()).decode(),
    SECRET.encode("unicode_escape").decode(),
)
"""As it is, as it travels, as Python might show it."""
MARKER = "Zauberlehrling"
LOUD = (
    "import logging; logging.basicConfig(level=logging.DEBUG); "
    "from publisher.cli import main; main()"
)


@dataclass
class Server:
    """Gives the same answer to everything, and looks around while it is asked."""

    status: int
    body: bytes
    heads: list[str] = field(default_factory=list)
    """The Authorization fields that came in."""
    processes: set[str] = field(default_factory=set)
    """The command lines of all processes of this machine."""
    url: str = ""

    def __enter__(self) -> Server:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.heads.append(self.headers.get("Authorization", ""))
                outer.processes |= command_lines()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(outer.body)))
                self.send_header("Location", "http://elsewhere.example/")
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def command_lines() -> set[str]:
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        found.add(line.replace(b"\0", b" ").decode(errors="replace"))
    return found


def loud(
    folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process that logs everything to its standard error."""
    return subprocess.run(
        [sys.executable, "-c", LOUD, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path(), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )


def files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file())


def holding(folder: Path, text: str) -> list[str]:
    """Return the names of the files below a folder that hold a text."""
    return [
        str(file.relative_to(folder))
        for file in files(folder)
        if text.encode() in file.read_bytes()
    ]


@pytest.fixture
def fresh(template: Path, tmp_path: Path, gnupg: Key) -> Desk:  # noqa: F811
    """A project whose list server is a real one."""
    return copy(template, tmp_path / "ours", gnupg)


@pytest.mark.gpg
@pytest.mark.enable_socket
@pytest.mark.parametrize("source", ["env", "file", "command"])
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, b'{"description": "REST API authorization failed"}'),
        (500, b"<html>Internal Server Error</html>"),
        (200, b"\x00\xffgarbage"),
        (200, b"[1, 2]"),
        (403, b'{"description": 1}'),
        (302, b""),
    ],
)
def test_the_password_of_the_list_server_is_told_to_nobody_else(
    fresh: Desk, tmp_path: Path, source: str, status: int, body: bytes
) -> None:
    kept = tmp_path / "kept"
    kept.write_text(SECRET, encoding="utf-8")
    kept.chmod(0o600)
    places = {
        "env": '{ env = "SECRET" }',
        "file": f'{{ file = "{kept}" }}',
        "command": f'{{ command = ["cat", "{kept}"] }}',
    }
    with Server(status, body) as server:
        fresh.settings(
            ("http://127.0.0.1:8001", server.url),
            ('{ file = ".publisher/mailhost/rest-password" }', places[source]),
        )
        environment = {"SECRET": SECRET} if source == "env" else {}
        done = loud(fresh.root, "lists", "plan", "--json", **environment)

    told = (done.stdout + done.stderr).decode()
    assert done.returncode == 3, told
    assert "Traceback" not in told
    assert "DEBUG:publisher.adapters.mailman.server:GET http" in told
    assert server.heads[0] == f"Basic {SHAPES[1]}"
    assert any("lists plan --json" in line for line in server.processes)
    for shape in SHAPES:
        assert shape not in told
        assert not [line for line in server.processes if shape in line]
        assert holding(fresh.root, shape) == []


@pytest.mark.enable_socket
def test_the_password_does_not_go_through_a_proxy_for_plain_http(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Server(200, b"{}") as proxy, Server(404, b"{}") as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        lists = MailmanLists(Mailman(f"{server.url}/3.1", "restadmin", 5.0), SECRET)

        assert lists.plugin_version() is None

    assert server.heads == [f"Basic {SHAPES[1]}"]
    assert proxy.heads == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('url = "https://www', 'url = "https://us:wallflower@www'),
        ('url = "https://www', 'url = "https://:wallflower@www'),
        ('url = "http://127', 'url = "http://restadmin:wallflower@127'),
        ('password = { env = "PUBLISHER_MAILMAN_PASSWORD" }',
         'password = "wallflower"'),
        ("password = {", 'passwort = "wallflower"\npassword = {'),
        ("password = {", 'password = "wallflower" # {'),
        ("password = {", 'password = ["wallflower"] # {'),
        ("password = {", "password = wallflower # {"),
        ("[mailman]", '[secrets]\nmailman = "wallflower"\n[mailman]'),
    ],
)  # fmt: skip
def test_a_secret_in_the_settings_is_refused_and_not_shown(old: str, new: str) -> None:
    text = Path("publisher.toml").read_text(encoding="utf-8")
    assert old in text

    with pytest.raises(SettingsError) as caught:
        config.parse(text.replace(old, new))

    assert "wallflower" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("http://127.0.0.1:8001/3.1", True),
        ("http://[::1]:8001/3.1", True),
        ("http://localhost:8001/3.1", True),
        ("https://lists.cert.example/3.1", True),
        ("http://lists.cert.example/3.1", False),
        ("http://192.0.2.7:8001/3.1", False),
        ("http://localhost.cert.example/3.1", False),
        ("http://127.0.0.1.cert.example/3.1", False),
    ],
)
def test_the_password_crosses_no_network_in_the_clear(url: str, fine: bool) -> None:
    text = Path("publisher.toml").read_text(encoding="utf-8")
    changed = re.sub(r'(?<=\[mailman\]\nurl = ")[^"]+', url, text)
    assert url in changed

    if fine:
        settings = config.parse(changed)
        assert settings.mailman is not None
        assert settings.mailman.url == url
    else:
        with pytest.raises(SettingsError, match="readably over the network"):
            config.parse(changed)


def parameters() -> list[tuple[str, click.Parameter]]:
    found: list[tuple[str, click.Parameter]] = []
    left: list[tuple[str, click.Command]] = [("publisher", cli)]
    while left:
        name, command = left.pop()
        found += [(f"{name} {each.name}", each) for each in command.params]
        if isinstance(command, click.Group):
            context = click.Context(command)
            for sub in command.list_commands(context):
                inner = command.get_command(context, sub)
                assert inner is not None
                left.append((f"{name} {sub}", inner))
    return found


def test_no_option_takes_a_secret() -> None:
    found = parameters()
    words = re.compile(r"pass|secret|token|credential|auth\b|\bpin\b|pwd|login|phrase")

    assert len(found) > 30
    for name, parameter in found:
        spelled = [*parameter.opts, *parameter.secondary_opts, parameter.name or ""]
        assert not [each for each in spelled if words.search(each)], name
        assert not getattr(parameter, "hide_input", False), name
        assert parameter.envvar is None, name


def embargo(desk: Desk) -> None:  # noqa: F811
    """Put the project's advisory under embargo, with the marker in every part of it."""
    old = desk.folder()
    new = desk.root / "advisories" / "2098" / "CSIRT-2098-0001"
    new.parent.mkdir()
    old.rename(new)
    for source in new.glob("*.md"):
        text = source.read_text(encoding="utf-8").replace(old.name, new.name)
        text = re.sub(r"date: [^,]+,", "date: 2098-01-01T00:00:00+09:00,", text)
        text = re.sub(r'(?m)^(title: "?)', rf"\g<1>{MARKER} ", text)
        text = re.sub(r"(?m)^## .*$", rf"\g<0> {MARKER}", text)
        source.write_text(f"{text}\n{MARKER}\n", encoding="utf-8")


@pytest.mark.gpg
@pytest.mark.parametrize(
    "commands",
    [
        [("sign", "--yes"), ("build",), ("push",)],
        [("publish", "--yes"), ("publish", "--yes")],
        [("sign", "--yes"), ("build", "--json"), ("push", "--dry-run", "--json"),
         ("keys", "--texts"), ("keys", "--json")],
        [("sign", "--yes"), ("sign", "--yes", "--again"), ("lint",),
         ("publish", "--dry-run")],
    ],
    ids=lambda commands: " ".join(commands[0]),
)  # fmt: skip
def test_what_is_under_embargo_is_only_in_its_folder(
    desk: Desk,  # noqa: F811
    commands: list[tuple[str, ...]],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    caplog.set_level(logging.DEBUG)
    run("lists", "apply")
    embargo(desk)

    outputs = [run(*arguments).output for arguments in commands]

    signed = desk.folder() / "r1.en.txt.asc"
    assert signed.read_text(encoding="utf-8").count(MARKER) >= 3
    assert all(MARKER not in output for output in outputs)
    assert MARKER not in caplog.text
    assert [n for n in holding(desk.root, MARKER) if not n.startswith("adv")] == []
    assert list(files(temporary)) == []
    assert desk.lists.mails == []
    assert not list((desk.site / "advisories").glob("**/ADV-*"))


@pytest.mark.gpg
@pytest.mark.parametrize("mode", [None, 0o755, 0o777])
def test_nobody_else_can_look_into_the_local_state(
    desk: Desk,  # noqa: F811
    mode: int | None,
) -> None:
    state = desk.root / ".publisher"
    if mode is not None:
        state.mkdir()
        state.chmod(mode)

    run("status")

    assert state.stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    "url",
    ["https://us:wallflower@www.cert.example", "http://:wallflower@www.cert.example/x"],
)
def test_a_password_in_an_address_on_the_command_line_is_refused(url: str) -> None:
    result = run("verify", url, code=2)

    assert "without a user's name or password" in result.stderr
    assert "wallflower" not in result.output
