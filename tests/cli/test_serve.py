from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from urllib.request import urlopen

import pytest

from tests.cli.terminal import Desk, path, run

pytestmark = [pytest.mark.gpg, pytest.mark.enable_socket]


def test_the_site_is_served_until_ctrl_c(desk: Desk) -> None:
    run("sign", "--yes")
    run("build")
    child = subprocess.Popen(
        [sys.executable, "-m", "publisher", "serve", "--port", "0"],
        cwd=desk.root,
        env={**os.environ, "PYTHONPATH": path(), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    told = child.stdout.readline().decode()
    (url,) = re.findall(r"http://127\.0\.0\.1:\d+/", told)

    name = desk.folder().name
    served = f"advisories/{name.split('-')[1]}/{name}/r1.ja.txt.asc"
    with urlopen(f"{url}{served}", timeout=10) as answer:
        assert answer.read() == (desk.folder() / "r1.ja.txt.asc").read_bytes()
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=10)

    assert child.returncode == 0
    assert errors == b""


@pytest.mark.usefixtures("desk")
def test_what_is_not_built_cannot_be_served() -> None:
    result = run("serve", code=2)

    assert "holds no site yet: run `publisher build`" in result.stderr


@pytest.mark.usefixtures("desk")
def test_a_port_that_cannot_be_is_refused() -> None:
    assert "65536 is not in the range" in run("serve", "-p", "65536", code=2).stderr
