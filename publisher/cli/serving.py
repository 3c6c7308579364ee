"""`site-config`: settings of the web server that serves the site in public."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.cli import command, common
from publisher.model.settings import FolderTarget

if TYPE_CHECKING:
    from publisher.wiring import Project


@click.command(
    "site-config",
    cls=command.Command,
    examples=[
        "publisher site-config nginx > /etc/nginx/conf.d/www.cert.example.conf",
        "publisher site-config caddy --root /srv/www/cert/current",
    ],
)
@click.argument("server", type=click.Choice(["nginx", "caddy", "apache"]))
@click.option(
    "--root",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder that the web server serves; default: where the site is put up "
    "on this machine, or else site/.",
)
@common.project_option
def site_config_command(server: str, root: Path | None, start: Path) -> None:
    """Print settings with which a web server serves the site.

    With the right types and security headers, conditional requests, the site's page for
    what is missing, and the redirects of redirects.toml. docs/web-server.md says where
    they belong. Print them again after an update and when redirects.toml changed.
    """
    from publisher.render import server as servers

    with common.project(start) as project:
        folder = str(root.absolute() if root else _folder(project))
        text = servers.config(server, folder, project.redirects, project.presentation)
    click.echo(text, nl=False)


def _folder(project: Project) -> Path:
    target = project.settings.target
    if isinstance(target, FolderTarget):
        return project.root / target.folder / "current"
    return project.site.folder
