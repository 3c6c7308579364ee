"""What the commands share: options, the project, progress, selections, output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publisher.cli import complete, logs
from publisher.errors import OperatorError, RecordError, WorldError
from publisher.model import moment
from publisher.model.ids import AdvisoryId
from publisher.wiring import Project

if TYPE_CHECKING:
    from publisher.pipeline.checking import Snapshot
    from publisher.source import Finding

_VERSION = 1
"""Of what JSON holds."""
_BAR_FROM = 50
"""Fewer things than this are done before a progress bar could be read."""


class Moment(click.ParamType[datetime]):
    """A date with time and zone."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the moment that `value` names."""
        try:
            parsed = moment.shown(datetime.fromisoformat(value))
        except ValueError:
            parsed = None
        if parsed is None or parsed.tzinfo is None:
            example = "2026-11-20T10:00:00+09:00"
            self.fail(
                f"{value!r} is no moment with a zone such as {example}", param, ctx
            )
        return parsed


class Text(click.ParamType[str]):
    """A text in any language, also where the locale knows ASCII only."""

    name = "text"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the text that was meant by the bytes of the command line."""
        try:
            return str(value).encode("utf-8", "surrogateescape").decode("utf-8")
        except UnicodeError:
            self.fail(f"{value!r} is not UTF-8", param, ctx)


project_option = click.option(
    "-C",
    "--project",
    "start",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
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
ids_argument = click.argument(
    "names", nargs=-1, metavar="[ID]...", shell_complete=complete.ids
)


class Bar:
    """A progress bar on the terminal, once there is enough to wait for."""

    def __init__(self) -> None:
        """Show nothing yet."""
        self._bar: Any = None
        self._what = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done."""
        if total < _BAR_FROM or not sys.stderr.isatty():
            return
        if what != self._what:
            self.close()
            self._what = what
            self._bar = click.progressbar(length=total, label=what, file=sys.stderr)
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
    opened.require_own()
    try:
        with logs.written(opened):
            yield opened
    except RecordError as error:
        if way := opened.record_remedy():
            msg = f"{error}\n{way}"
            raise RecordError(msg) from error
        raise
    finally:
        bar.close()
        for warning in opened.key_warnings():
            click.echo(f"publisher: {warning}", err=True)
        opened.close()


def select(snapshot: Snapshot, names: Sequence[str]) -> list[AdvisoryId]:
    """Return the advisories that `names` name, each once; without names all.

    A name is an id, the path of an advisory's folder, or of a file in it.
    """
    if not names:
        return list(snapshot)
    return list(dict.fromkeys(_one(snapshot, name) for name in names))


def _one(snapshot: Snapshot, name: str) -> AdvisoryId:
    for part in (name, *reversed(Path(name).parts)):
        try:
            advisory = AdvisoryId.parse(part.upper())
        except ValueError:
            continue
        if advisory in snapshot:
            return advisory
        msg = (
            f"there is no advisory {advisory}: "
            "`publisher status --all` lists those that there are"
        )
        raise OperatorError(msg)
    expected = "expected an id such as ADV-2026-0007, or its folder"
    msg = f"{name!r} names no advisory ({expected})"
    raise OperatorError(msg)


@contextmanager
def written(file: Path) -> Iterator[None]:
    """Name the file that cannot be written: a write that fails does not say which."""
    try:
        yield
    except OSError as error:
        msg = f"{file}: cannot be written: {error.strerror}"
        raise WorldError(msg) from error


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number of things: `1 text`, `2 texts`."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def show_findings(findings: Iterable[Finding], *, err: bool = False) -> None:
    """Print findings, one on a line, for people and editors alike."""
    for finding in findings:
        click.echo(str(finding), err=err)


def show_json(value: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Print `value` as JSON, in UTF-8 whatever the locale (RFC 8259, section 8.1).

    An object, or each one of a list, begins with the version of what it holds. That
    goes up when a key changes its meaning or goes away, and not when one is added.
    """
    shown: object
    if isinstance(value, Mapping):
        shown = {"version": _VERSION, **value}
    else:
        shown = [{"version": _VERSION, **each} for each in value]
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2).encode())
