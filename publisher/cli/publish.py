"""`publish`: the whole release, from what is written to what arrives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import command, common, document, mailing, moment, signing
from publisher.cli.published import Publishing
from publisher.cli.report import Signing
from publisher.errors import BusyError

if TYPE_CHECKING:
    from publisher.wiring import Project


@click.command(
    "publish",
    cls=command.Command,
    examples=[
        "publisher publish ADV-2026-0007",
        "publisher publish ADV-2026-0007 --commit",
        "publisher publish --dry-run",
        "publisher publish ADV-2026-0007 --at 2026-12-01T10:00:00+09:00",
        "publisher publish --no-sign --yes --quiet",
        "publisher publish ADV-2026-0007 --yes --json | jq .mails",
    ],
)
@common.ids_argument
@signing.keys_option
@mailing.wait_option
@click.option(
    "--at",
    type=common.Moment(),
    help="Sign and check now, wait, and release at this moment (7 days ahead at most).",
)
@click.option(
    "--no-sign",
    "unsigned",
    is_flag=True,
    help="Sign nothing: what is not signed is left out, and named. Needs no key.",
)
@click.option(
    "-q",
    "--quiet",
    is_flag=True,
    help="With --no-sign, for timers: print only if something is done or wrong.",
)
@click.option(
    "--commit",
    is_flag=True,
    help="Commit what was signed when it is published, and push it.",
)
@common.yes_option
@common.dry_run_option
@common.project_option
@common.json_option
def publish_command(  # noqa: PLR0913, PLR0917  (one for each option)
    names: Sequence[str],
    keys: Sequence[str],
    wait: float | None,
    at: datetime | None,
    unsigned: bool,
    quiet: bool,
    commit: bool,
    yes: bool,
    dry_run: bool,
    start: Path,
    as_json: bool,
) -> None:
    """Lint, sign, build, put the site up, probe it, push, and see it arrive.

    Ids limit what is signed; what is signed is always published as a whole. Each
    step is also a command of its own. It can be stopped at any point and run
    again: what is done is skipped. Nothing is put up if the public site's
    publication record has entries that are missing here. At the end it says what is to
    be committed and pushed, or does it with --commit.

    With --quiet, a run that finds another one at work leaves it to that one.
    """
    _check_options(names, keys, at, unsigned=unsigned, quiet=quiet, commit=commit)
    if quiet and as_json:
        msg = "--quiet prints nothing if nothing is done, and --json always something"
        raise click.UsageError(msg)
    asks = not (yes or dry_run or unsigned)
    document.require_yes(as_json=as_json, asks=asks)
    wanted = None if unsigned else signing.Wanted(names, keys)
    asked = _Asked(wanted, wait, at, ask=not yes, quiet=quiet, commit=commit)
    told = Publishing(dry_run, Signing(dry_run))
    with document.printed(told.to_json, as_json=as_json):
        if dry_run:
            with common.project(start) as project:
                _rehearse(project, asked, told)
        else:
            _publish(start, asked, told)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for."""

    wanted: signing.Wanted | None
    """What to sign; None: nothing."""
    wait: float | None
    at: datetime | None
    ask: bool
    quiet: bool
    commit: bool

    @property
    def names(self) -> Sequence[str]:
        """The advisories that are named."""
        return self.wanted.names if self.wanted else ()


def _publish(start: Path, asked: _Asked, told: Publishing) -> None:
    from publisher.pipeline import timing

    with common.project(start) as project:
        if asked.quiet and _is_idle(project):
            return
        if asked.commit:
            project.commits.require()
        if asked.at is not None:
            moment.require_near(asked.at, project.clock())
            timing.require(project.settings, project)
        if asked.wanted is not None:
            with project.exclusive():
                signing.sign(project, asked.wanted, told.signing, ask=asked.ask)
        if asked.names:
            # Whoever named an advisory wants that one out, and not only the others.
            told.signing.left.require_nothing()
        if asked.at is None:
            _release(project, asked, told)
        else:
            moment.rehearse(project, asked.at, asked.names)
            moment.wait(project, asked.at)
    if asked.at is not None:
        # What was changed meanwhile is read anew, the settings, too.
        with common.project(start) as project:
            _release(project, asked, told)
    told.signing.left.require_nothing()


def _release(project: Project, asked: _Asked, told: Publishing) -> None:
    from publisher.cli import committing
    from publisher.pipeline import idle

    try:
        mailing.release(project, told.events, put_up=True, wait=asked.wait)
    except BusyError:
        if not asked.quiet:
            raise
    else:
        idle.remember(project.tools(), project, project.site.digest)
    if asked.wanted is not None:
        committing.finish(project, told, commit=asked.commit)


def _rehearse(project: Project, asked: _Asked, told: Publishing) -> None:
    if asked.wanted is not None:
        signing.sign(project, asked.wanted, told.signing, ask=asked.ask)
    if asked.names:
        told.signing.left.require_nothing()
    if told.signing.texts:
        click.echo("then the site would be built and put up, and the lists mailed")
    elif asked.at is not None:
        moment.require_near(asked.at, project.clock())
        told.plan(*moment.rehearse(project, asked.at, asked.names))
    else:
        told.plan(*mailing.show_due(project))
    told.signing.left.require_nothing()


def _is_idle(project: Project) -> bool:
    """Tell whether there is nothing to do, or another process does it."""
    from publisher.pipeline import idle

    try:
        with project.exclusive():
            reason = idle.reason(project.rehearsal(), project, project.site.digest)
    except BusyError:
        return True
    return not reason


def _check_options(
    names: Sequence[str],
    keys: Sequence[str],
    at: datetime | None,
    *,
    unsigned: bool,
    quiet: bool,
    commit: bool,
) -> None:
    if unsigned and (names or keys or commit):
        msg = "--no-sign signs nothing: name no ID, no --key and no --commit with it"
        raise click.UsageError(msg)
    if quiet and (not unsigned or at is not None):
        msg = "--quiet is for timers: it goes with --no-sign, and without --at"
        raise click.UsageError(msg)
