"""A release at a set moment: all that can be known is checked now, then it waits."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from publisher.cli import common
from publisher.errors import AuthorError, OperatorError

if TYPE_CHECKING:
    from publisher.pipeline.building import Built
    from publisher.pipeline.pushing import Mail
    from publisher.wiring import Project

_LONGEST = timedelta(days=7)
_LOOK = 1.0
"""Seconds between two looks at the clock: it may step, or the machine may sleep."""


def require_near(at: datetime, now: datetime) -> None:
    """Raise OperatorError unless `at` is to come, and soon."""
    if at <= now:
        msg = f"{_shown(at)} is over: leave --at out to release now"
        raise OperatorError(msg)
    if at - now > _LONGEST:
        msg = (
            f"{_shown(at)} is more than {_LONGEST.days} days ahead: let a timer do it "
            "(docs/releasing.md), which survives a restart of the machine"
        )
        raise OperatorError(msg)


def rehearse(
    project: Project, at: datetime, names: Sequence[str]
) -> tuple[Built, Sequence[Mail]]:
    """Show what will be released at `at`, or raise what would stop it then.

    Return what would be built then, and which mails would be sent.
    """
    from publisher.pipeline import building, guarding, pushing

    tools = replace(project.rehearsal(), now=at)
    built = building.build(tools)
    _require_published(built, common.select(tools.repository.snapshot(), names), names)
    guarding.require_known(tools, project.web)
    outcomes = project.journal.outcomes()
    mails = pushing.announcements(tools, built.summaries, outcomes)
    if mails:
        pushing.require_lists(tools, mails, project.lists)
    for advisory, reason in built.withheld:
        click.echo(f"withheld {advisory}: {reason}")
    for advisory, held in built.held:
        click.echo(f"held     {advisory}: {held}")
    for announcement, state in mails:
        to = announcement.mailing_list.address
        click.echo(f"{state:8} {announcement.key} to {to}")
    files = common.counted(len(built.written), "file")
    counted = common.counted(len(mails), "mail")
    click.echo(f"checked  as of {_shown(at)}: {files} change, {counted} to send")
    return built, mails


def wait(project: Project, at: datetime) -> None:
    """Return when `at` has come, by the clock as it is then."""
    click.echo(f"waiting  until {_shown(at)}; Ctrl-C ends it, and nothing is half done")
    is_terminal = sys.stderr.isatty()
    while (left := (at - project.clock()).total_seconds()) > 0:
        if is_terminal:
            shown = timedelta(seconds=int(left) + 1)
            click.echo(f"\r{shown} to go   ", nl=False, err=True)
        project.sleep(min(left, _LOOK))
    if is_terminal:
        click.echo("\r", err=True)


def _require_published(
    built: Built, wanted: Sequence[object], names: Sequence[str]
) -> None:
    """Raise AuthorError if what was named would not be on the site."""
    if not names:
        return
    published = {summary.id for summary in built.summaries}
    reasons = dict(built.withheld)
    for advisory, reason in reasons.items():
        if advisory in wanted and advisory not in published:
            msg = f"{advisory} would not be published then: it is {reason}"
            raise AuthorError(msg)


def _shown(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
