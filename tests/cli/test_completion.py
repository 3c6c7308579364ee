from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from publisher.ports import Outcome
from publisher.wiring import Project
from tests.cli import terminal
from tests.cli.terminal import Desk, run

pytestmark = pytest.mark.gpg


def offered(folder: Path, *words: str) -> list[str]:
    """Return what bash is told to offer for the last of `words`."""
    done = terminal.process(
        folder=folder,
        environment={
            "_PUBLISHER_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(("publisher", *words)),
            "COMP_CWORD": str(len(words)),
        },
    )
    assert done.stderr == b""
    lines = done.stdout.decode().splitlines()
    return [line.partition(",")[2] for line in lines if line]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_printed(shell: str) -> None:
    script = run("completion", shell).stdout

    assert f"_PUBLISHER_COMPLETE={shell}_complete" in script
    if found := shutil.which(shell):
        subprocess.run([found, "-n"], input=script.encode(), check=True)


def test_another_shell_is_refused() -> None:
    run("completion", "tcsh", code=2)


def test_commands_are_offered(tmp_path: Path) -> None:
    assert offered(tmp_path, "pu") == ["push", "publish"]


@pytest.mark.parametrize("command", ["lint", "preview", "sign", "publish", "status"])
def test_the_ids_of_the_project_are_offered(desk: Desk, command: str) -> None:
    name = desk.folder().name

    assert offered(desk.root, command, "adv-") == [name]
    assert offered(desk.root, command, name[:-1]) == [name]
    assert offered(desk.root, command, "XYZ") == []


def test_the_ids_of_the_named_project_are_offered(desk: Desk, tmp_path: Path) -> None:
    words = ("lint", "-C", str(desk.root), "ADV")

    assert offered(tmp_path, *words) == [desk.folder().name]


def test_the_languages_of_the_project_are_offered(desk: Desk) -> None:
    assert offered(desk.root, "new", "note", "--language", "") == ["ja", "en"]
    assert offered(desk.root, "new", "note", "--language", "j") == ["ja"]


def test_the_mails_of_unknown_outcome_are_offered(desk: Desk) -> None:
    run("lists", "apply")
    run("publish", "--yes")
    assert offered(desk.root, "settle", "") == []
    project = Project.find(desk.root)
    mail = desk.lists.mails[0]
    project.journal.record(mail, Outcome.INTENDED, project.clock())
    project.close()

    assert offered(desk.root, "settle", "") == [mail.message_id]


def test_trouble_offers_nothing_and_says_nothing(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "nowhere").mkdir()
    assert offered(tmp_path / "nowhere", "lint", "A") == []
    assert offered(tmp_path / "nowhere", "settle", "") == []
    assert offered(tmp_path / "nowhere", "preview", "-l", "") == []

    (desk.root / "publisher.toml").write_text("[team", encoding="utf-8")
    (desk.root / ".publisher").mkdir()
    (desk.root / ".publisher" / "journal.sqlite").write_bytes(b"no database" * 100)

    assert offered(desk.root, "new", "note", "-l", "") == []
    assert offered(desk.root, "settle", "") == []


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_bash_itself_completes_an_id(desk: Desk, tmp_path: Path) -> None:
    name = desk.folder().name
    program = tmp_path / "publisher"
    program.write_text(
        f"#!/bin/sh\nexec env PYTHONPATH={terminal.path()} "
        f'{sys.executable} -m publisher "$@"\n'
    )
    program.chmod(0o755)
    script = (
        f'PATH={tmp_path}:$PATH; eval "$(publisher completion bash)"\n'
        f"COMP_WORDS=(publisher lint {name[:5]}); COMP_CWORD=2\n"
        '_publisher_completion publisher; printf "%s\\n" "${COMPREPLY[@]}"\n'
    )

    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=desk.root,
        check=True,
        capture_output=True,
        text=True,
    )

    assert done.stdout == f"{name}\n"
