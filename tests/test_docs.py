"""The docs say what the code does: every command, option, key, code and promise."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from publisher.cli import cli
from publisher.demo import promises

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(
    group: click.Group, parents: tuple[str, ...] = ()
) -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found.append((" ".join((*parents, name)), command))
        if isinstance(command, click.Group):
            found += commands(command, (*parents, name))
    return found


ALL = commands(cli)


def reference() -> str:
    parts = [
        "# Commands\n\nWhat `--help` says of each command; "
        "`pytest --update-golden tests/test_docs.py` rewrites this page.\n"
    ]
    for name, command in ALL:
        context = click.Context(
            command, info_name=f"publisher {name}", max_content_width=78,
            terminal_width=78, help_option_names=["-h", "--help"],
        )  # fmt: skip
        parts.append(f"## publisher {name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def test_every_command_is_in_the_reference(request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / "commands.md"
    if request.config.getoption("--update-golden"):
        page.write_text(reference(), encoding="utf-8")

    assert page.read_text(encoding="utf-8") == reference()


@pytest.mark.parametrize(("name", "command"), ALL, ids=[name for name, _ in ALL])
def test_every_command_explains_itself_with_an_example(
    name: str, command: click.Command
) -> None:
    assert command.help is not None
    assert re.search(r"Examples?:\n +publisher ", command.help), name
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.name}"


def test_the_readme_lists_every_command_as_help_does() -> None:
    listed = dict(re.findall(r"^\| `publisher ([a-z]+)` \| (.+) \|$", README, re.M))

    assert list(listed) == cli.list_commands(click.Context(cli))


def test_the_readme_shows_the_promises_of_the_demo() -> None:
    shown = README.partition("<!-- demo -->")[2].partition("<!-- /demo -->")[0]
    rows = [line for line in shown.split("\n") if line.startswith("holds ")]
    columns = [re.split(r" {2,}", row) for row in rows]

    assert [promise for _, promise, _ in columns] == list(promises.ALL)


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    code = (ROOT / "publisher" / "config" / "reading.py").read_text(encoding="utf-8")
    asked = set(re.findall(r'\.(?:get|read|texts|localized|has)\(\s*"([a-z_]+)"', code))
    asked |= {"announce_since"}
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", page, re.M))
    tables = set(re.findall(r"^## \[+([a-z]+)\]+$", page, re.M))

    assert asked - {"mailman", "lists"} == documented
    assert tables == {"team", "site", "advisories", "mailman", "lists"}


def test_every_key_of_the_front_matter_is_documented() -> None:
    page = (ROOT / "docs" / "advisory-format.md").read_text(encoding="utf-8")
    code = "".join(
        file.read_text(encoding="utf-8")
        for file in sorted((ROOT / "publisher" / "parse").glob("*.py"))
    )
    calls = r'(?:head|fields|entry)\.(?:text|value|values|mapping|mappings|has)\(\s*"([a-z_]+)"'

    assert set(re.findall(calls, code)) <= set(re.findall(r"`([a-z_]+)[`:]", page))


def test_every_link_between_the_docs_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_decisions_are_all_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[a-z-]+\.md)\)", (folder / "README.md").read_text("utf-8"))

    assert listed == sorted(page.name for page in folder.glob("0*.md"))
