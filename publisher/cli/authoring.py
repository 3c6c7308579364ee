"""`lint` and `preview`: what an author runs before asking for review."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import command, common, complete, document
from publisher.errors import AuthorError, OperatorError
from publisher.model.chain import Edition, EditionKey
from publisher.model.unsigned import Reason, Unsigned
from publisher.source import Level, Location

if TYPE_CHECKING:
    from publisher.pipeline.checking import Loaded
    from publisher.pipeline.mending import Mended
    from publisher.source import Finding
    from publisher.wiring import Project


_LINK_SECONDS = 300.0
"""How long other people's servers are asked for all links together."""


@click.command(
    "lint",
    cls=command.Command,
    examples=[
        "publisher lint",
        "publisher lint ADV-2026-0007 advisories/2026/ADV-2026-0008/en.md",
        "publisher lint --fix --dry-run",
        "publisher lint --links",
        "publisher lint --json | jq '.[].code'",
    ],
)
@common.ids_argument
@click.option(
    "--fix",
    is_flag=True,
    help="First mend what can be mended without a change of the text, and say so.",
)
@click.option(
    "-n",
    "--dry-run",
    is_flag=True,
    help="With --fix: say what would be mended; write nothing.",
)
@click.option("--links", is_flag=True, help="Ask whether what is linked to is there.")
@click.option(
    "--withheld",
    is_flag=True,
    help="With --links: ask for advisories that are not public yet, too. Whoever runs "
    "the servers that they link to learns of it.",
)
@common.project_option
@common.now_option
@common.json_option
def lint_command(  # noqa: PLR0913, PLR0917  (one for each option)
    names: Sequence[str],
    fix: bool,
    dry_run: bool,
    links: bool,
    withheld: bool,
    start: Path,
    now: datetime | None,
    as_json: bool,
) -> None:
    """Check advisories and say what to mend.

    An ID may also be the path of an advisory's folder, or of a file in it. Every
    error of every file is shown as `path:line:column: CODE message`; docs/lint.md
    explains the codes. Without an ID, the project's security.txt, its own templates
    and what its ids begin with are checked as well.
    With --fix, blanks, tabs, line ends, Unicode's form, headings, numbers of lists,
    entities and ids are mended first, if a reader of Markdown that is not ours sees
    the same text before and after; a source that a signed text was made from is left
    alone. With --links, each page that is linked to is asked for once.
    Exits with 1 if there is an error; warnings alone pass.
    """
    from publisher.pipeline import housekeeping

    if dry_run and not fix:
        msg = "--dry-run goes with --fix: lint alone writes nothing"
        raise click.UsageError(msg)
    with common.project(start, now) as project:
        mended = _mended(project, names, dry_run=dry_run) if fix else []
        loaded = _loaded(project, names)
        findings = [finding for each in loaded for finding in each.findings]
        if not names:
            findings += housekeeping.naming_findings(project.tools())
            findings += housekeeping.findings(project.tools())
            findings += project.template_findings()
        if links:
            findings += _links(project, loaded, withheld=withheld)
    if as_json:
        shown = [finding.to_json() for finding in findings]
        changes = [_json_mended(each) for each in mended]
        common.show_json({"mended": changes, "findings": shown} if fix else shown)
    else:
        _show_mended(mended, dry_run=dry_run)
        common.show_findings(findings)
    levels = Counter(finding.level for finding in findings)
    advisories = common.counted(len(loaded), "advisory", "advisories")
    click.echo(f"{advisories}: {_summary(levels)}", err=True)
    if levels[Level.ERROR]:
        sys.exit(AuthorError.exit_code)


@click.command(
    "preview",
    cls=command.Command,
    examples=[
        "publisher preview ADV-2026-0007",
        "publisher preview ADV-2026-0007 --language ja | less",
        "publisher preview ADV-2026-0007 --json | jq -r '.texts[].path'",
    ],
)
@click.argument("name", metavar="ID", shell_complete=complete.ids)
@click.option(
    "-l",
    "--language",
    metavar="TAG",
    help="Show this language only.",
    shell_complete=complete.languages,
)
@common.project_option
@common.now_option
@common.json_option
def preview_command(
    name: str, language: str | None, start: Path, now: datetime | None, as_json: bool
) -> None:
    """Show the texts that `sign` would sign, also those that are signed already."""
    told: dict[str, list[dict[str, object]]] = {"texts": [], "behind": []}
    with (
        document.printed(lambda: told, as_json=as_json),
        common.project(start, now) as project,
    ):
        for each in _previewed(project, name, language):
            if isinstance(each, Edition):
                told["texts"].append(_json_edition(project, each))
                # Whoever wants JSON has the text there.
                if not as_json:
                    click.echo(each.text, nl=False)
            else:
                told["behind"].append(each.to_json())
                click.echo(str(each), err=True)


