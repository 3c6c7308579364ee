"""`verify`: whose signature a text carries, over what, and how it stands."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher import wiring
from publisher.cli import command, common
from publisher.errors import TrustError, WebError

if TYPE_CHECKING:
    from publisher.pipeline.verifying import Verified
    from publisher.pipeline.walking import Walked
    from publisher.wiring import Project

_SCHEMES = ("https://", "http://")


class Place(click.ParamType[str]):
    """A file, a folder, or the address of a site."""

    name = "place"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return what is there, or fail."""
        if value.startswith(_SCHEMES):
            if "@" in value.partition("//")[2].partition("/")[0]:
                # It is not shown: there may be a password in it.
                self.fail("an address without a user's name or password", param, ctx)
            return value.rstrip("/")
        path = click.Path(exists=True)
        return str(path.convert(value, param, ctx))


@click.command(
    "verify",
    cls=command.Command,
    examples=[
        "publisher verify advisories/2026/ADV-2026-0007/r1.en.txt.asc",
        "publisher verify ~/Maildir --json",
        "publisher verify https://www.cert.example --known ~/Mail/old.eml",
    ],
)
@click.argument("places", metavar="FILE|FOLDER|URL...", nargs=-1, required=True,
                type=Place())  # fmt: skip
@click.option(
    "--known",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, path_type=Path),
    help="Something of the site from earlier, that its record has to bear out: a mail, "
    "a signed text, a saved record/index.json.",
)
@common.project_option
@common.json_option
def verify_command(
    places: Sequence[str], known: Sequence[Path], start: Path, as_json: bool
) -> None:
    """Check texts, mails, mailboxes and sites against the team's keys.

    Says whose signature it is, when it was made, over which advisory, revision and
    language, and whether that is the newest one. A FILE is a signed text, a mail or an
    mbox; a FOLDER may be a Maildir. In mailboxes and folders, what holds no signed text
    is counted and skipped.

    Of a URL, the whole site is walked: its publication record, each signed text that
    the record names, its keys; and, if this project is built, every page. Everything
    that is wrong is told at once.

    Exits with 2 if anything is in doubt, or if there was nothing to check.
    """
    sites = [place for place in places if place.startswith(_SCHEMES)]
    paths = [Path(place) for place in places if place not in sites]
    if known and not sites:
        msg = "--known is held against a site: name its URL, too"
        raise click.UsageError(msg)
    with common.project(start) as project:
        found = list(_shown(project, paths, as_json=as_json)) if paths else []
        walks = [_walked(project, site, known) for site in sites]
    if as_json:
        texts = [each.to_json() for each in found]
        common.show_json([*texts, *(walk.to_json() for walk in walks)])
    else:
        for walk in walks:
            _show_walk(walk)
    if any(each.doubt for each in found) or any(walk.wrong for walk in walks):
        sys.exit(TrustError.exit_code)
    if any(walk.failed for walk in walks):
        sys.exit(WebError.exit_code)


def _shown(
    project: Project, paths: Sequence[Path], *, as_json: bool
) -> Iterator[Verified]:
    """Yield what was checked, and print it as it comes."""
    from publisher.pipeline import verifying

    tally: Counter[str] = Counter()
    entries = wiring.found(paths, project.progress)
    for each in verifying.verify(project.tools(), entries):
        tally["good" if each.good else "in doubt" if each.doubt else "skipped"] += 1
        if each.ours:
            yield each
            if not as_json:
                click.echo(f"{each.name}: {each}")
    if not as_json and (tally.total() > 1 or tally["skipped"]):
        click.echo(_summary(tally))


def _summary(tally: Counter[str]) -> str:
    checked = tally["good"] + tally["in doubt"]
    line = f"{common.counted(checked, 'text')}: {tally['good']} good"
    line += f", {tally['in doubt']} in doubt"
    if tally["skipped"]:
        line += f"; {tally['skipped']} without a signed text of ours, skipped"
    return line


def _walked(project: Project, site: str, known: Iterable[Path]) -> Walked:
    from publisher.pipeline import walking

    tools = project.tools()
    built = {str(path): tools.site.holds(path) or "" for path in project.site.files()}
    kept = wiring.found(list(known))
    return walking.walk(tools, site, project.web, built=built, known=kept)


def _show_walk(walk: Walked) -> None:
    for line in walk.wrong:
        click.echo(f"in doubt: {line}")
    for line in walk.failed:
        click.echo(f"not checked: {line}")
    click.echo(f"{walk.site}: {walk}")
