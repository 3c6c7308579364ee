"""`leave-page`: the page on which subscribers leave with one click."""

from __future__ import annotations

from pathlib import Path

import click

from publisher.cli import command, common


@click.command(
    "leave-page",
    cls=command.Command,
    examples=["publisher leave-page", "publisher leave-page --port 8011"],
)
@click.option(
    "-p",
    "--port",
    metavar="PORT",
    type=click.IntRange(0, 65535),
    default=8010,
    show_default=True,
    help="On which port of this machine; 0: any that is free.",
)
@common.project_option
def leave_page_command(port: int, start: Path) -> None:
    """Serve the page on which subscribers leave, until Ctrl-C.

    It listens on this machine only: let a web server with TLS pass requests for
    mailman.leave_url on to it (docs/one-click-leave.md).
    """
    from publisher import leave
    from publisher.leave import server

    server.forever(leave.application(start), port, click.echo)
