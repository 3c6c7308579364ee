"""Processes, locks and files that other mail hosts have left, without Mailman."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from publisher.mailhost import (
    MailHostError,
    MailHostRunningError,
    files,
    process,
    stale,
)
from publisher.mailhost.lock import DirectoryLock

STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    (tmp_path / "etc").mkdir()
    (tmp_path / "logs").mkdir()
    return tmp_path / "etc" / "mailman.cfg"


def lookalike(*arguments: str | Path) -> subprocess.Popen[bytes]:
    """Start a process with these arguments, and wait until they can be seen."""
    child = subprocess.Popen(
        [sys.executable, "-c", "print(1, flush=True); input()", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.readline()
    return child


def end(*children: subprocess.Popen[bytes]) -> None:
    for child in children:
        child.kill()
        child.communicate()


def test_only_a_mailman_with_this_configuration_is_ended(configuration: Path) -> None:
    mine = lookalike(process.SCRIPT, "root", configuration)
    others = [
        lookalike(process.SCRIPT, "root", configuration.with_name("other.cfg")),
        lookalike("less", configuration),
        lookalike(process.SCRIPT),
    ]

    try:
        stale.end_processes(configuration)

        assert mine.wait(5) == -signal.SIGTERM
        assert [other.poll() for other in others] == [None, None, None]
    finally:
        end(mine, *others)


def test_a_process_that_cannot_be_ended_is_an_error(
    configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stale, "_TERM_LIMIT", 0.1)
    monkeypatch.setattr(stale, "_KILL_LIMIT", 0.1)
    monkeypatch.setattr(signal, "pidfd_send_signal", lambda *_: None)
    child = lookalike(process.SCRIPT, configuration)

    try:
        with pytest.raises(MailHostError, match=r"earlier run .* cannot be ended"):
            stale.end_processes(configuration)
    finally:
        end(child)


def test_a_process_that_ends_while_it_is_looked_at_is_no_error(
    configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = lookalike(process.SCRIPT, configuration)
    gone = lookalike()
    end(gone)
    reaped = os.pidfd_open(child.pid)
    pidfd_open = os.pidfd_open

    def open_late(pid: int) -> int:
        """Return a process that is there, but let it be gone when it is read."""
        fd = pidfd_open(pid)
        end(child)
        return fd

    monkeypatch.setattr(stale, "_pids", lambda: [gone.pid, child.pid])
    monkeypatch.setattr(os, "pidfd_open", open_late)
    stale.end_processes(configuration)
    stale._signal(reaped, signal.SIGTERM)
    os.close(reaped)

    assert child.returncode == -signal.SIGKILL


def test_a_master_that_does_not_stop_is_killed(
    configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = configuration.parent / "a" / "b" / "c" / "stubborn.py"
    script.parent.mkdir(parents=True)
    script.write_text(STUBBORN, encoding="ascii")
    monkeypatch.setattr(process, "SCRIPT", script)
    output = configuration.with_name("output")
    master = process.Master(configuration, output, stop_limit=0.2)
    master.start()
    while not output.read_text(encoding="ascii"):
        time.sleep(0.02)

    with pytest.raises(MailHostError, match=r"did not stop within 0\.2 seconds"):
        master.stop()

    assert not master.is_running
    master.stop()


def test_mailman_gets_an_environment_without_surprises(
    configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILMAN_EXTRA_TESTING_CFG", "/etc/other.cfg")
    monkeypatch.setenv("LANG", "ja_JP.eucJP")
    monkeypatch.setenv("LC_TIME", "ja_JP.eucJP")
    monkeypatch.setenv("HOME", "/somewhere")

    environment = process._environment(configuration)

    assert {
        name: value
        for name, value in environment.items()
        if name.startswith(("MAILMAN_", "LC_", "LANG"))
    } == {"MAILMAN_CONFIG_FILE": str(configuration), "LC_ALL": "C.UTF-8"}
    assert environment["HOME"] == "/somewhere"


def test_a_directory_has_one_holder(tmp_path: Path) -> None:
    first, second = (DirectoryLock(tmp_path / "host.lock") for _ in range(2))
    first.acquire()

    with pytest.raises(MailHostRunningError, match=f"process {os.getpid()}"):
        second.acquire()
    first.release()
    first.release()
    second.acquire()
    second.release()


def test_a_lock_without_a_number_in_it_is_a_lock(tmp_path: Path) -> None:
    first, second = (DirectoryLock(tmp_path / "host.lock") for _ in range(2))
    first.acquire()
    (tmp_path / "host.lock").write_bytes(b"")

    with pytest.raises(MailHostRunningError, match="process unknown"):
        second.acquire()
    first.release()


def test_the_tail_of_logs_is_their_end(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    lines = "".join(f"line {number}\n" for number in range(100))
    files.output(tmp_path).write_text(lines + "終\n", encoding="utf-8")

    tail = files.tail_of_logs(tmp_path).splitlines()

    assert len(tail) == 20
    assert tail[-2:] == ["line 99", "終"]