def _previewed(
    project: Project, name: str, language: str | None
) -> Iterator[Edition | Unsigned]:
    """Yield what would be signed, or why it would not."""
    from publisher.edition import edition
    from publisher.pipeline import checking, recording

    loaded = _loaded(project, [name])
    checking.require(loaded)
    checked = [each.checked for each in loaded if each.checked is not None]
    shown = [
        (each, text)
        for each in checked
        for text in each.advisory.texts
        if language in (None, text.language)
    ]
    if not shown:
        msg = f"{name} has no text in {language!r}"
        raise OperatorError(msg)
    tools = project.tools()
    state = recording.current(tools).public(tools.now).state
    for each, text in shown:
        if each.advisory.is_behind(text):
            newest = each.advisory.revision.number
            behind = f"renders revision {text.revision} of {newest}"
            told = f"{text.source.path}: {behind}, cannot be signed"
            key = EditionKey(each.advisory.id, text.revision, text.language)
            yield Unsigned.of(key, Reason.BEHIND, told, original=newest)
        else:
            yield edition(each, text, project.presentation, state)


def _json_edition(project: Project, made: Edition) -> dict[str, object]:
    key = made.key
    path = project.repository.folder(key.id) / key.filename
    return {
        "id": str(key.id),
        "revision": key.revision,
        "language": key.language,
        "path": str(path),
        "signed": project.repository.find(path) is not None,
        "text_sha256": sha256(made.text.encode()).hexdigest(),
        "text": made.text,
    }


def _loaded(project: Project, names: Sequence[str]) -> list[Loaded]:
    from publisher.pipeline import checking, proofing

    tools = project.tools()
    snapshot = tools.repository.snapshot()
    wanted = common.select(snapshot, names)
    return proofing.load(tools, wanted, checking.succession(tools, snapshot))


def _links(
    project: Project, loaded: Sequence[Loaded], *, withheld: bool
) -> list[Finding]:
    from publisher.pipeline import linkcheck

    tools = project.tools()
    left = [each for each in loaded if not linkcheck.is_public(tools, each)]
    if left and not withheld:
        advisories = common.counted(len(left), "advisory", "advisories")
        click.echo(
            f"the links of {advisories} that cannot be published now were left alone "
            "(--withheld asks for them, too)",
            err=True,
        )
    asked = project.links
    return [*linkcheck.check(tools, loaded, asked, _LINK_SECONDS, withheld=withheld)]


def _summary(levels: Mapping[Level, int]) -> str:
    errors, warnings = levels[Level.ERROR], levels[Level.WARNING]
    found = f"{common.counted(errors, 'error')}, {common.counted(warnings, 'warning')}"
    if notes := levels[Level.NOTE]:
        found += f", {common.counted(notes, 'note')}"
    if accepted := levels[Level.ACCEPTED]:
        found += f", {common.counted(accepted, 'finding')} accepted"
    return found


def _mended(project: Project, names: Sequence[str], *, dry_run: bool) -> list[Mended]:
    """Mend sources, unless it is only to be shown, and return what that is."""
    from publisher.pipeline import mending

    tools = project.tools()
    wanted = common.select(tools.repository.snapshot(), names)
    if dry_run:
        return list(mending.mended(tools, wanted))
    # Nothing is mended while a release signs it.
    with project.exclusive():
        found = list(mending.mended(tools, wanted))
        mending.write(tools, found)
    return found


def _show_mended(mended: Sequence[Mended], *, dry_run: bool) -> None:
    done = "would be mended" if dry_run else "mended"
    for each in mended:
        for change in each.done:
            click.echo(f"{Location(each.path, change.line)}: {done}: {change.what}")
        for change in each.left:
            click.echo(f"{Location(each.path, change.line)}: left: {change.what}")
    files = sum(bool(each.done) for each in mended)
    if mended:
        click.echo(f"{done}: {common.counted(files, 'file')}", err=True)


def _json_mended(mended: Mended) -> dict[str, object]:
    return {
        "path": str(mended.path),
        "done": [{"line": each.line, "what": each.what} for each in mended.done],
        "left": [{"line": each.line, "what": each.what} for each in mended.left],
    }
