"""`mailhost`, `serve` and `demo`: servers on this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from publisher.cli import common
from publisher.errors import OperatorError


@click.command("mailhost")
@click.option("--smtp-port", default=8025, show_default=True, help="Where mail from outside is taken.")
@click.option("--rest-port", type=int, help="Mailman's REST port; default: that of mailman.url.")
@common.project_option
def mailhost_command(smtp_port: int, rest_port: int | None, start: Path) -> None:
    """Run the embedded mail host in the foreground until Ctrl-C.

    A real Mailman core and a small local MTA, with their data below
    .publisher/mailhost/; lists and members are kept. The password for publisher.toml
    is in the file that is shown at the start:
    `password = { file = ".publisher/mailhost/rest-password" }`.

    \b
    Examples:
      publisher mailhost
      publisher mailhost --smtp-port 2525
    """
    mailhost = _mailhost()
    with common.project(start) as project:
        settings = project.settings
        domains = {each.domain for each in settings.lists}
        if len(domains) != 1:
            msg = "the mail host serves lists of one domain: declare them in [[lists]]"
            raise OperatorError(msg)
        url = urlsplit(settings.mailman.url) if settings.mailman else None
        host = mailhost.MailHostSettings(
            directory=project.state / "mailhost",
            domain=domains.pop(),
            site_owner=settings.team.contact,
            languages=tuple(settings.languages),
            keys=project.root / "keys",
            fingerprints=settings.team.fingerprints,
            rest_port=rest_port or (url.port if url and url.port else 8001),
            smtp_port=smtp_port,
        )
    mailhost.serve(host, on_progress=click.echo)


@click.command("serve")
@click.option("-p", "--port", default=8000, show_default=True, help="0: any that is free.")
@common.project_option
def serve_command(port: int, start: Path) -> None:
    """Serve the built site on this machine until Ctrl-C.

    \b
    Example:
      publisher serve --port 8080
    """
    from publisher import webserver

    with common.project(start) as project:
        folder = project.site.folder
    webserver.forever(folder, port, click.echo)


@click.command("demo")
@click.option("--serve", is_flag=True, help="Serve the site afterwards, until Ctrl-C.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep everything in this new folder.")
@common.json_option
def demo_command(serve: bool, keep: Path | None, as_json: bool) -> None:
    """Show the whole chain in a throw-away project.

    Makes a key, starts a real Mailman and a local MTA, lets readers join by mail,
    publishes the sample advisories, and checks in the readers' mailboxes that what
    arrived is what was signed. Prints what it saw; exits with 3 if anything is not
    as promised.

    \b
    Examples:
      publisher demo
      publisher demo --serve
    """
    _mailhost()
    from publisher.demo import run

    sys.exit(run(serve=serve, keep=keep, as_json=as_json, say=click.echo))


def _mailhost():  # noqa: ANN202  (a module)
    try:
        from publisher import mailhost
    except ModuleNotFoundError as error:
        msg = (
            f"{error.name} is not installed: the mail host needs "
            "`pip install 'advisory-publisher[mailhost]'`"
        )
        raise OperatorError(msg) from error
    return mailhost
