"""A passphrase goes from the signer to the agent, and never through this program."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli import pinentry, terminal
from tests.cli.pinentry import PASSPHRASE, Locked, Terminal
from tests.cli.terminal import Desk

pytestmark = pytest.mark.gpg


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Locked]:
    with pinentry.locked(tmp_path_factory.mktemp("safe")) as made:
        yield made


@pytest.fixture
def locked(safe: Locked) -> Locked:
    """A key whose pinentry knows the passphrase."""
    safe.forget()
    safe.answer(PASSPHRASE)
    return safe


def project(locked: Locked, tmp_path: Path) -> Desk:
    """Make a project that pins the locked key."""
    home = str(locked.key.home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNUPGHOME", home)
        options = ("--key", locked.key.fingerprint)
        terminal.run("init", str(tmp_path / "ours"), *options)
    terminal.work_alone(tmp_path / "ours")
    return Desk(tmp_path / "ours", locked.key)


def signing(desk: Desk, *options: str) -> Terminal:
    environment = {k: v for k, v in os.environ.items() if k != "GPG_TTY"} | {
        "GNUPGHOME": str(desk.key.home),
        "PYTHONPATH": terminal.path(),
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
    }
    return Terminal("sign", *options, folder=desk.root, environment=environment)


def test_the_agent_asks_at_the_signers_own_terminal(
    locked: Locked, tmp_path: Path
) -> None:
    desk = project(locked, tmp_path)
    screen = signing(desk)

    screen.wait_for("Sign 3 texts as shown? [y/N]: ")
    assert "GETPIN" not in locked.asked
    screen.type("y\n")

    assert screen.end() == 0
    assert desk.signed() == ["r1.en.txt.asc", "r1.ja.txt.asc"]
    assert locked.asked.count("GETPIN") == 3
    assert any(line.startswith("OPTION ttyname=/dev/pts/") for line in locked.asked)


def test_the_program_never_sees_the_passphrase(locked: Locked, tmp_path: Path) -> None:
    desk = project(locked, tmp_path)
    # The agent asks for each text. Once it has one and waits for the other, the
    # program has done all that it ever does with a key.
    locked.hold()
    screen = signing(desk, "--yes")
    screen.wait_for("signed   ")

    held = pinentry.memory(screen.pid)
    locked.go_on()

    assert screen.end() == 0
    assert desk.key.fingerprint.encode() in held
    assert PASSPHRASE.encode() not in held
    assert PASSPHRASE.encode() not in screen.seen
    for file in desk.root.rglob("*"):
        assert not file.is_file() or PASSPHRASE.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("answer", "reason", "times"),
    [("wrong", "Bad passphrase", 3), ("", "Operation cancelled", 1)],
    ids=["wrong", "cancelled"],
)
def test_without_the_passphrase_nothing_is_signed(
    locked: Locked, tmp_path: Path, answer: str, reason: str, times: int
) -> None:
    desk = project(locked, tmp_path)
    locked.answer(answer)
    screen = signing(desk, "--yes")

    assert screen.end() == 3, screen.seen.decode()
    shown = screen.seen.decode()
    assert f"gpg did not sign with {desk.key.fingerprint}: {reason}" in shown
    assert "Traceback" not in shown
    assert locked.asked.count("GETPIN") == times
    assert desk.signed() == []


def test_offline_the_agent_asks_at_the_signers_own_terminal_too(
    locked: Locked, tmp_path: Path
) -> None:
    desk = project(locked, tmp_path)
    stick = tmp_path / "stick"
    terminal.run("sign", "--export", str(stick), "--project", str(desk.root))
    screen = Terminal(
        program=("sh", "sign.sh"),
        folder=stick,
        environment={
            "PATH": os.environ["PATH"],
            "GNUPGHOME": str(desk.key.home),
            "PAGER": "cat",
            "TERM": "xterm",
        },
    )

    screen.wait_for("Sign ")
    assert "GETPIN" not in locked.asked
    screen.type("y\nq\n")

    assert screen.end() == 0, screen.seen.decode()
    assert locked.asked.count("GETPIN") == 1
    assert any(line.startswith("OPTION ttyname=/dev/pts/") for line in locked.asked)
    assert len(list(stick.glob("signed/*/*.asc"))) == 1


@pytest.mark.skipif(not shutil.which("pinentry-curses"), reason="it is not installed")
def test_what_is_typed_reaches_the_agents_own_window(tmp_path: Path) -> None:
    with pinentry.locked(tmp_path, shutil.which("pinentry-curses")) as locked:
        desk = project(locked, tmp_path)
        screen = signing(desk, "--yes")
        for _ in range(3):
            screen.wait_for("<OK>")
            screen.type(f"{PASSPHRASE}\r")
            screen.forget()

        assert screen.end() == 0
        assert desk.signed() == ["r1.en.txt.asc", "r1.ja.txt.asc"]
