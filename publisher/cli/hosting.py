"""`mailhost`, `serve` and `demo`: servers on this machine."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from publisher.cli import command, common
from publisher.errors import OperatorError

if TYPE_CHECKING:
    from publisher.mailhost import MailHostSettings
    from publisher.wiring import Project

_REST_PORT = 8001
_HERE = ("127.0.0.1", "localhost")


@click.command(
    "mailhost",
    cls=command.Command,
    examples=[
        "publisher mailhost",
        "publisher mailhost --smtp-port 2525 --relay mx.cert.example:25",
    ],
)
@click.option(
    "--smtp-port",
    metavar="PORT",
    type=click.IntRange(0, 65535),
    default=8025,
    show_default=True,
    help="Where mail from outside is taken; 0: any port that is free.",
)
@click.option(
    "--relay",
    metavar="HOST:PORT",
    callback=lambda _context, _parameter, value: _host_and_port(value),
    help="The MTA that takes what the lists send out; default: Maildirs here.",
)
@common.project_option
def mailhost_command(
    smtp_port: int, relay: tuple[str, int] | None, start: Path
) -> None:
    """Run the embedded mail host in the foreground until Ctrl-C.

    A real Mailman core and a small local MTA on this machine, with their data below
    .publisher/mailhost/: lists and members are kept from run to run. Its REST
    interface is where mailman.url says, its password in a file that
    mailman.password can name, as it does in a project made by `init`.
    """
    _require_mailhost()
    from publisher import mailhost

    with common.project(start) as project:
        settings = _settings(project, smtp_port, relay)
    click.echo(f"data and password are in {settings.directory}")
    mailhost.serve(settings, on_progress=click.echo)


@click.command(
    "serve", cls=command.Command, examples=["publisher serve", "publisher serve -p 0"]
)
@click.option(
    "-p",
    "--port",
    metavar="PORT",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="On which port; 0: any that is free.",
)
@common.project_option
def serve_command(port: int, start: Path) -> None:
    """Serve the built site on this machine until Ctrl-C."""
    from publisher import webserver

    with common.project(start) as project:
        folder = project.site.folder
    if not (folder / "index.html").is_file():
        msg = f"{folder} holds no site yet: run `publisher build`"
        raise OperatorError(msg)
    webserver.forever(folder, port, click.echo)


@click.command(
    "demo",
    cls=command.Command,
    examples=["publisher demo", "publisher demo --serve", "publisher demo --keep seen"],
)
@click.option("--serve", is_flag=True, help="Serve the site afterwards, until Ctrl-C.")
@click.option(
    "--keep",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Leave it all in this new folder, not in a temporary one.",
)
@common.json_option
def demo_command(serve: bool, keep: Path | None, as_json: bool) -> None:
    """Show the whole chain in a throw-away project.

    Makes a key, starts a real Mailman and a local MTA, lets readers join by mail,
    publishes the sample advisories, and checks in the readers' mailboxes that what
    arrived is what was signed. It takes about half a minute, and nothing is sent
    anywhere. Prints what it saw and where it left everything but the secret key;
    exits with 3 if anything is not as promised.
    """
    _require_mailhost()
    from publisher.demo import run

    # Whoever wants JSON still wants to see that something happens.
    tell = functools.partial(click.echo, err=as_json)
    sys.exit(run(serve=serve, keep=keep, as_json=as_json, say=click.echo, tell=tell))


def _host_and_port(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        msg = f"{text!r} is no host and port such as mx.cert.example:25"
        raise click.BadParameter(msg)
    return host, int(port)


def _settings(
    project: Project, smtp_port: int, relay: tuple[str, int] | None
) -> MailHostSettings:
    from publisher.lists import language_code
    from publisher.mailhost import MailHostSettings

    settings = project.settings
    domains = {each.domain for each in settings.lists}
    if len(domains) != 1:
        msg = (
            "the mail host serves the lists of one domain, and publisher.toml "
            f"declares {len(domains)}: mend [[lists]]"
        )
        raise OperatorError(msg)
    url = urlsplit(settings.mailman.url) if settings.mailman else None
    if url and url.hostname not in _HERE:
        msg = (
            f"mailman.url in publisher.toml is on {url.hostname}, not on this machine: "
            f"for the mail host it is http://127.0.0.1:{_REST_PORT}/3.1"
        )
        raise OperatorError(msg)
    return MailHostSettings(
        directory=project.bound("mailhost"),
        domain=domains.pop(),
        site_owner=settings.team.contact,
        languages=tuple(map(language_code, settings.languages)),
        keys=project.root / "keys",
        fingerprints=settings.team.pinned,
        rest_port=url.port if url and url.port else _REST_PORT,
        smtp_port=smtp_port,
        relay=relay,
    )


def _require_mailhost() -> None:
    try:
        import publisher.mailhost  # noqa: F401  (whether it can be)
    except ModuleNotFoundError as error:
        if str(error.name).startswith("publisher"):
            raise
        msg = (
            f"{error.name} is not installed: the mail host needs "
            "`pip install 'advisory-publisher[mailhost]'`"
        )
        raise OperatorError(msg) from error
