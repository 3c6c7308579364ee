"""`publisher leave-page`: the page on which subscribers leave."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from publisher import leave
from publisher.errors import SettingsError
from publisher.leave import server
from publisher.wiring import Project
from tests.cli.terminal import Desk, path, run

pytestmark = [pytest.mark.gpg, pytest.mark.enable_socket]

URL = 'leave_url = "https://lists.cert.example/leave"\n'


def name_the_page(desk: Desk) -> None:
    """Name the page, and a list server where none answers."""
    file = desk.root / "publisher.toml"
    text = file.read_text(encoding="utf-8")
    head, found, _ = text.partition("[mailman]\n")
    assert found
    lists = text[text.index("[[lists]]") :]
    server = f'url = "http://127.0.0.1:9/3.1"\n{URL}\n'
    file.write_text(f"{head}{found}{server}{lists}", encoding="utf-8")


def query(desk: Desk) -> str:
    [mailing_list, *_] = Project(desk.root).settings.lists
    return f"list={mailing_list.list_id}&member={'0' * 32}&token={'A' * 43}"


def test_the_page_is_served_until_ctrl_c(desk: Desk) -> None:
    name_the_page(desk)
    child = subprocess.Popen(
        [sys.executable, "-m", "publisher", "leave-page", "--port", "0"],
        cwd=desk.root,
        env={
            **os.environ,
            "PYTHONPATH": path(),
            "PYTHONUNBUFFERED": "1",
            "PUBLISHER_MAILMAN_PASSWORD": "secret",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert child.stdout is not None
        [url] = re.findall(r"http://127\.0\.0\.1:\d+", child.stdout.readline().decode())
        where = f"{url}/leave?{query(desk)}"
        with urlopen(where, timeout=10) as answer:
            page = answer.read()
        one_click = Request(where, data=b"List-Unsubscribe=One-Click")
        with pytest.raises(HTTPError) as refused:
            urlopen(one_click, timeout=10)
        refused.value.close()
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=10)
    finally:
        child.kill()
        child.communicate()

    assert b"<button" in page
    assert refused.value.code == 503
    assert child.returncode == 0
    assert b"AAAA" not in errors
    assert b"Traceback" not in errors


@pytest.mark.usefixtures("desk")
def test_a_project_that_names_no_page_is_told_what_to_do() -> None:
    result = run("leave-page", code=2)

    assert "set mailman.leave_url" in result.stderr


def test_a_port_in_use_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISHER_MAILMAN_PASSWORD", "secret")
    name_the_page(desk)
    with server.serving(leave.application(desk.root)) as url:
        port = url.rpartition(":")[2]

        result = run("leave-page", "--port", port, code=3)

    assert "choose another one" in result.stderr


def test_the_application_of_no_project_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"there is no publisher\.toml"):
        leave.application(str(tmp_path))
