"""What the commands share: the project, the moment, progress, selections."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from publisher.errors import AuthorError, OperatorError
from publisher.model.ids import AdvisoryId
from publisher.wiring import Project

if TYPE_CHECKING:
    from publisher.pipeline.checking import Snapshot
    from publisher.source import Finding

F = TypeVar("F", bound=Callable[..., Any])

_BAR_FROM = 50
"""Fewer things than this are done before a progress bar could be read."""


class Moment(click.ParamType):
    """A date with time and zone."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the moment that `value` names."""
        if isinstance(value, datetime):
            return value
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            parsed = None
        if parsed is None or parsed.tzinfo is None:
            self.fail(f"{value!r} is no moment such as 2026-11-20T10:00:00+09:00", param, ctx)
        return parsed


project_option = click.option(
    "-C",
    "--project",
    "start",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Work on the project that this folder is in.",
)
now_option = click.option(
    "--now",
    type=Moment(),
    help="Take this as the present moment (embargoes end by it).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")
dry_run_option = click.option(
    "-n", "--dry-run", is_flag=True, help="Say what would be done; do nothing."
)


class Bar:
    """A progress bar on the terminal, once there is enough to wait for."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._what = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done."""
        stream = click.get_text_stream("stderr")
        if total < _BAR_FROM or not stream.isatty():
            return
        if what != self._what:
            self.close()
            self._what = what
            self._bar = click.progressbar(length=total, label=what, file=stream)
        self._bar.update(done - self._bar.pos)

    def close(self) -> None:
        """Leave the bar's line."""
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None


@contextmanager
def project(start: Path, now: datetime | None = None) -> Iterator[Project]:
    """Open the project around `start` for one command."""
    bar = Bar()
    opened = Project.find(start, now, bar)
    try:
        yield opened
    finally:
        bar.close()
        opened.close()


def select(snapshot: Snapshot, names: Sequence[str]) -> list[AdvisoryId]:
    """Return the advisories that `names` name: ids or paths; without names all."""
    if not names:
        return list(snapshot)
    return [_one(snapshot, name) for name in names]


def _one(snapshot: Snapshot, name: str) -> AdvisoryId:
    parts = [name, *reversed(Path(name).parts)]
    for part in parts:
        try:
            advisory = AdvisoryId.parse(part)
        except ValueError:
            continue
        if advisory in snapshot:
            return advisory
        msg = f"there is no advisory {advisory}: `publisher status` lists what there is"
        raise AuthorError(msg)
    msg = f"{name!r} names no advisory (expected an id such as ADV-2026-0007, or its folder)"
    raise OperatorError(msg)


def show_findings(findings: Iterable[Finding], *, err: bool = False) -> None:
    """Print findings, one on a line, for people and editors alike."""
    for finding in findings:
        click.echo(str(finding), err=err)


def show_json(value: object) -> None:
    """Print `value` as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def complete_ids(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[str]:
    """Offer the ids of the project in the shell."""
    del ctx, param
    top = Project.find(Path()).root / "advisories"
    return sorted(
        folder.name
        for folder in top.glob("[12]*/*")
        if folder.name.startswith(incomplete.upper())
    )


ids_argument = click.argument("names", nargs=-1, metavar="[ID]...", shell_complete=complete_ids)
