from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click import shell_completion

from publisher.cli import cli
from publisher.ports import Outcome
from publisher.wiring import Project
from tests.cli import terminal
from tests.cli.terminal import Desk, run

pytestmark = pytest.mark.gpg


def offered(*words: str) -> list[str]:
    """Return what a shell is told to offer for the last of `words`."""
    *before, incomplete = words
    asked = shell_completion.BashComplete(cli, {}, "publisher", "_PUBLISHER_COMPLETE")
    return [item.value for item in asked.get_completions(before, incomplete)]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_printed(shell: str) -> None:
    script = run("completion", shell).stdout

    assert f"_PUBLISHER_COMPLETE={shell}_complete" in script
    if found := shutil.which(shell):
        subprocess.run([found, "-n"], input=script.encode(), check=True)


def test_another_shell_is_refused() -> None:
    run("completion", "tcsh", code=2)


def test_commands_are_offered() -> None:
    assert offered("pu") == ["push", "publish"]


@pytest.mark.parametrize("command", ["lint", "preview", "sign", "publish", "status"])
def test_the_ids_of_the_project_are_offered(desk: Desk, command: str) -> None:
    name = desk.folder().name

    assert offered(command, "csirt-") == [name]
    assert offered(command, name[:-1]) == [name]
    assert offered(command, "XYZ") == []


def test_the_ids_of_the_named_project_are_offered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")

    assert offered("lint", "-C", str(desk.root), "CSIRT") == [desk.folder().name]


@pytest.mark.usefixtures("desk")
def test_the_languages_of_the_project_are_offered() -> None:
    assert offered("new", "note", "--language", "") == ["ja", "en"]
    assert offered("new", "note", "--language", "j") == ["ja"]


def test_the_mails_of_unknown_outcome_are_offered(desk: Desk) -> None:
    run("lists", "apply")
    run("publish", "--yes")
    assert offered("settle", "") == []
    project = Project.find(desk.root)
    mail = desk.lists.mails[0]
    project.journal.record(mail, Outcome.INTENDED, project.clock())
    project.close()

    assert offered("settle", "") == [mail.message_id]


def test_outside_of_a_project_nothing_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert offered("lint", "A") == []
    assert offered("settle", "") == []
    assert offered("preview", "-l", "") == []


def test_in_a_broken_project_nothing_is_offered(desk: Desk) -> None:
    (desk.root / "publisher.toml").write_text("[team", encoding="utf-8")
    (desk.root / ".publisher").mkdir()
    (desk.root / ".publisher" / "journal.sqlite").write_bytes(b"no database" * 100)

    assert offered("new", "note", "-l", "") == []
    assert offered("settle", "") == []


def test_trouble_is_no_noise_at_the_prompt(tmp_path: Path) -> None:
    environment = {
        "_PUBLISHER_COMPLETE": "bash_complete",
        "COMP_WORDS": "publisher lint A",
        "COMP_CWORD": "2",
    }

    done = terminal.process(folder=tmp_path, environment=environment)

    assert done.stdout.strip() + done.stderr == b""


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
