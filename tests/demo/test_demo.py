"""The main job on real parts, and that it ends cleanly however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.demo import promises
from publisher.demo.facts import Facts

pytestmark = [pytest.mark.gpg, pytest.mark.mailman]

_PATIENCE = 90.0


def demo(temporary: Path, *options: str) -> subprocess.Popen[str]:
    """Start the demo with temporary files of its own."""
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "publisher", "demo", *options],
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(line: str, process: subprocess.Popen[str]) -> str:
    """Read what the demo says until it says `line`."""
    assert process.stdout is not None
    said = ""
    while line not in said:
        more = process.stdout.readline()
        assert more, said
        said += more
    return said


def processes_in(folder: Path) -> list[str]:
    """Return the command lines that name `folder`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


def gone(folder: Path) -> bool:
    """Tell whether all processes of `folder` end within a few seconds."""
    deadline = time.monotonic() + 10
    while processes_in(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A short path, since the agent of gpg puts a socket below it."""
    folder = tmp_path_factory.getbasetemp() / f"t{time.monotonic_ns() % 10**6}"
    folder.mkdir()
    yield folder
    assert gone(folder)


def test_the_demo_shows_every_promise_and_all_of_them_hold(
    temporary: Path, tmp_path: Path
) -> None:
    kept = temporary / "kept"
    process = demo(temporary, "--keep", str(kept))

    said, _ = process.communicate(timeout=_PATIENCE)

    assert process.returncode == 0, said
    rows = [line for line in said.split("\n") if line.startswith(("holds ", "BROKEN"))]
    assert [row.split("  ")[1].strip() for row in rows] == list(promises.ALL)
    assert "BROKEN" not in said
    assert (kept / "project" / "site" / "index.html").is_file()
    assert str(kept / "project" / "site") in said
    for reader in ("hanako", "john"):
        mailbox = kept / "mailhost" / "mailboxes" / f"{reader}@reader.example"
        assert str(mailbox) in said
        assert list((mailbox / "new").iterdir())
    assert list(tmp_path.iterdir()) == []


def test_a_script_gets_json_and_no_files(temporary: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "publisher", "demo", "--json"],
        env=os.environ | {"TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )

    shown = json.loads(process.stdout)
    assert process.returncode == 0, process.stderr
    assert [fact["promise"] for fact in shown] == list(promises.ALL)
    assert all(fact["holds"] and fact["seen"] for fact in shown)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("step", ["1. ", "3. ", "5. "])
def test_an_interrupted_demo_ends_everything(
    temporary: Path, step: str, number: signal.Signals
) -> None:
    process = demo(temporary)
    wait_for(step, process)
    if step == "1. ":
        # In the middle of starting Mailman.
        time.sleep(0.3)

    process.send_signal(number)
    said, _ = process.communicate(timeout=20)

    assert process.returncode != 0
    assert "Traceback" not in said
    assert gone(temporary)
    assert list(temporary.iterdir()) == []


@pytest.mark.enable_socket
def test_the_site_is_served_until_it_is_interrupted(temporary: Path) -> None:
    from urllib.request import urlopen

    process = demo(temporary, "--serve", "--keep", str(temporary / "kept"))
    said = wait_for("until Ctrl-C", process)
    url = said.rpartition("http://")[2].partition(" ")[0]

    with urlopen(f"http://{url}ja/index.html", timeout=10) as answer:
        page = answer.read().decode()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)

    assert "Hayabusa Server" in page
    assert process.returncode == 0


def test_one_broken_promise_breaks_the_demo() -> None:
    said: list[str] = []
    facts = Facts(said.append)

    seen = [facts.hold]
    facts.note(promises.JOIN, holds=True, seen="yes")
    seen.append(facts.hold)
    facts.note(promises.SAME, holds=False, seen="1 of 2")
    seen.append(facts.hold)

    assert seen == [False, True, False]
    assert "NOT SO" in said[-1]
    assert facts.table().split("\n")[-1].startswith("BROKEN")
