"""Push, and what is shown of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from publisher.cli import common
from publisher.errors import MailmanError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from publisher.model.chain import Announcement
    from publisher.pipeline.building import Built
    from publisher.pipeline.pushing import Pushed
    from publisher.push.due import State
    from publisher.wiring import Project


def show_due(project: Project, *, as_json: bool) -> None:
    """Show which mails would be sent, and change nothing, the site neither."""
    from publisher.pipeline import building, pushing

    tools = project.rehearsal()
    built = building.build(tools)
    outcomes = project.journal.outcomes()
    mails = pushing.announcements(tools, built.summaries, outcomes)
    if as_json:
        common.show_json([_mail(each) | {"state": str(state)} for each, state in mails])
        return
    for announcement, state in mails:
        click.echo(f"{state:8} {_place(announcement)}")
    click.echo(f"{common.counted(len(mails), 'mail')} would be sent")


def push(project: Project, built: Built, *, as_json: bool) -> None:
    """Send the mails that are due, or raise MailmanError if one is not known to be."""
    from publisher.pipeline import pushing

    tools = project.tools()
    outcomes = project.journal.outcomes()
    mails = pushing.announcements(tools, built.summaries, outcomes)
    pushed: list[Pushed] = []
    try:
        for each in _sending(project, mails):
            pushed.append(each)
            if not as_json:
                _show(each)
    finally:
        # What was sent before an error was sent.
        if as_json:
            common.show_json([_result(each) for each in pushed])
    if not mails and not as_json:
        click.echo("nothing to push")
    good = (pushing.Result.SENT, pushing.Result.FOUND)
    bad = [each for each in pushed if each.result not in good]
    if bad:
        sent = f"{len(bad)} of {common.counted(len(pushed), 'mail')}"
        msg = f"{sent} not known to be sent: mend what is said above, then push again"
        raise MailmanError(msg)


def _sending(
    project: Project, mails: Sequence[tuple[Announcement, State]]
) -> Iterator[Pushed]:
    from publisher.pipeline import pushing

    # Without a mail, no list server need be set up.
    if mails:
        yield from pushing.push(
            project.tools(),
            mails,
            lists=project.lists,
            journal=project.journal,
            web=project.web,
            clock=project.clock,
        )


def _show(pushed: Pushed) -> None:
    reason = f": {pushed.reason}" if pushed.reason else ""
    click.echo(f"{pushed.result:8} {_place(pushed.announcement)}{reason}")


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


def _result(pushed: Pushed) -> dict[str, object]:
    return _mail(pushed.announcement) | {
        "result": str(pushed.result),
        "reason": pushed.reason,
    }
