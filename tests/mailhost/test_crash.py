"""What is left when a mail host is killed, and what the next start does about it."""

from __future__ import annotations

import dataclasses
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from mailmanclient import Client

from publisher.mailhost import (
    MailHost,
    MailHostRunningError,
    MailHostSettings,
    loopback,
)
from tests.mailhost.processes import processes_of
from tests.mailhost.stubs import DOMAIN

pytestmark = [pytest.mark.mailman, pytest.mark.enable_socket]

PROGRAM = """
import sys
from pathlib import Path
from publisher.mailhost import MailHostSettings, serve

serve(
    MailHostSettings(
        directory=Path(sys.argv[1]),
        domain=sys.argv[2],
        site_owner="owner@cert.example",
        use_plugin=False,
    ),
    on_progress=lambda line: print(line, flush=True),
)
"""


@contextmanager
def another_process(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Run `serve` in a process of its own; yield when it is up."""
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, directory, DOMAIN],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith("mail is taken at"):
                break
        yield process
    finally:
        process.kill()
        process.communicate()


def eventually(condition: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def master_of(directory: Path) -> int:
    return int((directory / "master.pid").read_text(encoding="ascii"))


def parent_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    return int(status.rpartition(")")[2].split()[1])


def mailman_of(directory: Path) -> list[int]:
    return processes_of(directory / "etc" / "mailman.cfg")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything_in_order(
    settings: MailHostSettings, number: signal.Signals
) -> None:
    with another_process(settings.directory) as process:
        process.send_signal(number)
        said, _ = process.communicate(timeout=20)

        assert process.returncode == 0
        assert said.splitlines()[-1] == "stopped"
        assert processes_of(settings.directory) == []
        assert list((settings.directory / "locks").iterdir()) == []


def test_a_mailman_that_dies_ends_the_program(settings: MailHostSettings) -> None:
    with another_process(settings.directory) as process:
        os.kill(master_of(settings.directory), signal.SIGKILL)
        process.wait(20)

        assert process.returncode == 1
        assert processes_of(settings.directory) == []


def test_mailman_ends_by_itself_when_its_host_is_killed(
    settings: MailHostSettings,
) -> None:
    with another_process(settings.directory) as process:
        process.kill()
        process.wait()

        assert eventually(lambda: mailman_of(settings.directory) == [])
        assert not (settings.directory / "master.pid").exists()


def test_runners_end_when_the_host_and_the_master_are_killed(
    settings: MailHostSettings,
) -> None:
    with another_process(settings.directory) as process:
        os.kill(master_of(settings.directory), signal.SIGKILL)
        process.kill()
        process.wait()

        assert eventually(lambda: mailman_of(settings.directory) == [])
        assert (settings.directory / "master.pid").exists()


def test_a_start_right_after_a_kill_works_and_keeps_the_lists(
    settings: MailHostSettings,
) -> None:
    with MailHost(settings) as host:
        client = Client(host.rest_url, host.rest_user, host.rest_password)
        client.create_domain(DOMAIN).create_list("alerts")
    with another_process(settings.directory) as process:
        process.kill()
        process.wait()

        with MailHost(settings) as host:
            client = Client(host.rest_url, host.rest_user, host.rest_password)
            assert [it.list_name for it in client.lists] == ["alerts"]
            assert len(mailman_of(settings.directory)) == 12
    assert processes_of(settings.directory) == []


def test_a_mailman_that_hangs_is_killed_by_the_next_start(
    settings: MailHostSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publisher.mailhost.stale._TERM_LIMIT", 0.5)
    with another_process(settings.directory) as process:
        hung = mailman_of(settings.directory)
        for pid in hung:
            os.kill(pid, signal.SIGSTOP)
        process.kill()
        process.wait()

        with MailHost(settings) as host:
            host.check()
            assert set(mailman_of(settings.directory)).isdisjoint(hung)
    assert processes_of(settings.directory) == []


def test_stale_locks_and_pid_files_are_no_hindrance(settings: MailHostSettings) -> None:
    with MailHost(settings):
        locks = [
            file.name for file in (settings.directory / "locks").glob("master.lck*")
        ]
    assert len(locks) == 2
    for name in (*locks, "dbcreate.lck", "mailman-cfg.lck"):
        (settings.directory / "locks" / name).write_text("stale", encoding="ascii")
    # The number of a process that has nothing to do with it.
    (settings.directory / "master.pid").write_text(f"{os.getppid()}", encoding="ascii")

    with MailHost(settings) as host:
        assert master_of(settings.directory) != os.getppid()
        host.check()
    os.kill(os.getppid(), 0)


def test_a_database_that_was_only_half_made_is_made_again(
    settings: MailHostSettings,
) -> None:
    data = settings.directory / "data"
    data.mkdir(parents=True)
    with closing(sqlite3.connect(data / "mailman.db")) as database:
        database.execute("CREATE TABLE user (_preferred_address_id REFERENCES address)")

    with MailHost(settings) as host:
        client = Client(host.rest_url, host.rest_user, host.rest_password)
        client.create_domain(DOMAIN)
    with MailHost(settings) as host:
        client = Client(host.rest_url, host.rest_user, host.rest_password)
        assert [domain.mail_host for domain in client.domains] == [DOMAIN]


def test_a_second_program_is_refused_while_one_runs(settings: MailHostSettings) -> None:
    with another_process(settings.directory) as process:
        with pytest.raises(MailHostRunningError, match=f"process {process.pid}"):
            MailHost(settings).start()

        assert process.poll() is None
        assert len(mailman_of(settings.directory)) == 12


def test_runners_that_die_are_replaced(settings: MailHostSettings) -> None:
    with MailHost(settings) as host:
        master = master_of(settings.directory)
        first = set(mailman_of(settings.directory)) - {master}
        for pid in first:
            os.kill(pid, signal.SIGKILL)

        def replaced() -> bool:
            now = set(mailman_of(settings.directory))
            return len(now) == 12 and now.isdisjoint(first)

        assert eventually(replaced)
        host.check()
        for port in dataclasses.astuple(host._running):
            assert eventually(lambda port=port: loopback.answers(port))  # type: ignore[misc]
        client = Client(host.rest_url, host.rest_user, host.rest_password)
        client.create_domain(DOMAIN).create_list("alerts")
        host.deliver(b"Subject: x\n\n", "a@example.org", f"alerts-join@{DOMAIN}")


def test_an_orphaned_rest_worker_ends(settings: MailHostSettings) -> None:
    """It would keep the port from the REST runner that comes next."""
    with MailHost(settings) as host:
        master = master_of(settings.directory)
        before = mailman_of(settings.directory)
        [worker] = [
            pid for pid in before if parent_of(pid) not in {master, os.getpid()}
        ]
        os.kill(parent_of(worker), signal.SIGKILL)

        assert eventually(lambda: worker not in mailman_of(settings.directory))
        assert eventually(lambda: len(mailman_of(settings.directory)) == 12)
        assert eventually(lambda: loopback.answers(host._running.rest))
        client = Client(host.rest_url, host.rest_user, host.rest_password)
        assert client.domains == []


def test_an_error_in_the_block_ends_mailman_too(settings: MailHostSettings) -> None:
    with pytest.raises(ZeroDivisionError), MailHost(settings):
        _ = 1 / 0

    assert processes_of(settings.directory) == []
