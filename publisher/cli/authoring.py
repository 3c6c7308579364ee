"""`lint` and `preview`: what an author runs before asking for review."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from publisher.cli import common
from publisher.source import Level


@click.command("lint")
@common.ids_argument
@common.project_option
@common.now_option
@common.json_option
def lint_command(
    names: Sequence[str], start: Path, now: datetime | None, as_json: bool
) -> None:
    """Check advisories and say what to mend.

    Every error of every file is shown as `path:line:column: CODE message`;
    docs/lint.md explains the codes. Exits with 1 if there is an error; warnings
    alone pass.

    \b
    Examples:
      publisher lint
      publisher lint ADV-2026-0007
      publisher lint --json | jq '.[].code'
    """
    from publisher.pipeline import checking

    with common.project(start, now) as project:
        tools = project.tools()
        snapshot = tools.repository.snapshot()
        wanted = common.select(snapshot, names)
        loaded = checking.load(tools, wanted, checking.succession(tools, snapshot))
    findings = [finding for each in loaded for finding in each.findings]
    if as_json:
        common.show_json(
            [
                {
                    "path": str(finding.location.path),
                    "line": finding.location.line,
                    "column": finding.location.column,
                    "code": finding.code,
                    "level": str(finding.level),
                    "message": finding.message,
                    "expected": finding.expected,
                }
                for finding in findings
            ]
        )
    else:
        common.show_findings(findings)
    errors = sum(finding.level is Level.ERROR for finding in findings)
    warnings = len(findings) - errors
    counted = f"{len(loaded)} advisories: {errors} errors, {warnings} warnings"
    click.echo(counted, err=True)
    if errors:
        sys.exit(1)


@click.command("preview")
@click.argument("name", metavar="ID", shell_complete=common.complete_ids)
@click.option("-l", "--language", help="Show this language only.")
@common.project_option
@common.now_option
def preview_command(
    name: str, language: str | None, start: Path, now: datetime | None
) -> None:
    """Show the text editions that `sign` would sign.

    \b
    Examples:
      publisher preview ADV-2026-0007
      publisher preview ADV-2026-0007 --language ja | less
    """
    from publisher.edition import edition
    from publisher.pipeline import checking

    with common.project(start, now) as project:
        tools = project.tools()
        snapshot = tools.repository.snapshot()
        wanted = common.select(snapshot, [name])
        loaded = checking.load(tools, wanted, checking.succession(tools, snapshot))
        checking.require(loaded)
        for each in loaded:
            if each.checked is None:
                continue
            for text in each.checked.advisory.texts:
                if language not in (None, text.language):
                    continue
                if each.checked.advisory.is_behind(text):
                    click.echo(f"{text.source.path}: behind its original", err=True)
                else:
                    made = edition(each.checked, text, tools.presentation)
                    click.echo(made.text, nl=False)
