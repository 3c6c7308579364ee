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


def shown(name: str, command: click.Command) -> str:
    """Return what `--help` says of a command."""
    context = click.Context(
        command,
        info_name=f"publisher {name}",
        max_content_width=78,
        terminal_width=78,
        help_option_names=["-h", "--help"],
    )
    return command.get_help(context)


def reference() -> str:
    """Return the page that lists every command."""
    head = (
        "# Commands\n\nWhat `--help` says of each command; "
        "`pytest --update-golden tests/test_docs.py` rewrites this page.\n"
    )
    parts = [
        f"## publisher {name}\n\n```text\n{shown(name, command)}\n```\n"
        for name, command in ALL
    ]
    return "\n".join([head, *parts])


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
    assert re.search(r"Examples?:\n +publisher ", shown(name, command)), name
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.name}"


def test_the_readme_lists_every_command_as_help_does() -> None:
    row = re.compile(r"^\| `publisher ([a-z-]+)` \| .+ \|$", re.MULTILINE)

    assert row.findall(README) == cli.list_commands(click.Context(cli))


def test_the_readme_shows_the_promises_of_the_demo() -> None:
    table = README.partition("<!-- demo -->")[2].partition("<!-- /demo -->")[0]
    rows = [line for line in table.split("\n") if line.startswith("holds ")]
    columns = [re.split(r" {2,}", row) for row in rows]

    assert [promise for _, promise, _ in columns] == list(promises.ALL)


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    code = "".join(
        (ROOT / "publisher" / "config" / name).read_text(encoding="utf-8")
        for name in ("reading.py", "release.py")
    )
    readers = "get|read|texts|localized|has|truth"
    asked = set(re.findall(rf'\.(?:{readers})\(\s*"([a-z_]+)"', code))
    asked |= set(re.findall(r'_(?:filled|seconds)\(table, "([a-z_]+)"', code))
    asked |= set(re.findall(r'_seconds\(table, "([a-z_]+)"', code))
    asked |= {"announce_since", "policy", "acknowledgments"}
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE))
    tables = set(re.findall(r"^## \[+([a-z_]+)\]+$", page, re.MULTILINE))

    tables_of = {"canary", "deploy", "links", "lists", "mailman"}
    assert asked - tables_of == documented
    assert tables == tables_of | {
        "team", "site", "links", "lint", "advisories", "review", "security_txt"
    }  # fmt: skip


def test_every_key_of_the_front_matter_is_documented() -> None:
    page = (ROOT / "docs" / "advisory-format.md").read_text(encoding="utf-8")
    code = "".join(
        file.read_text(encoding="utf-8")
        for file in sorted((ROOT / "publisher" / "parse").glob("*.py"))
    )
    readers = "text|value|values|mapping|mappings|has"
    calls = rf'(?:head|fields|entry)\.(?:{readers})\(\s*"([a-z_]+)"'

    assert set(re.findall(calls, code)) <= set(re.findall(r"`([a-z_]+)[`:]", page))


def test_every_link_between_the_docs_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        text = re.sub(r"`[^`\n]*`", "", page.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_what_runs_before_a_commit_is_there() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    entries = re.findall(r"^ +entry: (.+)$", text, re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert "repo: local" in text
    for program, argument in map(str.split, entries):
        if program == "make":
            assert re.search(rf"^{argument}:", makefile, re.MULTILINE)
        else:
            assert program == ".venv/bin/publisher"
            assert argument in cli.list_commands(click.Context(cli))


def test_each_decision_says_since_when_it_holds() -> None:
    day = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    status = rf"(Accepted, {day}(; changed, {day})*|Superseded by [0-9]+, {day})\."
    for file in (ROOT / "docs" / "decisions").glob("0*.md"):
        title, line, *_ = file.read_text(encoding="utf-8").split("\n\n")

        assert title.startswith(f"# {int(file.name[:4])}. ")
        assert re.fullmatch(status, line), file.name


def test_the_decisions_are_all_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"\]\((\d{4}-[a-z-]+\.md)\)", index)

    assert listed == sorted(page.name for page in folder.glob("0*.md"))
