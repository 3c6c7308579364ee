from __future__ import annotations

import click
import pytest

from publisher import __version__
from publisher.cli import cli
from tests.cli.terminal import run


def names(group: click.Group, *parents: str) -> list[tuple[str, ...]]:
    found = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        found.append((*parents, name))
        if isinstance(command, click.Group):
            found += names(command, *parents, name)
    return found


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("command", [(), *names(cli)], ids=" ".join)
def test_every_command_helps(command: tuple[str, ...], option: str) -> None:
    shown = run(*command, option).stdout

    assert shown.startswith(" ".join(("Usage: publisher", *command)))
    assert max(map(len, shown.splitlines())) <= 80


def test_the_exit_codes_are_explained() -> None:
    assert "\nExit codes:\n  0    done\n" in run("--help").stdout


def test_the_lists_commands_are_in_the_order_of_the_work() -> None:
    shown = run("lists", "--help").stdout

    places = [shown.index(f"\n  {name} ") for name in ("plan", "apply", "check")]
    assert places == sorted(places)


def test_the_version_is_shown() -> None:
    assert run("--version").stdout == f"publisher, version {__version__}\n"


def test_a_command_that_there_is_not_is_refused() -> None:
    assert "No such command 'fly'" in run("fly", code=2).stderr
    assert "did you mean 'lint'?" in run("lnit", code=2).stderr


def test_without_a_command_there_is_help() -> None:
    assert "Commands:" in run(code=2).output
