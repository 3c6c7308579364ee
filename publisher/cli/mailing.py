"""A release, and what is shown of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from publisher.cli import common
from publisher.errors import InboxError, MailmanError, TrustError
from publisher.pipeline.building import Built
from publisher.pipeline.confirming import Confirmed
from publisher.pipeline.pushing import Pushed, Result
from publisher.pipeline.release import Event, Live, Odd, OnWay, Probed, Release
from publisher.ports import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from publisher.model.backlog import Copies
    from publisher.model.chain import Announcement
    from publisher.pipeline.pushing import Mail
    from publisher.pipeline.tools import Tools
    from publisher.wiring import Project

wait_option = click.option(
    "--wait",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Look for the canary's copies so long (canary.wait).",
)


def show_due(project: Project) -> tuple[Built, Sequence[Mail]]:
    """Show which mails would be sent, and change nothing, the site neither."""
    built, mails = due_now(project)
    for announcement, state in mails:
        click.echo(f"{state:8} {_place(announcement)}")
    click.echo(f"{common.counted(len(mails), 'mail')} would be sent")
    return built, mails


def due_now(project: Project) -> tuple[Built, Sequence[Mail]]:
    """Return what a build would do, and which mails would be sent."""
    from publisher.pipeline import building, pushing

    tools = project.rehearsal()
    built = building.build(tools)
    outcomes = pushing.known(tools, built.summaries, project)
    return built, pushing.announcements(tools, built.summaries, outcomes)


def push(project: Project, *, wait: float | None, as_json: bool) -> None:
    """Mail what is due, and say what was done."""
    events: list[Event] = []
    if not as_json:
        release(project, events, put_up=False, wait=wait)
        return
    with project.exclusive():
        running = Release(project.tools(), project).run(put_up=False, wait=wait)
        try:
            events.extend(running)
        finally:
            # What was sent before an error was sent.
            common.show_json(results(events))
    require_good(events)


def release(
    project: Project, events: list[Event], *, put_up: bool, wait: float | None
) -> None:
    """Go through the stages, say what was done, and raise if something is missing.

    What was done is added to `events` as soon as it is.
    """
    with project.exclusive():
        tools = project.tools()
        for event in Release(tools, project).run(put_up=put_up, wait=wait):
            events.append(event)
            _show(project, event)
            if isinstance(event, Built) and put_up:
                _show_dead_links(project, tools, event)
    if not any(isinstance(each, Pushed) for each in events):
        click.echo("nothing to push")
    require_good(events)


def _show_dead_links(project: Project, tools: Tools, built: Built) -> None:
    """Warn of dead links in what is about to be mailed; it is mailed all the same."""
    from publisher.pipeline import checking, linkcheck
    from publisher.push import due

    seconds = project.settings.links.seconds
    outcomes = project.journal.outcomes()
    deliveries = due.deliveries(built.summaries, tools.settings, outcomes)
    news = {each.key.id for each in deliveries if each.state is due.State.DUE}
    if not news or not seconds:
        return
    succession = checking.succession(tools, tools.repository.snapshot())
    loaded = checking.load(tools, sorted(news), succession)
    common.show_findings(
        linkcheck.check(tools, loaded, project.links, seconds), err=True
    )


def show_built(project: Project, built: Built) -> None:
    """Show what a build did."""
    common.show_findings(built.warnings, err=True)
    for advisory, reason in built.withheld:
        click.echo(f"withheld {advisory}: {reason}")
    for advisory, held in built.held:
        click.echo(f"held     {advisory}: {held}")
    for path in built.removed:
        click.echo(f"removed  {path}")
    advisories = common.counted(len(built.summaries), "advisory", "advisories")
    files = common.counted(built.files, "file")
    written = f"{len(built.written)} of them written"
    click.echo(f"built    {project.site.folder}: {advisories}, {files}, {written}")


def _show(project: Project, event: Event) -> None:
    match event:
        case Odd():
            click.echo(f"publisher: {event.text}", err=True)
        case Built():
            show_built(project, event)
        case Live():
            sent, removed = event.change.sent, event.change.removed
            counts = "" if sent is None else f": {sent} sent, {removed} removed"
            click.echo(f"live     {event.where}{counts}")
        case Probed():
            click.echo(f"probed   {common.counted(event.files, 'file')} as built")
        case Pushed():
            reason = f": {event.reason}" if event.reason else ""
            click.echo(f"{event.result:8} {_place(event.announcement)}{reason}")
        case Confirmed():
            show_confirmed(event)
        case OnWay():
            told = _on_way(event.copies)
            click.echo(f"on way   {_place(event.announcement)}: {told}")


def _on_way(copies: Copies) -> str:
    sent = f"{common.counted(copies.delivered, 'copy', 'copies')} handed over"
    if copies.sending:
        return f"{sent} so far: `publisher status` shows what is left"
    return (
        f"{sent}, {copies.waiting} put off by the mail server: the list server tries "
        "again by itself, soon at first and then less often (`publisher status`)"
    )


def show_confirmed(confirmed: Confirmed) -> None:
    """Show what was seen of a mail."""
    place = _place(confirmed.announcement)
    if confirmed.outcome is Outcome.DELIVERED:
        seconds = confirmed.seconds
        after = f": {confirmed.note}" if seconds is None else f" after {seconds:.1f} s"
        click.echo(f"arrived  {place}{after}")
    elif confirmed.outcome is Outcome.DAMAGED:
        click.echo(f"DAMAGED  {place}: {confirmed.difference}")
    else:
        click.echo(f"missing  {place}: {confirmed.note}")


def require_good(events: Sequence[Event]) -> None:
    """Raise what is missing, the worst first."""
    pushed = [each for each in events if isinstance(each, Pushed)]
    seen = [each for each in events if isinstance(each, Confirmed)]
    if damaged := [each for each in seen if each.outcome is Outcome.DAMAGED]:
        msg = (
            f"{_of(damaged, seen)} did not reach the canary as signed, and so perhaps "
            "nobody: run `publisher lists check`, and see docs/canary.md"
        )
        raise TrustError(msg)
    bad = [each for each in pushed if each.result not in (Result.SENT, Result.FOUND)]
    if bad:
        msg = (
            f"{_of(bad, pushed)} not known to be sent: mend what is said above, then "
            "push again"
        )
        raise MailmanError(msg)
    if missing := [each for each in seen if each.outcome is Outcome.ACCEPTED]:
        msg = (
            f"{_of(missing, seen)} posted and not seen to arrive; nothing is sent "
            "again: look at the queues with `publisher status`, then run `publisher "
            "confirm`"
        )
        raise InboxError(msg)


def _of(some: Sequence[object], every: Sequence[object]) -> str:
    return f"{len(some)} of {common.counted(len(every), 'mail')}"


def _place(announcement: Announcement) -> str:
    return f"{announcement.key} to {announcement.mailing_list.address}"


def _mail(announcement: Announcement) -> dict[str, object]:
    key = announcement.key
    return {
        "id": str(key.id),
        "revision": key.revision,
        "language": key.language,
        "list": announcement.mailing_list.address,
        "message_id": announcement.message_id,
    }


def planned(mails: Iterable[Mail]) -> list[dict[str, object]]:
    """Return a line for each mail that would be sent."""
    return [_mail(each) | {"state": str(state)} for each, state in mails]


def results(events: Sequence[Event]) -> list[dict[str, object]]:
    """Return a line for each mail: what became of it, and whether it was seen."""
    lines: dict[str, dict[str, object]] = {}
    for event in events:
        if isinstance(event, Pushed):
            line = lines.setdefault(
                event.announcement.message_id, _mail(event.announcement)
            )
            line |= {"result": str(event.result), "reason": event.reason}
        elif isinstance(event, Confirmed):
            line = lines.setdefault(
                event.announcement.message_id, _mail(event.announcement)
            )
            line |= {
                "canary": str(event.outcome),
                "seconds": event.seconds,
                "difference": event.difference,
                "note": event.note,
            }
        elif isinstance(event, OnWay):
            line = lines.setdefault(
                event.announcement.message_id, _mail(event.announcement)
            )
            line |= {
                "handed_over": event.copies.delivered,
                "on_way": event.copies.waiting,
                "sending": event.copies.sending,
            }
    return list(lines.values())
